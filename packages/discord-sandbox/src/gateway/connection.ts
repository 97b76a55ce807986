/**
 * One WebSocket of a bot: says hello, counts heartbeats, reads frames strictly and closes with Discord's codes.
 * What the frames mean is decided by the gateway; never sends after it has closed.
 */
import { GatewayCloseCodes as Close, GatewayOpcodes as Op } from 'discord-api-types/v10';
import type { WebSocket } from 'ws';
import type { Alarm, Clock } from '../clock.js';
import { isRecord } from '../rest/form.js';
import type { Frame, Session } from './session.js';

const FRAME_BYTES = 4_096;
const FRAMES_A_MINUTE = 120;
const MINUTE = 60_000;

export interface ConnectionEvents {
  /** Any frame but a heartbeat. */
  frame(connection: Connection, op: number, data: unknown): void;
  heartbeat(connection: Connection, late: number): void;
  closed(connection: Connection, code: number): void;
}

export interface Rhythm {
  readonly interval: number;
  /** Whether heartbeats are acknowledged just now. */
  acknowledging(): boolean;
}

export class Connection {
  session: Session | undefined;
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #rhythm: Rhythm;
  readonly #events: ConnectionEvents;
  #due: number;
  #silence: Alarm;
  #frames = 0;
  #minuteEnds: number;

  constructor(socket: WebSocket, clock: Clock, rhythm: Rhythm, events: ConnectionEvents) {
    this.#socket = socket;
    this.#clock = clock;
    this.#rhythm = rhythm;
    this.#events = events;
    this.#due = clock.now() + rhythm.interval;
    this.#minuteEnds = clock.now() + MINUTE;
    this.#silence = this.#listenFor();
    socket.on('message', (data, binary) => this.#receive(data, binary));
    socket.on('error', () => socket.terminate());
    socket.once('close', (code) => {
      this.#silence.cancel();
      events.closed(this, code);
    });
    this.send({ op: Op.Hello, d: { heartbeat_interval: rhythm.interval, _trace: [] }, s: null, t: null });
  }

  send(frame: Frame): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  /** As when the cable is pulled. */
  drop(): void {
    this.#socket.terminate();
  }

  #receive(data: unknown, binary: boolean): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const now = this.#clock.now();
    if (now >= this.#minuteEnds) {
      this.#frames = 0;
      this.#minuteEnds = now + MINUTE;
    }
    this.#frames += 1;
    if (this.#frames > FRAMES_A_MINUTE) {
      this.close(Close.RateLimited, 'Rate limited.');
      return;
    }
    const text = binary ? '' : String(data);
    if (binary || Buffer.byteLength(text) > FRAME_BYTES) {
      this.close(Close.DecodeError, 'Error while decoding payload.');
      return;
    }
    const frame = parse(text);
    if (!frame) {
      this.close(Close.DecodeError, 'Error while decoding payload.');
      return;
    }
    if (frame.op === Op.Heartbeat) this.#beat(now);
    else this.#events.frame(this, frame.op, frame.d);
  }

  #beat(now: number): void {
    this.#events.heartbeat(this, Math.max(0, now - this.#due));
    this.#due = now + this.#rhythm.interval;
    this.#silence.cancel();
    this.#silence = this.#listenFor();
    if (this.#rhythm.acknowledging()) this.send({ op: Op.HeartbeatAck, d: null, s: null, t: null });
  }

  #listenFor(): Alarm {
    return this.#clock.after(this.#rhythm.interval * 2, () => this.close(Close.SessionTimedOut, 'Session timed out.'));
  }
}

function parse(text: string): { op: number; d: unknown } | undefined {
  try {
    const frame: unknown = JSON.parse(text);
    return isRecord(frame) && typeof frame.op === 'number' ? { op: frame.op, d: frame.d } : undefined;
  } catch {
    return undefined;
  }
}
