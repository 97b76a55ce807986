// The middleware that tries again what may go better the second time, inside the call's deadline and the host's budget. It
// never waits in vain: where the deadline would come first, the outcome in hand is the answer at once.
import type { Handler, Middleware } from '../../core/handler.js';
import type { RetryPolicy } from '../../core/policy.js';
import type { HttpRequest } from '../../core/request.js';
import type { HttpResponse } from '../../core/response.js';
import { readRetryAfter } from '../../core/retry-after.js';
import type { Attempt } from '../../core/trace.js';
import { hostOf } from '../../core/url.js';
import { BlockedAddressError, ErrandError, HttpError, RefusedError } from '../../errors.js';
import { longestDelay } from '../../kit/duration.js';
import { backoff } from './backoff.js';
import type { RetryBudget, RetryBudgets } from './budget.js';
import { diedIdle, isReplayable, isTransient, mayRepeat } from './classify.js';

export function retry(budgets: RetryBudgets): Middleware {
  return (next) => (request) => {
    const policy = request.call.policy.retry;
    if (policy === undefined) return next(request);
    const now = performance.now();
    const budget = budgets.of(hostOf(request.url), now);
    budget.request(now);
    return attempts(request, policy, next, budget, budgets);
  };
}

/** What an attempt came to, where that may not be the answer yet. */
type Failure = { readonly response: HttpResponse } | { readonly error: unknown };

async function attempts(
  request: HttpRequest,
  policy: RetryPolicy,
  next: Handler,
  budget: RetryBudget,
  budgets: RetryBudgets,
): Promise<HttpResponse> {
  const { call } = request;
  let inHand: Failure | undefined;
  for (let number = 1; ; number++) {
    let failure: Failure;
    const begun = call.attempts.length;
    try {
      const response = await next(request);
      if (!isSuspect(response.status, policy)) return response;
      failure = { response };
    } catch (error) {
      // A refusal by ourselves tells less than what the host did before.
      if (inHand !== undefined && isRefusal(error) && call.failure === undefined) return settle(inHand);
      failure = { error };
    }
    const attempt = call.attempts.length > begun ? call.attempt : undefined;
    const delay = delayAfter(failure, number, request, attempt, policy);
    const moment = performance.now();
    if (delay === undefined || moment + delay >= call.deadline || delay > longestDelay) return settle(failure);
    if (!budget.take(policy.budget, moment)) return settle(failure);
    budgets.retried++;
    inHand = await putAside(failure);
    if (attempt !== undefined) attempt.retryDelay = delay;
    if (delay > 0) await call.sleep(delay);
    call.throwIfOver();
  }
}

function isSuspect(status: number, { statuses, shouldRetry }: RetryPolicy): boolean {
  return statuses.has(status) || (shouldRetry !== undefined && status >= 400);
}

function isRefusal(error: unknown): boolean {
  return error instanceof RefusedError && !(error instanceof BlockedAddressError);
}

function settle(failure: Failure): HttpResponse {
  if ('response' in failure) return failure.response;
  throw failure.error;
}

/** A streamed body gives its connection back, and can then be no answer any more. */
async function putAside(failure: Failure): Promise<Failure | undefined> {
  if (!('response' in failure) || failure.response.body instanceof Uint8Array) return failure;
  await failure.response.body.close();
  return undefined;
}

/** Milliseconds to wait before the next attempt; undefined where there is to be none. */
function delayAfter(
  failure: Failure,
  number: number,
  request: HttpRequest,
  attempt: Attempt | undefined,
  policy: RetryPolicy,
): number | undefined {
  const { call } = request;
  if (call.failure !== undefined || number >= policy.attempts || !isReplayable(request)) return undefined;
  if (!isWorthwhile(failure, number, request, attempt, policy)) return undefined;
  if ('error' in failure && diedIdle(failure.error, attempt)) return 0;
  const delay = backoff(policy.backoff, number, Math.random());
  if (!('response' in failure) || !policy.respectRetryAfter) return delay;
  return Math.max(delay, readRetryAfter(failure.response.fields, Date.now()) ?? 0);
}

function isWorthwhile(
  failure: Failure,
  number: number,
  request: HttpRequest,
  attempt: Attempt | undefined,
  policy: RetryPolicy,
): boolean {
  const { shouldRetry, statuses } = policy;
  if (shouldRetry !== undefined) {
    const error = 'response' in failure ? request.call.describe(new HttpError(failure.response)) : failure.error;
    const decision =
      error instanceof ErrandError && !(error instanceof RefusedError) ? shouldRetry(error, number) : undefined;
    if (typeof decision === 'boolean') return decision;
  }
  const transient = 'response' in failure ? statuses.has(failure.response.status) : isTransient(failure.error);
  return transient && mayRepeat(request, attempt, policy);
}
