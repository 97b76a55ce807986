// Proxies as URLs: read once into what the transport needs. The username and the password never come out again, not even in
// the error about a URL that cannot be read.
import { isIP } from 'node:net';
import { readHost } from '../../core/hosts.js';
import type { ProxyRoute } from '../../core/route.js';

const kinds: Record<string, { kind: ProxyRoute['kind']; port: number }> = {
  'http:': { kind: 'http', port: 80 },
  'https:': { kind: 'https', port: 443 },
  'socks:': { kind: 'socks5', port: 1080 },
  'socks5:': { kind: 'socks5', port: 1080 },
  'socks5h:': { kind: 'socks5h', port: 1080 },
};

/** Bytes of a username or password that SOCKS5 can carry (RFC 1929). */
const longestSecret = 255;
/** Proxies that are remembered, so that calls that name the same one share its connections. */
const maxRoutes = 256;
const routes = new Map<string, ProxyRoute>();

/**
 * Reads `http://`, `https://`, `socks5://` (names resolved here) or `socks5h://` (names resolved there), with or without
 * `username:password@`. Without a scheme it is an HTTP proxy. `tunnel`: ask for a tunnel to plain http targets too.
 * @throws TypeError naming `option`.
 */
export function readProxyUrl(text: string, option: string, tunnel = false): ProxyRoute {
  const key = tunnel ? `tunnel ${text}` : text;
  let route = routes.get(key);
  if (route === undefined) {
    route = read(text, option, tunnel);
    if (routes.size >= maxRoutes) routes.delete(routes.keys().next().value as string);
    routes.set(key, route);
  }
  return route;
}

function read(text: string, option: string, tunnel: boolean): ProxyRoute {
  const url = parse(text);
  const known = url && kinds[url.protocol];
  const host = url && readHost(url.hostname);
  if (url === undefined || known === undefined || host === undefined) {
    throw new TypeError(
      `${option}: expected a proxy such as 'http://host:port', 'https://…', 'socks5://…' or 'socks5h://…', got ${printable(text)}`,
    );
  }
  const port = url.port === '' ? known.port : Number(url.port);
  const { kind } = known;
  const route = { kind, host, port, show: `${kind}://${isIP(host) === 6 ? `[${host}]` : host}:${port}` };
  return { ...route, ...(tunnel && { tunnel }), ...credentials(url, kind, option) };
}

function parse(text: string): URL | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    return new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  } catch {
    return undefined;
  }
}

function credentials(url: URL, kind: ProxyRoute['kind'], option: string): { username?: string; password?: string } {
  if (url.username === '' && url.password === '') return {};
  const username = decoded(url.username);
  const password = decoded(url.password);
  if (kind.startsWith('socks')) {
    for (const secret of [username, password]) {
      const { length } = Buffer.from(secret);
      if (length > longestSecret || (length === 0 && secret === username)) {
        throw new TypeError(`${option}: a SOCKS5 username has 1 to 255 bytes, and a password at most 255`);
      }
    }
  } else if (username.includes(':')) {
    throw new TypeError(`${option}: the username for an HTTP proxy cannot contain a colon`);
  }
  return { username, password };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function printable(text: unknown): string {
  if (typeof text !== 'string') return String(text);
  return text.includes('@')
    ? 'something else (not shown, because it may contain a password)'
    : `'${text.slice(0, 80)}'`;
}
