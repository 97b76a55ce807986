// HTTP proxies: CONNECT (RFC 9110 9.3.6) and Basic credentials. Only the status line of the answer is believed.
import { isIP, type Socket } from 'node:net';
import { proxyRefusal } from '../../core/proxy-refusal.js';
import type { ProxyRoute } from '../../core/route.js';
import { converse, notAProxy, type ReadAnswer } from './converse.js';
import type { Scope } from './scope.js';

/** @throws ProxyError */
export async function httpTunnel(
  scope: Scope,
  socket: Socket,
  proxy: ProxyRoute,
  host: string,
  port: number,
): Promise<void> {
  const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  const credentials = proxyAuthorization(proxy);
  const head = [
    `CONNECT ${authority} HTTP/1.1`,
    `Host: ${authority}`,
    ...(credentials === undefined ? [] : [`Proxy-Authorization: ${credentials}`]),
  ];
  const status = await converse(scope, socket, proxy, `${head.join('\r\n')}\r\n\r\n`, readStatus(proxy));
  if (status < 200 || status > 299) throw proxyRefusal(proxy, status, authority);
}

/** The value of Proxy-Authorization; undefined where the proxy has no credentials. */
export function proxyAuthorization({ username, password }: ProxyRoute): string | undefined {
  if (username === undefined) return undefined;
  return `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`;
}

/** The status of the final answer; interim ones (1xx) are passed over. */
function readStatus(proxy: ProxyRoute): ReadAnswer<number> {
  return (received) => {
    const text = received.toString('latin1');
    for (let start = 0; ; ) {
      if (!'HTTP/1.'.startsWith(text.slice(start, start + 7))) throw notAProxy(proxy, 'it does not speak HTTP');
      const end = text.indexOf('\r\n\r\n', start);
      if (end < 0) return undefined;
      const status = Number(/^HTTP\/1\.[01] (\d{3})(?: [^\r\n]*)?\r\n/.exec(text.slice(start, end + 4))?.[1]);
      if (!(status >= 100)) throw notAProxy(proxy, 'its answer has no status');
      start = end + 4;
      // What follows a refusal is its body, of which nobody reads a byte: the connection is closed.
      if (status >= 200) return { value: status, length: status > 299 ? received.length : start };
    }
  };
}
