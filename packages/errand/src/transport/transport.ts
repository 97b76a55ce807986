// The last handler of the list: one exchange over one connection of the pool. The only folder that speaks to sockets.
import type { Socket } from 'node:net';
import type { Handler } from '../core/handler.js';
import { noFields } from '../core/headers.js';
import type { GuardPolicy } from '../core/policy.js';
import type { HttpRequest } from '../core/request.js';
import type { HttpResponse } from '../core/response.js';
import { inAbsoluteForm, type ProxyRoute } from '../core/route.js';
import { portOf } from '../core/url.js';
import type { ConnectionSettings, ConnectPlan } from './connect/plan.js';
import { proxyAuthorization } from './connect/proxy-http.js';
import type { Resolver } from './connect/resolver.js';
import type { TlsSettings } from './connect/tls-settings.js';
import { Exchange, type ExchangeParts, type Receiver } from './exchange.js';
import { Pool, type PoolOptions } from './pool.js';
import { RawConnections } from './raw.js';

export interface TransportOptions extends Omit<PoolOptions, 'http2' | 'plan'> {
  readonly connection: ConnectionSettings;
  readonly tls: TlsSettings;
  readonly resolver: Resolver;
}

/** What a connection of the caller's own is to lead to. */
export type RawTarget = ConnectPlan['target'];

/** How it gets there. */
export interface RawWay {
  readonly guard: GuardPolicy | undefined;
  /** undefined: directly. */
  readonly route: ProxyRoute | undefined;
  /** Milliseconds. */
  readonly limit: number;
  readonly signal: AbortSignal | undefined;
}

/** The connections of a session, and the handler that sends requests over them. */
export class Transport {
  readonly #pool: Pool;
  readonly #parts: ExchangeParts;
  readonly #raw = new RawConnections();
  readonly #openWith: Pick<ConnectPlan, 'connection' | 'tls' | 'resolver'>;

  constructor(options: TransportOptions) {
    const { connection, tls, resolver } = options;
    this.#openWith = { connection, tls, resolver };
    this.#pool = new Pool({
      ...options,
      http2: connection.http2,
      plan: (request) => planFor(request, connection, tls, resolver),
    });
    this.#parts = { pool: this.#pool, path: pathOf, fields: ownFields };
  }

  readonly handle: Handler = (request) =>
    new Promise<HttpResponse>((received, failed) => this.send(request, { received, failed }));

  /** {@link handle} for who needs no promise: the receiver is told once, perhaps before this returns. */
  send(request: HttpRequest, receiver: Receiver): void {
    const attempt = request.call.attempt ?? request.call.newAttempt(request.url);
    attempt.queuedAt ??= performance.now();
    attempt.proxy = request.route?.show;
    new Exchange(this.#parts, request, attempt, receiver).start();
  }

  stats(): { open: number; idle: number } {
    return { open: this.#pool.open, idle: this.#pool.idleCount };
  }

  /** The open connections, by origin. */
  countConnections(): Array<{ origin: URL; idle: number; active: number }> {
    return this.#pool.countConnections();
  }

  /** A connection of the caller's own, for what is not HTTP. */
  connect(target: RawTarget, { guard, route, limit, signal }: RawWay): Promise<Socket> {
    return this.#raw.open({ target, guard, proxy: route, ...this.#openWith }, limit, signal);
  }

  /** Closes every connection; resolves when every socket is closed. */
  async close(): Promise<void> {
    await Promise.all([this.#pool.close(), this.#raw.close()]);
  }
}

function planFor(
  request: HttpRequest,
  connection: ConnectionSettings,
  tls: TlsSettings,
  resolver: Resolver,
): ConnectPlan {
  const { url, call, route } = request;
  const hostname = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
  const protocol = url.protocol as 'http:' | 'https:';
  const target = { protocol, hostname, port: portOf(url) };
  return { target, guard: call.policy.guard, proxy: route, connection, tls, resolver };
}

function pathOf(request: HttpRequest): string {
  const { url } = request;
  const path = url.search === '' ? url.pathname : url.pathname + url.search;
  return inAbsoluteForm(request.route, url.protocol) ? `${url.origin}${path}` : path;
}

/** Fields that are the transport's own business. */
function ownFields(request: HttpRequest): readonly string[] {
  const { route } = request;
  if (route?.username === undefined || !inAbsoluteForm(route, request.url.protocol)) return noFields;
  return ['proxy-authorization', proxyAuthorization(route) as string];
}
