// Decides whether a browser's request may talk to the playground: only the page that this server itself sent may, so that
// neither another site nor a name that was bent to this address can drive a bot.
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** The origin that the request's own `Host` makes, if the request came from there. */
export function isSameOrigin(request: IncomingMessage): boolean {
  const { host, origin } = request.headers;
  if (host === undefined || origin === undefined) return false;
  const expected = hostOf(`http://${host}`);
  const actual = hostOf(origin);
  return (
    expected !== undefined &&
    actual !== undefined &&
    expected.host === actual.host &&
    isOwnName(request, expected.hostname)
  );
}

/** A server on the loopback is known by loopback names only; elsewhere any name may be its own. */
function isOwnName(request: IncomingMessage, hostname: string): boolean {
  const address = request.socket.localAddress ?? '';
  if (!isLoopback(address)) return true;
  return hostname === 'localhost' || hostname.endsWith('.localhost') || isLoopback(hostname);
}

function isLoopback(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '').replace(/^::ffff:/, '');
  return bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

function hostOf(text: string): URL | undefined {
  try {
    const url = new URL(text);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined;
  } catch {
    return undefined;
  }
}
