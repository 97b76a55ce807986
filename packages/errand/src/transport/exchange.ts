// One request and its response over one connection: the operation itself is the parser's handler, so that nothing is
// allocated in between. It settles exactly once, and gives its connection back exactly once.
import type { Dispatcher } from 'undici';
import type { Cancelable } from '../core/call.js';
import { indexOfField, type ResponseFields, responseField } from '../core/headers.js';
import type { GuardPolicy } from '../core/policy.js';
import type { HttpRequest } from '../core/request.js';
import { HttpResponse } from '../core/response.js';
import { hasNoBody, isRedirect } from '../core/status.js';
import type { Attempt } from '../core/trace.js';
import { BodyTooLargeError, ConnectError, type ErrandError, ProtocolError, TimeoutError } from '../errors.js';
import { longestDelay } from '../kit/duration.js';
import { Collector } from './collector.js';
import type { ConnectPlan, ConnectReport } from './connect/plan.js';
import { type Connection, ConnectionGone, type Occupant } from './connection.js';
import { type Codings, readCodings } from './decode.js';
import { decodedSource } from './decoded.js';
import { exchangeFailure } from './failure.js';
import { type Framing, readFraming, remainingRequests } from './framing.js';
import { type Feed, IncomingBody } from './incoming.js';
import { onePiece, outgoing, type Sending } from './outgoing.js';
import type { Pool, Waiter } from './pool.js';

/** What the exchange needs of the transport that it belongs to. */
export interface ExchangeParts {
  readonly pool: Pool;
  plan(request: HttpRequest): ConnectPlan;
  /** Fields that only the transport knows: Proxy-Authorization, an explicit Host. */
  fields(request: HttpRequest): readonly string[];
  path(request: HttpRequest): string;
}

type Phase = 'waiting' | 'sending' | 'head' | 'body' | 'done';

