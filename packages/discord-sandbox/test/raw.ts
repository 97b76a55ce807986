/**
 * Discord spoken by hand, for exact codes: REST by fetch, the gateway by a bare WebSocket, and a clock that a test
 * moves on.
 */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Alarm, Clock } from '../src/clock.js';
import type { Sandbox } from '../src/index.js';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into JSON of every shape.
  readonly body: any;
}

export interface RawOptions {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly token?: string | null;
}

/** `route`: `POST /channels/1/messages`. A FormData or string body is sent as it is. */
export async function rest(sandbox: Sandbox, route: string, options: RawOptions = {}): Promise<RawAnswer> {
  const [method = 'GET', path = '/'] = route.split(' ');
  const { body, token = sandbox.token } = options;
  const plain = body === undefined || body instanceof FormData || typeof body === 'string';
  const response = await fetch(`${sandbox.rest.api}/v10${path}`, {
    method,
    headers: {
      ...(token === null ? {} : { Authorization: `Bot ${token}` }),
      ...(plain ? {} : { 'Content-Type': 'application/json' }),
      ...options.headers,
    },
    ...(body === undefined ? {} : { body: plain ? (body as string | FormData) : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}

interface Frame {
  readonly op: number;
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into JSON of every shape.
  readonly d: any;
  readonly s: number | null;
  readonly t: string | null;
}

/** A gateway client that does nothing by itself. */
export class RawGateway {
  readonly socket: WebSocket;
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly frames: Frame[] = [];
  #waiting: Array<() => void> = [];

  constructor(sandbox: Sandbox, query = '?v=10&encoding=json') {
    this.socket = new WebSocket(`${sandbox.url.replace('http', 'ws')}gateway${query}`);
    this.closed = once(this.socket, 'close').then(([code, reason]) => ({ code, reason: String(reason) }));
    this.socket.on('error', () => undefined);
    this.socket.on('message', (data) => {
      this.frames.push(JSON.parse(String(data)));
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  static async identified(sandbox: Sandbox, intents: number, query?: string): Promise<RawGateway> {
    const gateway = new RawGateway(sandbox, query);
    await gateway.until((frame) => frame.op === 10);
    gateway.send(2, { token: sandbox.token, intents, properties: {} });
    await gateway.event('READY');
    return gateway;
  }

  send(op: number, d: unknown): void {
    this.socket.send(JSON.stringify({ op, d }));
  }

  /** The first frame, come or to come, that fits. */
  async until(fits: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const found = this.frames.find(fits);
      if (found) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async event(name: string): Promise<Frame> {
    return this.until((frame) => frame.t === name);
  }

  /** Names of the events so far. */
  get events(): string[] {
    return this.frames.flatMap((frame) => frame.t ?? []);
  }

  /** Returns when the sandbox has dealt with everything sent so far. */
  async settled(): Promise<void> {
    const acks = this.frames.filter((frame) => frame.op === 11).length;
    this.send(1, null);
    await this.until(() => this.frames.filter((frame) => frame.op === 11).length > acks);
  }

  get lastSequence(): number {
    return this.frames.reduce((last, frame) => frame.s ?? last, 0);
  }

  [Symbol.dispose](): void {
    this.socket.terminate();
  }
}

/** Time that stands still until it is moved on. */
export class HeldClock implements Clock {
  #now = Date.parse('2026-01-01T00:00:00Z');
  readonly #alarms = new Set<{ at: number; ring: () => void }>();
  #marked = 0;

  now(): number {
    return this.#now;
  }

  after(ms: number, ring: () => void): Alarm {
    const alarm = { at: this.#now + ms, ring };
    this.#alarms.add(alarm);
    return { cancel: () => void this.#alarms.delete(alarm) };
  }

  /** How many alarms are still to ring. */
  get pending(): number {
    return this.#alarms.size;
  }

  /** From here on `armed` counts. */
  mark(): void {
    this.#marked = this.#alarms.size;
  }

  /** Returns when an alarm more is set than at `mark`. */
  async armed(): Promise<void> {
    while (this.#alarms.size <= this.#marked) await new Promise((resolve) => setImmediate(resolve));
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#alarms].filter((alarm) => alarm.at <= end).sort((left, right) => left.at - right.at)[0];
      if (!due) break;
      this.#alarms.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.ring();
    }
    this.#now = end;
  }
}

/** Registers one command, starts it as a user, and gives what the bot received. */
export async function received(sandbox: Sandbox, gateway: RawGateway, name = 'ask', body: object = {}) {
  await rest(sandbox, `POST /applications/${sandbox.applicationId}/commands`, {
    body: { name, description: 'A question', ...body },
  });
  const reply = sandbox.slash(name);
  const { d } = await gateway.event('INTERACTION_CREATE');
  gateway.frames.splice(
    0,
    gateway.frames.length,
    ...gateway.frames.filter((frame) => frame.t !== 'INTERACTION_CREATE'),
  );
  return { reply, interaction: d as { id: string; token: string; application_id: string } };
}
