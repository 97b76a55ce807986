/**
 * Every error that Errand rejects with, as one family, drawn as a tree. An error carries facts (what was asked, how far
 * it came, how long it took) and never live objects, so it can be logged, serialised and kept without keeping a socket.
 *
 * ErrandError
 * ├─ ConnectionError
 * │   ├─ DnsError              ERRAND_DNS
 * │   ├─ ConnectError          ERRAND_CONNECT
 * │   ├─ TlsError              ERRAND_TLS
 * │   ├─ ProxyError            ERRAND_PROXY
 * │   └─ DisconnectedError     ERRAND_DISCONNECTED
 * ├─ TimeoutError              ERRAND_TIMEOUT
 * ├─ ProtocolError             ERRAND_PROTOCOL
 * ├─ HttpError                 ERRAND_HTTP_STATUS
 * ├─ RedirectError             ERRAND_REDIRECT
 * ├─ BodyError
 * │   ├─ BodyTooLargeError     ERRAND_BODY_TOO_LARGE
 * │   ├─ DecodeError           ERRAND_DECODE
 * │   ├─ ContentTypeError      ERRAND_CONTENT_TYPE
 * │   ├─ ParseError            ERRAND_PARSE
 * │   └─ ValidationError       ERRAND_VALIDATION
 * ├─ RefusedError
 * │   ├─ BlockedAddressError   ERRAND_BLOCKED_ADDRESS
 * │   ├─ CircuitOpenError      ERRAND_CIRCUIT_OPEN
 * │   ├─ QueueFullError        ERRAND_QUEUE_FULL
 * │   └─ RateLimitError        ERRAND_RATE_LIMIT
 * ├─ AbortError                ERRAND_ABORTED
 * └─ SessionClosedError        ERRAND_SESSION_CLOSED
 */
import type { HttpResponse } from './core/response.js';

/** What is known of the call that failed. `url` is already fit to be shown: no userinfo, secret query values masked. */
export interface CallFacts {
  readonly method: string;
  readonly url: string;
  readonly attempts: number;
  readonly elapsed: number;
}

/** The phases that a {@link TimeoutError} names. */
export type TimeoutPhase = 'queue' | 'connect' | 'headers' | 'idle' | 'total';
/** Why a redirect was not followed. */
export type RedirectReason = 'too-many' | 'loop' | 'location' | 'downgrade' | 'body' | 'mode';
/** One problem that a Standard Schema found. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }>;
}

interface Details {
  cause?: unknown;
  retryable?: boolean;
}

/** The root of the family: `error instanceof ErrandError` is true for whatever Errand rejects with. */
export class ErrandError extends Error {
  /** Stable, machine-readable, e.g. `ERRAND_TIMEOUT`. */
  readonly code: string = 'ERRAND';
  /** The method of the request that failed; empty until the error has left the session. */
  readonly method: string = '';
  /** The URL that was asked, without userinfo and with secret query values shown as `***`. */
  readonly url: string = '';
  /** How many attempts had begun. 0: nothing was tried. */
  readonly attempts: number = 0;
  /** Milliseconds since the call was made. */
  readonly elapsed: number = 0;
  /** Whether the same call may succeed when it is made again. */
  readonly retryable: boolean;

  constructor(message: string, details: Details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.retryable = details.retryable ?? false;
  }

  /** The facts as plain data: safe to log, nothing secret, nothing live. */
  toJSON(): Record<string, unknown> {
    const json: Record<string, unknown> = { name: this.name, code: this.code, message: this.message };
    for (const key of Object.keys(this)) {
      if (key !== 'cause' && key !== 'response') json[key] = (this as unknown as Record<string, unknown>)[key];
    }
    if (this.cause !== undefined) json.cause = causeFacts(this.cause);
    return json;
  }
}

function causeFacts(cause: unknown): unknown {
  if (cause instanceof ErrandError) return cause.toJSON();
  if (!(cause instanceof Error)) return String(cause);
  const { name, message } = cause;
  const code = (cause as { code?: unknown }).code;
  return code === undefined ? { name, message } : { name, code, message };
}

/** The connection could not be made, or did not last. */
export class ConnectionError extends ErrandError {
  constructor(message: string, details: Details = {}) {
    super(message, { retryable: true, ...details });
  }
}

/** The host's name could not be resolved. */
export class DnsError extends ConnectionError {
  override readonly code = 'ERRAND_DNS';
}

/** Refused, unreachable, or reset before anything was sent. */
export class ConnectError extends ConnectionError {
  override readonly code = 'ERRAND_CONNECT';
  /** The addresses that were tried, in order. */
  readonly addresses: string[];

