// Errors of what Errand would not do: nothing was sent.
import { type Details, ErrandError } from './errand-error.js';

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