export class Exchange
  implements Dispatcher.DispatchHandler, Cancelable, Waiter, Occupant, Feed, Sending, ConnectReport
{
  previous: Waiter | undefined;
  next: Waiter | undefined;
  readonly #parts: ExchangeParts;
  readonly #request: HttpRequest;
  readonly #attempt: Attempt;
  readonly #resolve: (response: HttpResponse) => void;
  readonly #reject: (error: unknown) => void;
  #phase: Phase = 'waiting';
  #connection: Connection | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #timerLimit = 0;
  #status = 0;
  #statusText = '';
  #fields: ResponseFields | undefined;
  #framing: Framing = 'none';
  #received = 0;
  /** A redirect that will be followed: its body does not matter. */
  #passing = false;
  #collector: Collector | undefined;
  #incoming: IncomingBody | undefined;
  #pausable = true;
  #pausedByReader = false;

  constructor(
    parts: ExchangeParts,
    request: HttpRequest,
    attempt: Attempt,
    resolve: (response: HttpResponse) => void,
    reject: (error: unknown) => void,
  ) {
    this.#parts = parts;
    this.#request = request;
    this.#attempt = attempt;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(): void {
    const { call } = this.#request;
    if (call.failure !== undefined) {
      this.#reject(call.failure);
      return;
    }
    call.register(this);
    this.#parts.pool.acquire(this);
  }

  // ── A waiter of the pool

  get url(): URL {
    return this.#request.url;
  }

  get guard(): GuardPolicy | undefined {
    return this.#request.call.policy.guard;
  }

  get way(): string {
    const { route } = this.#request;
    return route === undefined ? '' : `${route.show} ${route.username ?? ''}:${route.password ?? ''}`;
  }

  get connectTimeout(): number {
    return this.#request.call.policy.timeouts.connect;
  }

  get report(): ConnectReport {
    return this;
  }

  plan(): ConnectPlan {
    return this.#parts.plan(this.#request);
  }

  resolved(): void {
    this.#attempt.resolvedAt = performance.now();
  }

  assign(connection: Connection): void {
    const attempt = this.#attempt;
    attempt.remoteAddress = connection.remoteAddress;
    attempt.reusedConnection = connection.used > 0;
    if (connection.used === 0) attempt.connectedAt = performance.now();
    this.#connection = connection;
    connection.occupy(this);
    connection.dispatch(this.#dispatchOptions(connection), this);
  }

  fail(error: ErrandError): void {
    if (!this.#settle(false)) return;
    this.#attempt.error = error.code;
    this.#reject(error);
  }

  #dispatchOptions(connection: Connection): Dispatcher.DispatchOptions {
    const request = this.#request;
    const { body } = request;
    const extra = this.#parts.fields(request);
    let headers = extra.length === 0 ? request.fields : [...request.fields, ...extra];
    let payload: Uint8Array | AsyncIterable<Uint8Array> | null = null;
    if (body !== undefined) {
      const inOnePiece = body.bytes !== undefined && body.bytes.length <= onePiece;
      payload = inOnePiece ? (body.bytes as Uint8Array) : outgoing(body, this, request.call.onProgress);
      if (!inOnePiece && body.length !== undefined && indexOfField(headers, 'content-length') < 0) {
        headers = [...headers, 'content-length', String(body.length)];
      }
    }
    return {
      path: this.#parts.path(request),
      method: request.method as Dispatcher.HttpMethod,
      headers: headers as string[],
      body: payload as Dispatcher.DispatchOptions['body'],
      ...(connection.last ? { reset: true } : undefined),
    } as Dispatcher.DispatchOptions;
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
    const { body, call } = this.#request;
    if (body !== undefined && (body.bytes === undefined || body.bytes.length > onePiece)) {
      this.#phase = 'sending';
      this.#startTimer(call.policy.timeouts.idle);
      return;
    }
    this.#phase = 'head';
    this.#startTimer(call.policy.timeouts.headers);
    if (body?.bytes !== undefined && call.onProgress !== undefined) {
      call.onProgress({ direction: 'up', bytes: body.bytes.length, total: body.bytes.length });
    }
  }

  advanced(): void {
    if (this.#phase === 'sending') this.#timer?.refresh();
  }

  sent(): void {
    if (this.#phase !== 'sending') return;
    this.#phase = 'head';
    this.#attempt.sentAt = performance.now();
    this.#startTimer(this.#request.call.policy.timeouts.headers);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, fields: object, text?: string): void {
    if (this.#phase === 'done' || (status >= 100 && status < 200)) return;
    this.#attempt.headAt = performance.now();
    this.#attempt.status = status;
    this.#status = status;
    this.#statusText = text ?? '';
    this.#fields = fields as ResponseFields;
    this.#phase = 'body';
    try {
      this.#readHead();
    } catch (error) {
      this.#abort(error as ErrandError);
    }
  }

  #readHead(): void {
    const { call, method } = this.#request;
    const fields = this.#fields as ResponseFields;
    const status = this.#status;
    if (status < 100) throw new ProtocolError(`the status ${status} is not one of HTTP`);
    this.#framing = readFraming(method, status, fields);
    const remaining = remainingRequests(fields);
    if (remaining !== undefined) this.#connection?.limitRequests(remaining);
    this.#startTimer(call.policy.timeouts.idle);
    const length = this.#framing === 'length' ? Number(responseField(fields, 'content-length')) : undefined;
    const { policy } = call;
    this.#passing =
      policy.redirect.mode === 'follow' && isRedirect(status) && responseField(fields, 'location') !== undefined;
    const refused = policy.throwHttpErrors && status >= 400;
    if (call.streaming && !refused && !this.#passing) {
      this.#beginStream(this.#framing === 'none' ? [] : readCodings(responseField(fields, 'content-encoding')));
      return;
    }
    const cut = refused || this.#passing;
    const limit = this.#bodyLimit();
    if (length !== undefined && length > limit && !cut) throw new BodyTooLargeError(limit);
    const codings =
      this.#framing === 'none' || this.#passing ? [] : readCodings(responseField(fields, 'content-encoding'));
    this.#collector = new Collector(length, limit, codings, cut);
  }

  #bodyLimit(): number {
    const { streaming, policy } = this.#request.call;
    if (this.#passing) return passingBodyLimit;
    return streaming && policy.maxBodySize === Number.POSITIVE_INFINITY ? errorBodyLimit : policy.maxBodySize;
  }

  #beginStream(codings: Codings): void {
    const incoming = new IncomingBody(this);
    this.#incoming = incoming;
    const limit = this.#request.call.policy.maxBodySize;
    this.#resolve(this.#response(decodedSource(incoming, codings, limit), false));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#phase !== 'body') return;
    this.#received += chunk.length;
    this.#timer?.refresh();
    const { call } = this.#request;
    if (call.onProgress !== undefined)
      call.onProgress({ direction: 'down', bytes: this.#received, total: this.#total() });
    if (this.#incoming !== undefined) {
      this.#incoming.push(chunk);
      return;
    }
    const collector = this.#collector as Collector;
    if (collector.add(chunk)) return;
    if (collector.cut) this.#finish(true);
    else this.#abort(new BodyTooLargeError(call.policy.maxBodySize));
  }

  onResponseEnd(): void {
    if (this.#phase !== 'body') return;
    const broken = this.#connection?.broken;
    if (this.#framing === 'close' && broken !== undefined && !this.#passing) {
      this.#abort(exchangeFailure(broken, broken, true));
      return;
    }
    this.#finish(false);
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#phase === 'done') return;
    if (this.#phase === 'waiting' && (this.#controller === undefined || error instanceof ConnectionGone)) {
      this.#startOver(error);
      return;
    }
    // What has no body is complete with its head, and what will not be read need not be whole.
    if (this.#phase === 'body' && (this.#passing || hasNoBody(this.#request.method, this.#status))) {
      this.#finish(false);
      return;
    }
    this.#abort(exchangeFailure(error, this.#connection?.broken, this.#phase === 'body'));
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
    this.#abort(error);
  }

  remaining(): number | undefined {
    const total = this.#total();
    return total === undefined ? undefined : total - this.#received;
  }

  ended(): void {
    this.#pausable = false;
    this.resume();
  }

  // ── Endings

  cancel(error: ErrandError): void {
    this.#abort(error);
  }

  #total(): number | undefined {
    return this.#framing === 'length'
      ? Number(responseField(this.#fields as ResponseFields, 'content-length'))
      : undefined;
  }

  #startTimer(limit: number): void {
    if (this.#timer !== undefined) {
      if (limit === this.#timerLimit) {
        this.#timer.refresh();
        return;
      }
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
    this.#timerLimit = limit;
    if (limit <= longestDelay) this.#timer = setTimeout(expire, limit, this);
  }

  /** Called by the timer of the phase. */
  expire(): void {
    this.#abort(new TimeoutError(this.#phase === 'head' ? 'headers' : 'idle', this.#timerLimit));
  }

  #response(body: HttpResponse['body'], truncated: boolean): HttpResponse {
    const { url, call } = this.#request;
    const init = {
      status: this.#status,
      statusText: this.#statusText,
      fields: this.#fields as ResponseFields,
      body,
      url,
      truncated,
    };
    return new HttpResponse(init, call);
  }

  /** The body is whole, or as much of it as is wanted. */
  #finish(cut: boolean): void {
    const { call } = this.#request;
    const incoming = this.#incoming;
    const collector = this.#collector;
    const controller = this.#controller;
    if (!this.#settle(!cut)) return;
    if (cut) controller?.abort(new Error('the rest of the body is not wanted'));
    if (incoming !== undefined) {
      incoming.finish();
      return;
    }
    if (this.#passing || collector === undefined) {
      this.#resolve(this.#response(noBytes, false));
      return;
    }
    try {
      const decoded = collector.take(cut);
      if (decoded instanceof Promise) {
        call
          .race(decoded)
          .then(({ bytes, truncated }) => this.#resolve(this.#response(bytes, truncated)), this.#reject);
      } else {
        this.#resolve(this.#response(decoded.bytes, decoded.truncated));
      }
    } catch (error) {
      this.#reject(error);
    }
  }

  #abort(error: ErrandError): void {
    const waiting = this.#phase === 'waiting' && this.#connection === undefined;
    const controller = this.#controller;
    const connection = this.#connection;
    const incoming = this.#incoming;
    if (!this.#settle(false)) return;
    this.#attempt.error = error.code;
    if (waiting) this.#parts.pool.leave(this);
    else if (controller !== undefined) controller.abort(error);
    else connection?.destroy();
    if (incoming !== undefined) incoming.finish(error);
    else this.#reject(error);
  }

  /** Lets go of everything, once. `reusable`: the connection may carry another request. */
  #settle(reusable: boolean): boolean {
    if (this.#phase === 'done') return false;
    this.#phase = 'done';
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#attempt.endedAt = performance.now();
    this.#request.call.unregister(this);
    const connection = this.#connection;
    if (connection !== undefined) {
      connection.vacate();
      if (reusable) this.#parts.pool.release(connection, this);
      this.#connection = undefined;
    }
    return true;
  }
}

function expire(exchange: Exchange): void {
  exchange.expire();
}

const noBytes = new Uint8Array(0);
/** How much of a refused response is kept where the call itself names no bound: a stream. */
const errorBodyLimit = 1_048_576;
/** How much of a followed redirect is read away for the sake of its connection. */
const passingBodyLimit = 65_536;