  constructor(message: string, details: Details & { addresses?: string[] } = {}) {
    super(message, details);
    this.addresses = details.addresses ?? [];
  }
}

/** The TLS handshake failed, or the certificate is not acceptable. */
export class TlsError extends ConnectionError {
  override readonly code = 'ERRAND_TLS';

  constructor(message: string, details: Details = {}) {
    super(message, { retryable: false, ...details });
  }
}

/**
 * Why a proxy did not do: it could not be reached, what answers there is no proxy, it wants another username or password,
 * or it would not or could not connect to the target.
 */
export type ProxyFailure = 'unreachable' | 'not-a-proxy' | 'credentials' | 'target';

/** The proxy could not be reached, or would not let the request through. */
export class ProxyError extends ConnectionError {
  override readonly code = 'ERRAND_PROXY';
  readonly reason: ProxyFailure;
  /** The proxy's own HTTP status, where it gave one. */
  readonly status?: number;

  constructor(reason: ProxyFailure, message: string, details: Details & { status?: number } = {}) {
    super(message, details);
    this.reason = reason;
    if (details.status !== undefined) this.status = details.status;
  }
}

/** Closed or reset after something was sent, or in the middle of a body. */
export class DisconnectedError extends ConnectionError {
  override readonly code = 'ERRAND_DISCONNECTED';
}

/** A limit of time was reached; `phase` says which. */
export class TimeoutError extends ErrandError {
  override readonly code = 'ERRAND_TIMEOUT';
  readonly phase: TimeoutPhase;
  /** The limit, in milliseconds. */
  readonly limit: number;

  constructor(phase: TimeoutPhase, limit: number, details: Details = {}) {
    super(`${timeoutText[phase]} took longer than ${limit} ms`, {
      retryable: phase !== 'queue' && phase !== 'total',
      ...details,
    });
    this.phase = phase;
    this.limit = limit;
  }
}

const timeoutText: Record<TimeoutPhase, string> = {
  queue: 'waiting for a turn at the host',
  connect: 'connecting',
  headers: 'waiting for the response',
  idle: 'waiting for the next piece of the body',
  total: 'the whole call',
};

/** What came back is not valid HTTP. It never looks like a status. */
export class ProtocolError extends ErrandError {
  override readonly code = 'ERRAND_PROTOCOL';
}

/** The response has a status of 400 or more. */
export class HttpError extends ErrandError {
  override readonly code = 'ERRAND_HTTP_STATUS';
  readonly status: number;
  /** The response, with its bounded body, readable. */
  readonly response: HttpResponse;

  constructor(response: HttpResponse, details: Details = {}) {
    super(`the response status is ${response.status}${response.statusText ? ` ${response.statusText}` : ''}`, {
      retryable: retryableStatuses.has(response.status),
      ...details,
    });
    this.status = response.status;
    this.response = response;
    Object.defineProperty(this, 'response', { enumerable: false });
  }
}

const retryableStatuses = new Set([408, 429, 500, 502, 503, 504]);

/** A redirect was not followed; `reason` says why. */
export class RedirectError extends ErrandError {
  override readonly code = 'ERRAND_REDIRECT';
  readonly reason: RedirectReason;
  /** Where the response pointed to, fit to be shown; absent where it could not be read. */
  readonly location?: string;
  /** The redirects that were followed before this one, first to last. */
  readonly history: ReadonlyArray<{ readonly url: string; readonly status: number }>;

  constructor(
    reason: RedirectReason,
    message: string,
    details: Details & { location?: string; history?: ReadonlyArray<{ url: string; status: number }> } = {},
  ) {
    super(message, details);
    this.reason = reason;
    if (details.location !== undefined) this.location = details.location;
    this.history = details.history ?? [];
  }
}

/** The body came, and cannot be used. */
export class BodyError extends ErrandError {}

/** The decoded body is longer than the limit. */
export class BodyTooLargeError extends BodyError {
  override readonly code = 'ERRAND_BODY_TOO_LARGE';
  /** The limit, in bytes. */
  readonly limit: number;

  constructor(limit: number, message = `the body is longer than ${limit} bytes`, details: Details = {}) {
    super(message, details);
    this.limit = limit;
  }
}

/** The content coding (gzip, deflate, br, zstd) or the charset could not be undone. */
export class DecodeError extends BodyError {
  override readonly code = 'ERRAND_DECODE';
}

/** The body is of another kind than was asked for. */
export class ContentTypeError extends BodyError {
  override readonly code = 'ERRAND_CONTENT_TYPE';
  readonly expected: string;
  /** The Content-Type that came; null where there was none. */
  readonly actual: string | null;

