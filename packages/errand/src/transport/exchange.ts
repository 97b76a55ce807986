// One request and its response over one connection: the operation itself is the parser's handler, so that nothing is
// allocated in between. It settles exactly once, and gives its connection back exactly once.
import type { Dispatcher } from 'undici';
import type { Cancelable } from '../core/call.js';
import type { ResponseFields } from '../core/headers.js';
import type { HttpRequest } from '../core/request.js';
import type { HttpResponse } from '../core/response.js';
import type { Attempt } from '../core/trace.js';
import { ConnectError, type ErrandError, TimeoutError } from '../errors.js';
import { longestDelay } from '../kit/duration.js';
import type { ConnectReport } from './connect/plan.js';
import { type Connection, ConnectionGone, type Occupant } from './connection.js';
import { dispatchOptions, isOnePiece, type Wording } from './dispatch.js';
import { callerFailure, exchangeFailure } from './failure.js';
import { remainingRequests } from './framing.js';
import type { Feed } from './incoming.js';
import { type Sending, tellOnePiece } from './outgoing.js';
import type { Pool } from './pool.js';
import { Reception } from './reception.js';
import type { Waiter } from './route.js';

/** What the exchange needs of the transport that it belongs to. */
export interface ExchangeParts extends Wording {
  readonly pool: Pool;
}

/** Whoever wants the response; told once. */
export interface Receiver {
  received(response: HttpResponse | Promise<HttpResponse>): void;
  failed(error: unknown): void;
}

type Phase = 'waiting' | 'sending' | 'head' | 'body' | 'done';

