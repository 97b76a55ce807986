// Passing a proxy: what each kind is asked, and how its refusals are told. A proxy's answer is bounded in bytes, and is
// never taken for the target's; its credentials are shown nowhere.
import type { Socket } from 'node:net';
import type { ProxyRoute } from '../../core/route.js';
import { ConnectionError, ProxyError } from '../../errors.js';
import { httpTunnel } from './proxy-http.js';
import { socksTunnel } from './proxy-socks.js';
import type { Scope } from './scope.js';

/** Has the proxy connect `socket` to host:port; `host` is a name or an address without brackets. */
export function tunnel(scope: Scope, socket: Socket, proxy: ProxyRoute, host: string, port: number): Promise<void> {
  const isHttp = proxy.kind === 'http' || proxy.kind === 'https';
  return isHttp ? httpTunnel(scope, socket, proxy, host, port) : socksTunnel(scope, socket, proxy, host, port);
}

/** What went wrong on the way to the proxy, as the proxy's failure; anything else as it is. */
export function reachFailure(proxy: ProxyRoute, error: unknown): unknown {
  if (!(error instanceof ConnectionError) || error instanceof ProxyError) return error;
  return new ProxyError('unreachable', `the proxy ${proxy.show} cannot be reached: ${error.message}`, { cause: error });
}

/** The proxy was reached, and has not answered yet. */
export function silence(proxy: ProxyRoute): ProxyError {
  return new ProxyError('unreachable', `the proxy ${proxy.show} did not answer in time`);
}
