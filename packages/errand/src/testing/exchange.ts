// One exchange with a scripted host: what the sockets' exchange does (timeouts of head and body, bounds, decoding, streams
// that hold the sender back, the end of the call) without a socket.
import type { Call, Cancelable } from '../core/call.js';
import type { HttpRequest } from '../core/request.js';
import type { HttpResponse } from '../core/response.js';
import { hasNoBody } from '../core/status.js';
import type { Attempt } from '../core/trace.js';
import { DisconnectedError, ErrandError, TimeoutError } from '../errors.js';
import { longestDelay, parseDuration } from '../kit/duration.js';
import type { Feed } from '../transport/incoming.js';
import { Reception } from '../transport/reception.js';
import { answerOf, failureOf, type Reply, type ReplyInit } from './reply.js';

/** What is asked for a reply once the request's body is there. */
export type Script = (body: Uint8Array) => Reply | Promise<Reply>;

export class ScriptedExchange implements Cancelable, Feed {
  readonly #request: HttpRequest;
  readonly #call: Call;
  readonly #attempt: Attempt;
  readonly #over: Promise<never>;
  #end!: (error: unknown) => void;
  #byReader = false;
  #resume: (() => void) | undefined;
  #paused: Promise<void> | undefined;
  #left: (() => number | undefined) | undefined;

  constructor(request: HttpRequest, attempt: Attempt) {
    this.#request = request;
    this.#call = request.call;
    this.#attempt = attempt;
    this.#over = new Promise((_, reject) => {
      this.#end = reject;
    });
    this.#over.catch(() => undefined);
  }

  /** A reply, in place of a script, is one that the request is never sent for. */
  async run(reply: Reply | Script): Promise<HttpResponse> {
    this.#call.throwIfOver();
    this.#call.register(this);
    try {
      const said = typeof reply === 'function' ? await this.#ask(reply) : init(reply);
      const { headers } = this.#call.policy.timeouts;
      const delay = said.delay === undefined ? 0 : parseDuration(said.delay, 'delay');
      if (delay > 0) await this.#within(headers, 'headers', delay);
      const failure = failureOf(said, this.#request.url.hostname);
      if (failure !== undefined) throw failure;
      return await this.#receive(said);
    } catch (error) {
      this.#settle(error);
      throw error;
    }
  }

  cancel(error: ErrandError): void {
    this.#end(error);
  }

  async #ask(script: Script): Promise<ReplyInit> {
    const body = await this.#upload();
    return init(await Promise.race([script(body), this.#over]));
  }

  async #upload(): Promise<Uint8Array> {
    const { body } = this.#request;
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    this.#attempt.sentAt = performance.now();
    if (body === undefined) return new Uint8Array(0);
    for await (const piece of this.#bounded(body.open())) {
      pieces.push(piece);
      bytes += piece.length;
      this.#call.onProgress?.({ direction: 'up', bytes, total: body.length });
    }
    this.#attempt.sentAt = performance.now();
    return Buffer.concat(pieces);
  }

  async #receive(said: ReplyInit): Promise<HttpResponse> {
    const { status, statusText, fields, pieces } = answerOf(said);
    this.#attempt.status = status;
    this.#attempt.headAt = performance.now();
    const reception = new Reception(this.#request, status, statusText, fields);
    this.#left = () => (reception.total === undefined ? undefined : reception.total - reception.received);
    const body = hasNoBody(this.#request.method, status) ? none() : pieces;
    if (reception.streams) {
      const response = reception.stream(this);
      void this.#stream(reception, body);
      return response;
    }
    const cut = await this.#take(reception, body);
    const response = await reception.collected(cut);
    this.#settle();
    return response;
  }

  async #stream(reception: Reception, body: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      await this.#take(reception, body);
      this.#settle();
      reception.finish();
    } catch (error) {
      this.#settle(error);
      reception.finish(error as ErrandError);
      if (!this.#byReader) this.#call.cancel(error as ErrandError);
    }
  }

  /** True where the rest was not wanted. */
  async #take(reception: Reception, body: AsyncIterable<Uint8Array>): Promise<boolean> {
    for await (const piece of this.#bounded(body)) {
      const wanted = reception.add(Buffer.from(piece));
      this.#call.onProgress?.({ direction: 'down', bytes: reception.received, total: reception.total });
      if (!wanted) return true;
      if (this.#paused !== undefined) await Promise.race([this.#paused, this.#over]);
    }
    return false;
  }

  /** The pieces, none of which is waited for longer than `timeout.idle`. Pieces that fail are a broken connection. */
  async *#bounded(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const { idle } = this.#call.policy.timeouts;
    const iterator = pieces[Symbol.asyncIterator]();
    let complete = false;
    try {
      for (;;) {
        const next = await this.#within(idle, 'idle', iterator.next().catch(broken));
        if (next.done) break;
        yield next.value;
      }
      complete = true;
    } finally {
      if (!complete) void iterator.return?.().catch(() => undefined);
    }
  }

  /** The promise's value, or the end of a delay, unless the limit passes or the call ends before. */
  async #within<T>(limit: number, phase: 'headers' | 'idle', wanted: Promise<T> | number): Promise<T> {
    const timers: NodeJS.Timeout[] = [];
    const after = (delay: number, then: () => void) => {
      if (delay <= longestDelay) timers.push(setTimeout(then, delay));
    };
    const late = new Promise<T>((resolve, reject) => {
      after(limit, () => reject(new TimeoutError(phase, limit)));
      if (typeof wanted === 'number') after(wanted, () => resolve(undefined as T));
    });
    try {
      return await Promise.race([this.#over, late, ...(typeof wanted === 'number' ? [] : [wanted])]);
    } finally {
      for (const timer of timers) clearTimeout(timer);
    }
  }

  #settle(error?: unknown): void {
    const attempt = this.#attempt;
    attempt.endedAt = performance.now();
    if (error instanceof ErrandError) attempt.error = error.code;
    this.#call.unregister(this);
    attempt.onEnded?.();
  }

  // ── The feed of a body that is streamed

  pause(): void {
    this.#paused ??= new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  resume(): void {
    this.#resume?.();
    this.#paused = undefined;
  }

  /** Only the time without a piece counts here. */
  touch(): void {}

  destroy(error: ErrandError): void {
    this.#byReader = true;
    this.#end(error);
  }

  remaining(): number | undefined {
    return this.#left?.();
  }
}

function init(reply: Reply): ReplyInit {
  if (typeof reply === 'number') return { status: reply };
  if (typeof reply === 'object' && reply !== null) return reply;
  throw new TypeError(`reply: expected a status or an object, got ${String(reply)}`);
}

function broken(error: unknown): never {
  if (error instanceof ErrandError) throw error;
  throw new DisconnectedError('the connection broke in the middle of the body', { cause: error });
}

async function* none(): AsyncGenerator<Uint8Array> {}
