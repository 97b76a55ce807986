// Errors as callers hear of them: what errand says about connections becomes a problem of the contract, in sentences about
// the target, never about the inside of this service.
import {
  BlockedAddressError,
  BodyTooLargeError,
  ConnectError,
  DecodeError,
  DisconnectedError,
  DnsError,
  ErrandError,
  ProtocolError,
  ProxyError,
  RedirectError,
  RefusedError,
  SessionClosedError,
  TimeoutError,
  TlsError,
} from 'errand';
import { Problem } from '../core/problem.js';
import type { ProxyServer } from '../core/proxy-server.js';

export interface Circumstances {
  /** The page that was asked for. */
  readonly url: string;
  readonly proxy: ProxyServer | undefined;
  readonly maxBytes: number;
  /** The budget of time, in milliseconds. */
  readonly timeout: number;
}

/** What is no error of a connection is given back as it is. */
export function problemOf(error: unknown, circumstances: Circumstances): unknown {
  if (error instanceof Problem || !(error instanceof ErrandError)) return error;
  const host = hostOf(error.url === '' ? circumstances.url : error.url);
  const { maxBytes, timeout } = circumstances;
  const parts = { cause: error };
  if (error instanceof BlockedAddressError)
    return new Problem(
      'target_forbidden',
      `${host} may not be asked by this service: ${error.reason.replace(/ \(guard\.\w+\)/, '')}.`,
      parts,
    );
  if (error instanceof TimeoutError) {
    const text =
      error.phase === 'connect'
        ? `No connection to ${host} came about within ${error.limit} ms.`
        : `The page of ${host} did not come within ${timeout} ms (timeout).`;
    return new Problem('timeout', text, parts);
  }
  if (error instanceof BodyTooLargeError) {
    const text = `The page of ${host} is longer than ${maxBytes} bytes; ask for more with max_bytes, or for its beginning with truncate=true.`;
    return new Problem('too_large', text, parts);
  }
  if (error instanceof RefusedError || error instanceof SessionClosedError)
    return new Problem('overloaded', 'There is more to do than can be done at once; try again later.', {
      ...parts,
      retryAfter: 1,
    });
  return new Problem('upstream', whyNot(error, host, circumstances.proxy), { ...parts, retryable: error.retryable });
}

function whyNot(error: ErrandError, host: string, proxy: ProxyServer | undefined): string {
  const by = proxy === undefined ? '' : ` through the proxy '${proxy.id}'`;
  if (error instanceof DnsError) return `The name of ${host} could not be resolved.`;
  if (error instanceof ConnectError) return `${host} could not be reached${by}: nobody answers there, or it refuses.`;
  if (error instanceof TlsError) return `A secure connection to ${host}${by} did not come about: ${error.message}.`;
  if (error instanceof ProxyError) return whyNotProxy(error, host, proxy?.id ?? 'unknown');
  if (error instanceof DisconnectedError) return `${host} closed the connection${by} before the page was whole.`;
  if (error instanceof ProtocolError) return `${host} answered${by} with what is not HTTP.`;
  if (error instanceof DecodeError) return `The body of ${host} is not encoded as its Content-Encoding says.`;
  if (error instanceof RedirectError) return whyNotRedirect(error, host);
  return `The page of ${host} could not be fetched${by}.`;
}

function whyNotProxy({ reason }: ProxyError, host: string, id: string): string {
  switch (reason) {
    case 'unreachable':
      return `The proxy '${id}' could not be reached.`;
    case 'not-a-proxy':
      return `What answers at the address of the proxy '${id}' is no proxy for ${host}.`;
    case 'credentials':
      return `The proxy '${id}' does not accept its username and password.`;
    case 'target':
      return `The proxy '${id}' could not connect to ${host}, or would not.`;
    default:
      return reason satisfies never;
  }
}

function whyNotRedirect({ reason, history, location }: RedirectError, host: string): string {
  const to = location === undefined ? '' : ` to ${location}`;
  switch (reason) {
    case 'too-many':
      return `${host} redirects again and again: more than ${history.length} times.`;
    case 'loop':
      return `The redirects of ${host} lead in a circle${to}.`;
    case 'location':
      return `${host} redirects to what is no http or https URL.`;
    case 'downgrade':
      return `${host} redirects from https${to}, which is not secure, and is not followed.`;
    case 'body':
      return `${host} redirects${to} in a way that would take the body along, and is not followed.`;
    case 'mode':
      return `${host} redirects${to}.`;
    default:
      return reason satisfies never;
  }
}

/** Whether the same may go better another time, or another way. */
export function isWorthRetrying(error: unknown, proxied: boolean): boolean {
  if (error instanceof Problem) return error.code === 'upstream' && error.retryable;
  if (!(error instanceof ErrandError) || error instanceof RefusedError) return false;
  // What one proxy makes of a secure connection, of HTTP or of its credentials, another may not.
  const perhapsTheProxys = error instanceof TlsError || error instanceof ProtocolError || error instanceof ProxyError;
  return error.retryable || (proxied && perhapsTheProxys);
}

/** Whether it is certain that the target heard nothing. */
export function isNothingSent(error: unknown): boolean {
  if (!(error instanceof ErrandError)) return false;
  return error.trace?.attempts.every(({ timings }) => timings.sent === undefined) ?? false;
}

/** The proxy's own failure, in words without credentials; undefined where it is somebody else's. */
export function proxyFailure(error: unknown): string | undefined {
  const fault = error instanceof TimeoutError && error.phase === 'connect' ? (error.cause ?? error) : error;
  if (fault instanceof TimeoutError) return 'no connection came about in time';
  return fault instanceof ProxyError && fault.reason !== 'target' ? fault.message : undefined;
}

/** A short name for the record of tries. */
export function codeOf(error: unknown): string {
  return error instanceof Problem || error instanceof ErrandError ? error.code : 'internal';
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'the target';
}
