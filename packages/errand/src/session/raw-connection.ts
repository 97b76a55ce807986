// `session.connect`: a connection for what is not HTTP, by the session's own rules. It reads the call's words; the
// transport opens the socket.
import type { Socket } from 'node:net';
import { withFacts } from '../core/facts.js';
import { readHost } from '../core/hosts.js';
import type { GuardPolicy } from '../core/policy.js';
import type { ProxyRoute } from '../core/route.js';
import { readTrace } from '../core/trace.js';
import { BlockedAddressError, ErrandError } from '../errors.js';
import { type Duration, parseDuration } from '../kit/duration.js';
import { type GuardOptions, resolveGuard } from '../middleware/guard/policy.js';
import { resolveProxy, type WayOut } from '../middleware/proxy/options.js';
import { readProxyUrl } from '../middleware/proxy/proxy-url.js';
import type { TransportLike } from './transport-seam.js';

/** Where a connection is to lead. */
export interface ConnectTarget {
  /** A name or an address. */
  host: string;
  port: number;
}

export interface ConnectOptions {
  /**
   * The way out of this connection: a proxy's URL, `'env'`, or `false` for the direct way.
   * @default as the session's `proxy` says
   * @example session.connect({ host: 'example.com', port: 443 }, { proxy: 'socks5://10.0.0.1:1080' })
   */
  proxy?: string | false;
  /**
   * Whether an HTTP proxy is asked for a tunnel. With `false` what comes is a connection to the proxy itself, which wants
   * to be told the whole URL in each request's own line, and its credentials with it.
   * @default true
   */
  tunnel?: boolean;
  /** Who may be connected to, in place of the session's own `guard`. */
  guard?: false | GuardOptions;
  /** Ends the opening; not the connection, once it is there. */
  signal?: AbortSignal;
  /**
   * Milliseconds or a string such as '3s', for resolving, connecting and passing the proxy.
   * @default the session's `timeout.connect`
   */
  timeout?: Duration;
}

/** What the session has to say about it. */
export interface ConnectDefaults {
  readonly guard: GuardPolicy | undefined;
  readonly wayOut: WayOut | undefined;
  /** Milliseconds. */
  readonly limit: number;
}

/** @throws TypeError naming what makes no sense; the promise rejects with an error of the family. */
export function connectRaw(
  target: ConnectTarget,
  options: ConnectOptions,
  defaults: ConnectDefaults,
  transport: TransportLike,
): Promise<Socket> {
  const url = readTarget(target);
  const port = Number(target.port);
  const startedAt = performance.now();
  const guard = options.guard === undefined ? defaults.guard : guardOf(options.guard);
  const route = routeFor(url, options, defaults.wayOut);
  const limit = options.timeout === undefined ? defaults.limit : parseDuration(options.timeout, 'timeout');
  const described = (error: unknown): never => {
    if (!(error instanceof ErrandError)) throw error;
    const now = performance.now();
    const facts = {
      method: 'CONNECT',
      url: `${url.hostname}:${port}`,
      attempts: 1,
      elapsed: Math.round(now - startedAt),
    };
    throw withFacts(error, facts, readTrace(startedAt, [], now));
  };
  const open = async () => {
    const reason = guard?.refuseUrl(url);
    if (reason !== undefined) throw new BlockedAddressError(`${url.hostname}:${port}`, reason);
    if (transport.connect === undefined) throw new ErrandError('this session has no sockets to connect with');
    const hostname = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
    return transport.connect({ protocol: 'http:', hostname, port }, { guard, route, limit, signal: options.signal });
  };
  return open().catch(described);
}

function readTarget({ host, port }: ConnectTarget): URL {
  const name = typeof host === 'string' ? readHost(host) : undefined;
  if (name === undefined) throw new TypeError(`host: expected a name or an address, got '${String(host)}'`);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new TypeError(`port: expected a number from 1 to 65535, got ${String(port)}`);
  }
  return new URL(`http://${name.includes(':') ? `[${name}]` : name}:${port}/`);
}

function guardOf(option: false | GuardOptions): GuardPolicy | undefined {
  return option === false ? undefined : resolveGuard(option);
}

function routeFor(
  url: URL,
  { proxy, tunnel = true }: ConnectOptions,
  wayOut: WayOut | undefined,
): ProxyRoute | undefined {
  if (proxy === false) return undefined;
  const named = proxy !== undefined && proxy !== 'env';
  const chosen = proxy === 'env' ? resolveProxy('env') : wayOut;
  const route = named ? readProxyUrl(proxy, 'proxy') : chosen?.choose(url, performance.now());
  return route && { ...route, tunnel };
}
