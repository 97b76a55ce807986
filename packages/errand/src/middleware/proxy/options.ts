// The `proxy` option, resolved: one proxy, several in rotation, or what the environment says.
import type { ProxyRoute } from '../../core/route.js';
import { type Duration, parseDuration } from '../../kit/duration.js';
import { type Exempt, readNoProxy, readNoProxyList } from './no-proxy.js';
import { Proxies, type Rotation } from './proxies.js';
import { readProxyUrl } from './proxy-url.js';

/** Several proxies, or one with more to say about it. */
export interface ProxyOptions {
  /**
   * `'http://…'`, `'https://…'`, `'socks5://…'` (names resolved here) or `'socks5h://…'` (names resolved there), with or
   * without `username:password@`.
   * @example new Session({ proxy: { urls: ['http://one:3128', 'socks5://two:1080'], rotate: 'sticky' } })
   */
  urls: string[];
  /**
   * `'per-request'`: in turn, retries too; `'sticky'`: a host keeps its proxy; `'until-failure'`: one until it fails.
   * @default 'per-request'
   */
  rotate?: Rotation;
  /** How long a proxy that failed is left alone, where there are others. @default '30s' */
  cooldown?: Duration;
  /**
   * Hosts that are asked directly: a host and what is below it, `'.host'`, `'host:port'`, addresses, CIDR ranges.
   * @default []
   * @example new Session({ proxy: { urls: ['http://proxy:3128'], noProxy: ['internal.example', '10.0.0.0/8'] } })
   */
  noProxy?: string[];
  /**
   * Ask HTTP proxies for a tunnel (CONNECT) to plain http hosts too. The guard then binds the proxy to the address that it
   * has checked; many proxies allow tunnels to port 443 only.
   * @default false
   */
  tunnel?: boolean;
}

/** Chooses the way out. */
export interface WayOut {
  /** The proxy for the URL; undefined is the direct way. */
  choose(url: URL, now: number): ProxyRoute | undefined;
  /** The proxy itself has failed, not its target. */
  failed(route: ProxyRoute, now: number): void;
  succeeded(route: ProxyRoute): void;
}

const rotations: readonly Rotation[] = ['per-request', 'sticky', 'until-failure'];

/**
 * The session's way out; undefined where there is no proxy.
 * @throws TypeError naming the option that makes no sense.
 */
export function resolveProxy(
  option: string | 'env' | false | ProxyOptions | undefined,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): WayOut | undefined {
  if (option === undefined || option === false) return undefined;
  if (option === 'env') return fromEnvironment(environment);
  if (typeof option === 'string') return wayOut(readRoutes([option], 'proxy', false), {});
  if (typeof option !== 'object' || option === null || !Array.isArray(option.urls) || option.urls.length === 0) {
    throw new TypeError(`proxy: expected a proxy's URL, 'env', false or { urls: […] }`);
  }
  return wayOut(readRoutes(option.urls, 'proxy.urls', readTunnel(option.tunnel)), option);
}

function wayOut(routes: readonly ProxyRoute[], options: Omit<ProxyOptions, 'urls' | 'tunnel'>): WayOut {
  const { rotate = 'per-request', cooldown = 30_000, noProxy = [] } = options;
  if (!rotations.includes(rotate)) {
    throw new TypeError(`proxy.rotate: expected one of ${rotations.join(', ')}, got '${String(rotate)}'`);
  }
  if (!Array.isArray(noProxy)) throw new TypeError('proxy.noProxy: expected a list of hosts');
  const proxies = new Proxies({ routes, rotate, cooldown: parseDuration(cooldown, 'proxy.cooldown') });
  const direct = readNoProxyList(noProxy, 'proxy.noProxy');
  return {
    choose: (url, now) => (direct(url) ? undefined : proxies.choose(url.host, now)),
    failed: (route, now) => proxies.failed(route, now),
    succeeded: (route) => proxies.succeeded(route),
  };
}

function readRoutes(urls: readonly string[], option: string, tunnel: boolean): ProxyRoute[] {
  return urls.map((url) => readProxyUrl(url, option, tunnel));
}

function readTunnel(tunnel: boolean | undefined): boolean {
  if (tunnel !== undefined && typeof tunnel !== 'boolean') {
    throw new TypeError(`proxy.tunnel: expected true or false, got ${String(tunnel)}`);
  }
  return tunnel ?? false;
}

/**
 * HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY; the lower-case name counts first. A CGI script's HTTP_PROXY is a header
 * of whoever calls it, and not believed.
 */
function fromEnvironment(environment: Readonly<Record<string, string | undefined>>): WayOut | undefined {
  const read = (name: string) => environment[name.toLowerCase()] || environment[name] || undefined;
  const routeOf = (name: string, value: string | undefined) => {
    const found = value ?? read('ALL_PROXY');
    return found === undefined ? undefined : readProxyUrl(found, value === undefined ? 'ALL_PROXY' : name);
  };
  const isCgi = environment.REQUEST_METHOD !== undefined;
  const http = routeOf('HTTP_PROXY', isCgi ? environment.http_proxy || undefined : read('HTTP_PROXY'));
  const https = routeOf('HTTPS_PROXY', read('HTTPS_PROXY'));
  if (http === undefined && https === undefined) return undefined;
  const direct: Exempt = readNoProxy(read('NO_PROXY') ?? '');
  return {
    choose: (url) => (direct(url) ? undefined : url.protocol === 'https:' ? https : http),
    failed() {},
    succeeded() {},
  };
}
