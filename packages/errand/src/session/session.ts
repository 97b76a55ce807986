// The session: one for the life of a program. Its methods turn words into requests, send them down the list, and hand the
// caller a response or an error of the family; nothing else happens here.
import type { Socket } from 'node:net';
import type { BodySource } from '../core/body.js';
import type { HttpRequest } from '../core/request.js';
import type { HttpResponse } from '../core/response.js';
import { SessionClosedError } from '../errors.js';
import { type Duration, parseDuration } from '../kit/duration.js';
import { Referee } from '../middleware/breaker/breaker.js';
import type { Gates } from '../middleware/limit/gates.js';
import { queueEvents } from '../middleware/observe/watchers.js';
import { resolveProxy, type WayOut } from '../middleware/proxy/options.js';
import type { LoopDelay } from '../parse/loop.js';
import { checkOptions, defaultsOf } from './defaults.js';
import { Errand } from './errand.js';
import { fetchOver, type Send } from './fetch.js';
import { Foundation } from './foundation.js';
import { mergeOptions } from './merge-options.js';
import type { RequestOptions, SessionOptions } from './options.js';
import { type PendingResponse, pendingResponse } from './pending-response.js';
import { type Pipeline, pipeline } from './pipeline.js';
import { type Defaults, prepare } from './prepare.js';
import { type ConnectOptions, type ConnectTarget, connectRaw } from './raw-connection.js';
import type { SessionStats } from './stats.js';
import { StreamingResponse } from './streaming-response.js';
import type { TransportLike } from './transport-seam.js';

export type StreamOptions = RequestOptions & { method?: string };

/** A pooled, bounded, closable HTTP session. One per program; cheap per request. */
export class Session implements AsyncDisposable {
  readonly #options: SessionOptions;
  readonly #foundation: Foundation;
  /** The session that this one was extended from. */
  readonly #parent: Session | undefined;
  readonly #transport: TransportLike;
  readonly #defaults: Defaults;
  readonly #pipeline: Pipeline;
  readonly #wayOut: WayOut | undefined;
  readonly #gates: Gates;
  /**
   * WHATWG fetch over this session (bound: `const { fetch } = session` works): hand it to any library that takes a `fetch`.
   * Never throws on a status; rejects as fetch does (TypeError with our error as `cause`, or the signal's reason).
   */
  readonly fetch: typeof globalThis.fetch;
  #closing: Promise<void> | undefined;