export class Exchange
  implements Dispatcher.DispatchHandler, Cancelable, Waiter, Occupant, Feed, Sending, ConnectReport
{
  previous: Waiter | undefined;
  next: Waiter | undefined;
  readonly #parts: ExchangeParts;
  readonly request: HttpRequest;
  readonly #attempt: Attempt;
  readonly #receiver: Receiver;
  #phase: Phase = 'waiting';
  #connection: Connection | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #timerLimit = 0;
  #reception: Reception | undefined;
  #pausable = true;
  #pausedByReader = false;

  constructor(parts: ExchangeParts, request: HttpRequest, attempt: Attempt, receiver: Receiver) {
    this.#parts = parts;
    this.request = request;
    this.#attempt = attempt;
    this.#receiver = receiver;
  }

  start(): void {
    const { call } = this.request;
    if (call.failure !== undefined) {
      this.#receiver.failed(call.failure);
      return;
    }
    call.register(this);
    this.#parts.pool.acquire(this);
  }

  // ── A waiter of the pool

  resolved(): void {
    this.#attempt.resolvedAt = performance.now();
  }

  assign(connection: Connection): void {
    const attempt = this.#attempt;
    attempt.remoteAddress = connection.remoteAddress;
    attempt.reusedConnection = connection.used > 0;
    attempt.httpVersion = connection.multiplexed ? '2' : '1.1';
    if (connection.used === 0) attempt.connectedAt = performance.now();
    this.#connection = connection;
    connection.occupy(this);
    connection.dispatch(dispatchOptions(this.request, this.#parts, connection.last, this), this);
  }

  fail(error: ErrandError): void {
    if (this.#settle(false, error)) this.#receiver.failed(error);
  }

  // ── The parser's handler

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#phase !== 'waiting') {
      controller.abort(new Error('the exchange is over'));
      return;
    }
    this.#controller = controller;
    this.#attempt.sentAt = performance.now();
    this.#connection?.expectHead();
    const { body, call } = this.request;
    if (!isOnePiece(this.request)) {
      this.#phase = 'sending';
      this.#startTimer(call.policy.timeouts.idle);
      return;
    }
    this.#phase = 'head';
    this.#startTimer(call.policy.timeouts.headers);
    const failure = tellOnePiece(body, call.onProgress);
    if (failure !== undefined) this.#abort(failure);
  }

  advanced(): void {
    if (this.#phase === 'sending') this.#timer?.refresh();
  }

  sent(): void {
    if (this.#phase !== 'sending') return;
    this.#phase = 'head';
    this.#attempt.sentAt = performance.now();
    this.#startTimer(this.request.call.policy.timeouts.headers);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, fields: object, text?: string): void {
    if (this.#phase === 'done' || (status >= 100 && status < 200)) return;
    this.#connection?.headCame();
    this.#attempt.headAt = performance.now();
    this.#attempt.status = status;
    this.#phase = 'body';
    try {
      const reception = new Reception(this.request, status, text ?? '', fields as ResponseFields);
      this.#reception = reception;
      const remaining = remainingRequests(fields as ResponseFields);
      if (remaining !== undefined) this.#connection?.limitRequests(remaining);
      this.#startTimer(this.request.call.policy.timeouts.idle);
      if (reception.streams) this.#receiver.received(reception.stream(this));
    } catch (error) {
      this.#abort(error as ErrandError);
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#phase !== 'body') return;
    this.#timer?.refresh();
    const { onProgress } = this.request.call;
    const reception = this.#reception as Reception;
    try {
      if (!reception.add(chunk)) this.#finish(true);
      else if (reception.chunked) reception.checkOverhead(this.#connection?.bytesRead ?? 0);
      reception.letLoopIn(chunk, this);
      onProgress?.({ direction: 'down', bytes: reception.received, total: reception.total });
    } catch (error) {
      this.#abort(callerFailure('onProgress', error));
    }
  }

  onResponseEnd(): void {
    if (this.#phase !== 'body') return;
    const broken = this.#connection?.broken;
    if (broken !== undefined && this.#reception?.endsWithConnection) this.#abort(exchangeFailure(broken, broken, true));
    else this.#finish(false);
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#phase === 'done') return;
    if (this.#phase === 'waiting' && (this.#controller === undefined || error instanceof ConnectionGone)) {
      this.#startOver(error);
    } else if (this.#reception?.needsNoBody) {
      this.#finish(false);
    } else {
      this.#abort(exchangeFailure(error, this.#connection?.broken, this.#phase === 'body'));
    }
  }

  /** The connection was gone before anything was written: another one, as if it had not been there. */
  #startOver(error: Error): void {
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.vacate();
    connection?.destroy();
    if (!(error instanceof ConnectionGone)) this.fail(exchangeFailure(error, connection?.broken, false));
    else if (this.#attempt.reusedConnection) this.#parts.pool.acquire(this);
    else
      this.fail(
        new ConnectError('the server closed the connection before anything was sent', { cause: connection?.broken }),
      );
  }

  // ── The feed of a body that is streamed

  pause(): void {
    if (!this.#pausable || this.#phase !== 'body') return;
    this.#pausedByReader = true;
    this.#controller?.pause();
  }

  resume(): void {
    if (!this.#pausedByReader) return;
    this.#pausedByReader = false;
    this.#controller?.resume();
  }

  touch(): void {
    this.#timer?.refresh();
  }

  destroy(error: ErrandError): void {
    this.#abort(error, true);
  }

  remaining(): number | undefined {
    const { total, received = 0 } = this.#reception ?? {};
    return total === undefined ? undefined : total - received;
  }

  ended(): void {
    this.#pausable = false;
    this.resume();
  }

  // ── Endings

  cancel(error: ErrandError): void {
    this.#abort(error);
  }

  #startTimer(limit: number): void {
    if (this.#timer !== undefined && limit === this.#timerLimit) {
      this.#timer.refresh();
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerLimit = limit;
    if (limit <= longestDelay) this.#timer = setTimeout(expire, limit, this);
  }

  /** Called by the timer of the phase. */
  expire(): void {
    this.#abort(new TimeoutError(this.#phase === 'head' ? 'headers' : 'idle', this.#timerLimit));
  }

  /** The body is whole, or as much of it as is wanted. */
  #finish(cut: boolean): void {
    const { call } = this.request;
    const reception = this.#reception as Reception;
    const controller = this.#controller;
    if (!this.#settle(!cut)) return;
    if (cut) controller?.abort(new Error('the rest of the body is not wanted'));
    if (reception.streams) {
      reception.finish();
      return;
    }
    try {
      const response = reception.collected(cut);
      this.#receiver.received(response instanceof Promise ? call.race(response) : response);
    } catch (error) {
      this.#receiver.failed(error);
    }
  }

  #abort(error: ErrandError, byReader = false): void {
    const waiting = this.#phase === 'waiting' && this.#connection === undefined;
    const controller = this.#controller;
    const connection = this.#connection;
    const reception = this.#reception;
    if (!this.#settle(false, error)) return;
    if (waiting) this.#parts.pool.leave(this);
    else if (controller !== undefined) controller.abort(error);
    else connection?.destroy();
    if (reception?.streams) {
      reception.finish(error);
      // Whoever holds something for the sake of the body hears of its end, read or not.
      if (!byReader) this.request.call.cancel(error);
    }
    this.#receiver.failed(error);
  }

  /** Lets go of everything, once. `reusable`: the connection may carry another request. */
  #settle(reusable: boolean, error?: ErrandError): boolean {
    if (this.#phase === 'done') return false;
    this.#phase = 'done';
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#attempt.endedAt = performance.now();
    if (error !== undefined) this.#attempt.error = error.code;
    this.#attempt.onEnded?.();
    this.request.call.unregister(this);
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.vacate();
    if (connection !== undefined && (reusable || connection.multiplexed)) this.#parts.pool.release(connection);
    return true;
  }
}

function expire(exchange: Exchange): void {
  exchange.expire();
}
