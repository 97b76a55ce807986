// What may be tried again, and of that what is worth it. Relies on the transport for two facts: `attempt.sentAt` is set
// before the first byte of the request is written and never otherwise, and a ConnectionError that would only come again
// (an unknown name, a certificate, a password) says so with `retryable: false`.
import { fieldOf } from '../../core/headers.js';
import type { RetryPolicy } from '../../core/policy.js';
import type { HttpRequest } from '../../core/request.js';
import type { Attempt } from '../../core/trace.js';
import { ConnectionError, DecodeError, DisconnectedError, TimeoutError } from '../../errors.js';

/**
 * Whether the request can be sent again without doing anything twice that was to be done once: its body is still there,
 * and it never went out, or its method or its Idempotency-Key says that twice is as good as once.
 */
export function mayRepeat(request: HttpRequest, attempt: Attempt | undefined, policy: RetryPolicy): boolean {
  return isReplayable(request) && (attempt?.sentAt === undefined || isIdempotent(request, policy));
}

export function isReplayable({ body }: HttpRequest): boolean {
  return body === undefined || body.replayable;
}

function isIdempotent({ method, fields }: HttpRequest, { methods }: RetryPolicy): boolean {
  return methods.has(method) || fieldOf(fields, 'idempotency-key') !== undefined;
}

/**
 * Whether another attempt may go better. A body that breaks off or cannot be decoded counts as a broken connection; what is
 * not HTTP, too large, refused by this session, or a limit of the whole call does not get better.
 */
export function isTransient(error: unknown): boolean {
  if (error instanceof ConnectionError) return error.retryable;
  if (error instanceof TimeoutError) return error.phase !== 'queue' && error.phase !== 'total';
  return error instanceof DecodeError;
}

/** The server had closed the kept connection while the request was on its way: a fresh one is tried without waiting. */
export function diedIdle(error: unknown, attempt: Attempt | undefined): boolean {
  return error instanceof DisconnectedError && attempt?.reusedConnection === true && attempt.headAt === undefined;
}