  /**
   * `parent` is for {@link extend} alone.
   * @throws TypeError naming the option that makes no sense.
   */
  constructor(options: SessionOptions = {}, parent?: Session) {
    const merged = parent === undefined ? options : mergeOptions(parent.#options, options);
    checkOptions(merged);
    this.#options = merged;
    this.#parent = parent;
    const foundation = parent === undefined ? new Foundation(merged) : parent.#foundation;
    this.#foundation = foundation;
    const heritage = parent === undefined ? undefined : { policy: parent.#defaults.policy, own: options };
    this.#defaults = defaultsOf(merged, foundation.readings, heritage);
    const own = parent === undefined || ownConnections.some((name) => options[name] !== undefined);
    this.#transport = own ? foundation.openTransport(merged) : parent.#transport;
    this.#wayOut = resolveProxy(merged.proxy);
    if (parent === undefined) this.#gates = foundation.gates;
    else this.#gates = options.limits === undefined ? parent.#gates : foundation.openGates(merged);
    this.#pipeline = pipeline({
      policy: this.#defaults.policy,
      userRequest: merged.middleware?.request ?? [],
      userAttempt: merged.middleware?.attempt ?? [],
      fieldsFor: (url, call) => this.#defaults.fields.redirected(url, call.policy.credentials),
      joined: () => foundation.counters.deduped++,
      cache: foundation.cache,
      hit: () => foundation.counters.cacheHits++,
      background: (call, work) => foundation.inBackground(call, this, work),
      identities: foundation.identities,
      budgets: foundation.budgets,
      cookies: foundation.cookies,
      wayOut: this.#wayOut,
      circuits: foundation.circuits,
      turnstile: {
        gates: this.#gates,
        watch: queueEvents,
        judge: foundation.circuits && new Referee(foundation.circuits),
      },
      transport: this.#transport,
    });
    const send: Send = (method, url, callOptions) =>
      this.#open(prepare(method, url, callOptions, this.#defaults, true));
    this.fetch = fetchOver(send, this.#defaults.baseUrl, this.#defaults.policy.maxBodySize);
  }

  /** The body is read for you, bounded, and the connection is back in the pool when the promise settles. */
  request(method: string, url: string | URL, options?: RequestOptions): PendingResponse {
    const request = prepare(method, url, options, this.#defaults, false);
    return pendingResponse((resolve, reject) => this.#send(request, resolve, reject));
  }

  get(url: string | URL, options?: RequestOptions): PendingResponse {
    return this.request('GET', url, options);
  }

  head(url: string | URL, options?: RequestOptions): PendingResponse {
    return this.request('HEAD', url, options);
  }

  options(url: string | URL, options?: RequestOptions): PendingResponse {
    return this.request('OPTIONS', url, options);
  }

  post(url: string | URL, options?: RequestOptions): PendingResponse {
    return this.request('POST', url, options);
  }

  put(url: string | URL, options?: RequestOptions): PendingResponse {
    return this.request('PUT', url, options);
  }

  patch(url: string | URL, options?: RequestOptions): PendingResponse {
    return this.request('PATCH', url, options);
  }

  delete(url: string | URL, options?: RequestOptions): PendingResponse {
    return this.request('DELETE', url, options);
  }

  /**
   * The body is yours to read: `await using response = await session.stream(url)`. Leaving the block, read or unread, gives
   * the connection back. A stream nobody reads is aborted after `timeout.idle`.
   */
  stream(url: string | URL, options: StreamOptions = {}): Promise<StreamingResponse> {
    const request = prepare(options.method ?? 'GET', url, options, this.#defaults, true);
    return this.#open(request).then((response) => new StreamingResponse(response, response.body as BodySource));
  }

  /**
   * A guarded TCP connection for what is not HTTP, through the session's proxy where it has one. It is the caller's own:
   * outside of `limits`, `maxConnections`, retries and the breaker, and open until the caller or the peer closes it, or the
   * session is closed.
   * @throws TypeError naming what makes no sense; the promise rejects with an error of the family.
   * @example const socket = await session.connect({ host: 'irc.example.org', port: 6697 }, { timeout: '3s' })
   */
  connect(target: ConnectTarget, options: ConnectOptions = {}): Promise<Socket> {
    const { guard, timeouts } = this.#defaults.policy;
    const defaults = { guard, wayOut: this.#wayOut, limit: timeouts.connect };
    return this.closed
      ? Promise.reject(new SessionClosedError())
      : connectRaw(target, options, defaults, this.#transport);
  }

  /**
   * A session with other defaults over the same connections, limits, cookies and cache; where `tls`, `guard`, `proxy`,
   * `connection` or `limits` are given, those are its own. Closing it closes nothing but those.
   */
  extend(options: SessionOptions): Session {
    return new Session(options, this);
  }

  /** What the session, and those extended from it, are doing and have done. */
  stats(): SessionStats {
    return this.#foundation.stats();
  }

  /**
   * How late the event loop has been since the last reading, in milliseconds: what a heartbeat would have felt. The first
   * reading begins to measure, and is all zeros.
   */
  get loop(): LoopDelay {
    return this.#foundation.loop.read();
  }

  get closed(): boolean {
    return this.#closing !== undefined || (this.#parent?.closed ?? false);
  }

  /**
   * Refuses new requests at once with SessionClosedError, lets those under way finish for `grace` (milliseconds or a string
   * such as '3s'; '5s' where it is left out), then rejects the rest, queued, in flight or streaming, with
   * SessionClosedError, and closes every socket. Idempotent. When it resolves, the session holds no socket, timer, worker
   * or listener: the process can exit.
   */
  close(options: { grace?: Duration } = {}): Promise<void> {
    const grace = parseDuration(options.grace ?? 5_000, 'grace');
    this.#closing ??= this.#close(grace);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(grace: number): Promise<void> {
    const foundation = this.#foundation;
    if (this.#parent === undefined) return foundation.close(grace);
    await foundation.drain.close(grace, this);
    if (this.#gates !== this.#parent.#gates) await foundation.closeGates(this.#gates);
    if (this.#transport !== this.#parent.#transport) await foundation.closeTransport(this.#transport);
  }

  #open(request: HttpRequest): Promise<HttpResponse> {
    return new Promise((resolve, reject) => this.#send(request, resolve, reject));
  }

  /** Settles exactly once: with the handler's outcome, or at once when the call is over. */
  #send(request: HttpRequest, resolve: (response: HttpResponse) => void, reject: (error: unknown) => void): void {
    const { call } = request;
    if (this.closed) {
      reject(call.describe(new SessionClosedError()));
      return;
    }
    new Errand(request, this.#foundation, this, resolve, reject).run(this.#pipeline(call.policy));
  }
}

/** Options that are about connections: an extended session with one of them has connections of its own. */
const ownConnections = ['tls', 'guard', 'proxy', 'connection', 'dns', 'maxConnections', 'maxHeaderSize'] as const;
