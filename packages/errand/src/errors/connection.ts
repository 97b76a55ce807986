// Errors of connections: not made, or not lasting.
import { type Details, ErrandError } from './errand-error.js';

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
