/**
 * Who may talk to the sandbox: programs on this machine, and its own page. A web page of someone else, or a name that
 * was pointed at this machine by someone else's DNS, may not.
 */
import type { IncomingMessage } from 'node:http';

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|\[?::1\]?|localhost|(?:[\w-]+\.)+localhost)$/i;

function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/** Why this request is refused; undefined where it is welcome. */
export function objection(request: IncomingMessage, boundTo: string): string | undefined {
  const { host, origin } = request.headers;
  const named = nameOf(host ?? '');
  if (isLoopback(boundTo) && !isLoopback(named)) {
    return `The sandbox answers to names of this machine only; "${named.slice(0, 100)}" is none.`;
  }
  if (origin !== undefined && !sameHost(origin, host)) return 'Requests from pages of other origins are refused.';
  if (request.headers['sec-fetch-site'] === 'cross-site' && !followsLink(request))
    return 'Requests from pages of other sites are refused.';
  return undefined;
}

/** Who follows a link to the playground comes from another site and means no harm. */
function followsLink({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
}

function nameOf(host: string): string {
  return host.replace(/:\d+$/, '');
}

function sameHost(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host;
}
