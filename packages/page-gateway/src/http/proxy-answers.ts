// Answers that an HTTP proxy gives to plain http in its target's place: common proxies mark theirs. A target could fake such
// a mark, so it says nothing against the proxy.
import { ProxyError } from 'errand';
import type { Fetched } from '../core/engine.js';
import type { ProxyServer } from '../core/proxy-server.js';

/** The error that the answer is; undefined where it is the target's own. */
export function proxyAnswer(proxy: ProxyServer | undefined, { status, headers, url }: Fetched): ProxyError | undefined {
  if (proxy === undefined || status < 400 || !url.startsWith('http:') || !proxy.shown.startsWith('http'))
    return undefined;
  if (!headers.some(([name, value]) => marks(name, value))) return undefined;
  const why = status === 401 ? 'does not let us through' : 'answered in its place';
  return new ProxyError('target', `the proxy ${proxy.shown} ${why} (${status})`, { status });
}

function marks(name: string, value: string): boolean {
  return name === 'x-squid-error' || (name === 'server' && value.startsWith('tinyproxy/'));
}
