// The middleware that tries again what may go better the second time, inside the call's deadline and the host's budget. It
// never waits in vain: where the deadline would come first, the outcome in hand is the answer at once.
import type { Call } from '../../core/call.js';
import type { Handler, Middleware } from '../../core/handler.js';
import type { RetryPolicy } from '../../core/policy.js';
import type { HttpRequest } from '../../core/request.js';
import { HttpResponse } from '../../core/response.js';
import { readRetryAfter } from '../../core/retry-after.js';
import type { Attempt } from '../../core/trace.js';
import { BlockedAddressError, ErrandError, HttpError, RefusedError } from '../../errors.js';
import { longestDelay } from '../../kit/duration.js';
import { backoff } from './backoff.js';
import type { RetryBudgets } from './budget.js';
import { diedIdle, isReplayable, isTransient, mayRepeat } from './classify.js';

export function retry(budgets: RetryBudgets): Middleware {
  return (next) => (request) => {
    const { call } = request;
    if (call.policy.retry === undefined) return next(request);
    // The first hop comes at once.
    count(request, budgets, call.hops.length === 0 ? call.startedAt : performance.now());
    const begun = call.attempts.length;
    // One small function while the first attempt waits and runs: all else is made where there is something to try again.
    const consider = (outcome: unknown) => settleFirst(outcome, begun, request, next, budgets);
    return next(request).then(consider, consider);
  };
}

/** The request is one of those that the host's budget for retries is a share of. */
export function count({ host, call }: HttpRequest, budgets: RetryBudgets, now: number): void {
  if (call.policy.retry !== undefined) budgets.of(host, now).request(now);
}

/**
 * What a first attempt comes to: the answer itself, or what further attempts make of it.
 * @param outcome a response, or what the attempt failed with.
 * @param begun how many attempts there were before.
 * @throws the outcome, where it is an error and not tried again.
 */
export function settleFirst(
  outcome: unknown,
  begun: number,
  request: HttpRequest,
  next: Handler,
  budgets: RetryBudgets,
): HttpResponse | Promise<HttpResponse> {
  const policy = request.call.policy.retry;
  if (policy === undefined) return settle(outcome);
  return isAnswer(outcome, policy) ? outcome : tryAgain(outcome, begun, request, policy, next, budgets);
}

/** What the first attempt came to is no answer yet. */
async function tryAgain(
  first: unknown,
  begunBefore: number,
  request: HttpRequest,
  policy: RetryPolicy,
  next: Handler,
  budgets: RetryBudgets,
): Promise<HttpResponse> {
  const { call } = request;
  let outcome = first;
  let begun = begunBefore;
  for (let number = 1; ; number++) {
    const attempt = call.attempts.length > begun ? call.attempt : undefined;
    const delay = delayAfter(outcome, number, request, attempt, policy);
    const now = performance.now();
    if (delay === undefined || now + delay >= call.deadline || delay > longestDelay) return settle(outcome);
    if (!budgets.take(request.host, policy.budget, now)) return settle(outcome);
    const inHand = await putAside(outcome);
    if (attempt !== undefined) attempt.retryDelay = delay;
    if (delay > 0) await call.sleep(delay);
    call.throwIfOver();
    begun = call.attempts.length;
    outcome = await next(request).catch((error: unknown) => error);
    if (isAnswer(outcome, policy)) return outcome;
    // A refusal by ourselves tells less than what the host did before.
    if (inHand !== undefined && isRefusal(outcome) && call.failure === undefined) return settle(inHand);
  }
}

/** `outcome` is a response, or what an attempt failed with. */
function isAnswer(outcome: unknown, policy: RetryPolicy): outcome is HttpResponse {
  return outcome instanceof HttpResponse && !isSuspect(outcome.status, policy);
}

function isSuspect(status: number, { statuses, shouldRetry }: RetryPolicy): boolean {
  return statuses.has(status) || (shouldRetry !== undefined && status >= 400);
}

function isRefusal(error: unknown): boolean {
  return error instanceof RefusedError && !(error instanceof BlockedAddressError);
}

function settle(outcome: unknown): HttpResponse {
  if (outcome instanceof HttpResponse) return outcome;
  throw outcome;
}

/** A streamed body gives its connection back, and can then be no answer any more. */
async function putAside(outcome: unknown): Promise<unknown> {
  if (!(outcome instanceof HttpResponse) || outcome.body instanceof Uint8Array) return outcome;
  await outcome.body.close();
  return undefined;
}

/** Milliseconds to wait before the next attempt; undefined where there is to be none. */
function delayAfter(
  outcome: unknown,
  number: number,
  request: HttpRequest,
  attempt: Attempt | undefined,
  policy: RetryPolicy,
): number | undefined {
  const { call } = request;
  if (call.failure !== undefined || number >= policy.attempts || !isReplayable(request)) return undefined;
  const decision = policy.shouldRetry === undefined ? undefined : decide(policy.shouldRetry, outcome, number, call);
  if (!(decision ?? (isWorthwhile(outcome, policy) && mayRepeat(request, attempt, policy)))) return undefined;
  if (diedIdle(outcome, attempt)) return 0;
  const delay = backoff(policy.backoff, number, Math.random());
  if (!(outcome instanceof HttpResponse) || !policy.respectRetryAfter) return delay;
  return Math.max(delay, readRetryAfter(outcome.fields, Date.now()) ?? 0);
}

function isWorthwhile(outcome: unknown, { statuses }: RetryPolicy): boolean {
  return outcome instanceof HttpResponse ? statuses.has(outcome.status) : isTransient(outcome);
}

/** What the caller's own function says; nothing about what was refused before it was tried. */
function decide(
  shouldRetry: NonNullable<RetryPolicy['shouldRetry']>,
  outcome: unknown,
  number: number,
  call: Call,
): boolean | undefined {
  const error = outcome instanceof HttpResponse ? call.describe(new HttpError(outcome)) : outcome;
  if (!(error instanceof ErrandError) || error instanceof RefusedError) return undefined;
  const decision = shouldRetry(error, number);
  return typeof decision === 'boolean' ? decision : undefined;
}