  constructor(expected: string, actual: string | null, details: Details = {}) {
    super(`expected ${expected}, got ${actual === null ? 'no Content-Type' : actual}`, details);
    this.expected = expected;
    this.actual = actual;
  }
}

/** The body says what it is, and is not that. */
export class ParseError extends BodyError {
  override readonly code = 'ERRAND_PARSE';
  /** 1-based. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
  /** The text around the place, shortened. */
  readonly excerpt?: string;

  constructor(message: string, details: Details & { line?: number; column?: number; excerpt?: string } = {}) {
    super(message, details);
    if (details.line !== undefined) this.line = details.line;
    if (details.column !== undefined) this.column = details.column;
    if (details.excerpt !== undefined) this.excerpt = details.excerpt;
  }
}

/** The value was read, and the schema does not accept it. */
export class ValidationError extends BodyError {
  override readonly code = 'ERRAND_VALIDATION';
  readonly issues: ReadonlyArray<SchemaIssue>;

  constructor(issues: ReadonlyArray<SchemaIssue>, details: Details = {}) {
    const [first] = issues;
    super(first ? `the body does not fit the schema: ${first.message}` : 'the body does not fit the schema', details);
    this.issues = issues;
  }
}

/** Errand would not do it: nothing was sent. */
export class RefusedError extends ErrandError {}

/** The guard does not let requests go there. */
export class BlockedAddressError extends RefusedError {
  override readonly code = 'ERRAND_BLOCKED_ADDRESS';
  /** The host, host:port or address that was refused. */
  readonly address: string;
  readonly reason: string;

  constructor(address: string, reason: string, details: Details = {}) {
    super(`${address} may not be asked: ${reason}`, details);
    this.address = address;
    this.reason = reason;
  }
}

/** The host has failed too often of late, and is left alone for a while. */
export class CircuitOpenError extends RefusedError {
  override readonly code = 'ERRAND_CIRCUIT_OPEN';
  /** When a request will be let through again. */
  readonly retryAt: Date;

  constructor(host: string, retryAt: Date, details: Details = {}) {
    super(`${host} has failed too often and is left alone until ${retryAt.toISOString()}`, {
      retryable: true,
      ...details,
    });
    this.retryAt = retryAt;
  }
}

/** Too many requests are waiting already. */
export class QueueFullError extends RefusedError {
  override readonly code = 'ERRAND_QUEUE_FULL';

  constructor(limit: number, details: Details = {}) {
    super(`${limit} requests are waiting already (maxQueued)`, { retryable: true, ...details });
  }
}

/** Waiting for the host's rate would outlast the deadline. */
export class RateLimitError extends RefusedError {
  override readonly code = 'ERRAND_RATE_LIMIT';
  /** When the request could have gone out. */
  readonly retryAt: Date;

  constructor(host: string, retryAt: Date, details: Details = {}) {
    super(`the rate of ${host} leaves no turn before the deadline; the next is at ${retryAt.toISOString()}`, {
      retryable: true,
      ...details,
    });
    this.retryAt = retryAt;
  }
}

/** The caller's signal was aborted; `cause` is its reason. */
export class AbortError extends ErrandError {
  override readonly code = 'ERRAND_ABORTED';

  constructor(reason: unknown) {
    super('the call was aborted', { cause: reason });
  }
}

/** The session is closed, or closed before the call was done. */
export class SessionClosedError extends ErrandError {
  override readonly code = 'ERRAND_SESSION_CLOSED';

  constructor(message = 'the session is closed', details: Details = {}) {
    super(message, details);
  }
}

const family = [
  ErrandError, ConnectionError, DnsError, ConnectError, TlsError, ProxyError, DisconnectedError, TimeoutError,
  ProtocolError, HttpError, RedirectError, BodyError, BodyTooLargeError, DecodeError, ContentTypeError, ParseError,
  ValidationError, RefusedError, BlockedAddressError, CircuitOpenError, QueueFullError, RateLimitError, AbortError,
  SessionClosedError,
]; // biome-ignore format: a list
for (const type of family) {
  Object.defineProperty(type.prototype, 'name', { value: type.name, configurable: true, writable: true });
}

/**
 * Completes an error with the facts of the call that it ends, once: the first call that it leaves names it. The message
 * then begins with method and URL.
 */
/** @internal */
export function withFacts<E extends ErrandError>(error: E, facts: CallFacts): E {
  if (error.method !== '') return error;
  const { message, stack } = error;
  Object.assign(error, facts);
  error.message = `${facts.method} ${facts.url}: ${message}`;
  if (stack !== undefined) error.stack = stack.replace(message, () => error.message);
  return error;
}
