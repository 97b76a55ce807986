// Errors of calls as a whole: late, ended from outside, or answered with what was not wanted.
import type { HttpResponse } from '../core/response.js';
import { type Details, ErrandError } from './errand-error.js';

/** The phases that a {@link TimeoutError} names. */
export type TimeoutPhase = 'queue' | 'connect' | 'headers' | 'idle' | 'total';
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

/** Why a redirect was not followed. */
export type RedirectReason = 'too-many' | 'loop' | 'location' | 'downgrade' | 'body' | 'mode';
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
