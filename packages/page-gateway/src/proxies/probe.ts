// Whether a proxy is there at all: a connection to it, closed at once. It asks nothing of any target.
import net from 'node:net';
import type { ProxyServer } from '../core/proxy-server.js';

/** Resolves to the milliseconds that it took. */
export function reach(proxy: ProxyServer, timeout: number, signal?: AbortSignal): Promise<number> {
  const { hostname, port } = new URL(proxy.shown);
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    // The port that goes without saying is in no URL of these schemes but http's and https's.
    const number = port === '' ? (proxy.shown.startsWith('https:') ? 443 : 80) : Number(port);
    const socket = net.connect({ host: hostname.replace(/^\[|\]$/g, ''), port: number });
    const settle = (error?: Error) => {
      signal?.removeEventListener('abort', abort);
      socket.destroy();
      if (error === undefined) resolve(performance.now() - startedAt);
      else reject(error);
    };
    const abort = () => settle(new Error('the check was aborted'));
    socket.setTimeout(timeout, () => settle(new Error(`it cannot be reached within ${timeout} ms`)));
    socket.once('connect', () => settle());
    socket.once('error', (error: NodeJS.ErrnoException) => settle(new Error(`it cannot be reached (${error.code})`)));
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}
