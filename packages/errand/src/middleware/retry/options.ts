// The option `retry`, read once: how often, what, and how long in between.
import { isToken } from '../../core/headers.js';
import type { RetryPolicy } from '../../core/policy.js';
import type { ErrandError } from '../../errors.js';
import { type Duration, parseDuration } from '../../kit/duration.js';

/** What is tried again, how often and after how long. */
export interface RetryOptions {
  /**
   * Attempts in all, the first included. Timeouts of phase connect, headers and idle are tried again, queue and total are not.
   * @default 3
   * @example { attempts: 5 }
   */
  attempts?: number;
  /**
   * The methods that may be sent twice. Any other is tried again only where nothing was sent, or with an Idempotency-Key header.
   * @default ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']
   * @example { methods: ['GET', 'POST'] }
   */
  methods?: string[];
  /**
   * The statuses that are tried again.
   * @default [408, 429, 500, 502, 503, 504]
   * @example { statuses: [429] }
   */
  statuses?: number[];
  /**
   * Before attempt n + 1 passes a random time of up to `base` × 2ⁿ⁻¹, `max` at the most. Milliseconds, or strings such as '10s'.
   * @default { base: 250, max: '10s' }
   * @example { backoff: { base: '1s' } }
   */
  backoff?: { base?: Duration; max?: Duration };
  /**
   * Retry-After is a lower bound and never cut short: where the deadline comes first, the request fails at once with the
   * response in hand.
   * @default true
   * @example { respectRetryAfter: false }
   */
  respectRetryAfter?: boolean;
  /**
   * Share of the recent requests to a host that may be retries, and never fewer than 10 in a minute.
   * @default 0.2
   * @example { budget: 0.5 }
   */
  budget?: number;
  /**
   * Asked about every failure that could still be tried again, with the number of the attempt that failed; statuses of 400
   * and more come as HttpError. `true` and `false` decide, `undefined` leaves it to the other options. Attempts, deadline,
   * budget, and bodies that cannot be sent again still bound it.
   * @default undefined
   * @example { shouldRetry: (error) => (error instanceof HttpError && error.status === 404 ? true : undefined) }
   */
  shouldRetry?: (error: ErrandError, attempt: number) => boolean | undefined;
}

export const defaultRetry: RetryPolicy = {
  attempts: 3,
  methods: new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']),
  statuses: new Set([408, 429, 500, 502, 503, 504]),
  backoff: { base: 250, max: 10_000 },
  respectRetryAfter: true,
  budget: 0.2,
  shouldRetry: undefined,
};

/**
 * The option over what it leaves out of `base`; where `base` is no retry, over the defaults.
 * @returns undefined where there is to be one attempt.
 * @throws TypeError naming the option that makes no sense.
 */
export function resolveRetry(
  option: number | false | RetryOptions | undefined,
  base: RetryPolicy | undefined = defaultRetry,
): RetryPolicy | undefined {
  if (option === undefined) return base;
  if (option === false) return undefined;
  const options = typeof option === 'number' ? { attempts: option } : option;
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`retry: expected a number of attempts, false or an object of options, got ${String(option)}`);
  }
  const policy = overlay(options, base ?? defaultRetry);
  return policy.attempts === 1 ? undefined : policy;
}

function overlay(options: RetryOptions, base: RetryPolicy): RetryPolicy {
  const { attempts = base.attempts, respectRetryAfter = base.respectRetryAfter, budget = base.budget } = options;
  const { methods, statuses, backoff, shouldRetry = base.shouldRetry } = options;
  if (!Number.isInteger(attempts) || attempts < 1) {
    throw new TypeError(`retry.attempts: expected a whole number from 1 on, got ${String(attempts)}`);
  }
  if (typeof respectRetryAfter !== 'boolean') {
    throw new TypeError(`retry.respectRetryAfter: expected true or false, got ${String(respectRetryAfter)}`);
  }
  if (typeof budget !== 'number' || !(budget >= 0 && budget <= 1)) {
    throw new TypeError(`retry.budget: expected a share from 0 to 1, got ${String(budget)}`);
  }
  if (shouldRetry !== undefined && typeof shouldRetry !== 'function') {
    throw new TypeError(`retry.shouldRetry: expected a function, got ${String(shouldRetry)}`);
  }
  return {
    attempts,
    methods: methods === undefined ? base.methods : readMethods(methods),
    statuses: statuses === undefined ? base.statuses : readStatuses(statuses),
    backoff: backoff === undefined ? base.backoff : readBackoff(backoff, base.backoff),
    respectRetryAfter,
    budget,
    shouldRetry,
  };
}

function readMethods(methods: unknown): ReadonlySet<string> {
  if (!Array.isArray(methods) || !methods.every((each) => typeof each === 'string' && isToken(each))) {
    throw new TypeError(`retry.methods: expected a list of HTTP methods, got ${String(methods)}`);
  }
  return new Set(methods.map((method: string) => method.toUpperCase()));
}

function readStatuses(statuses: unknown): ReadonlySet<number> {
  if (!Array.isArray(statuses) || !statuses.every((each) => Number.isInteger(each) && each >= 200 && each <= 599)) {
    throw new TypeError(`retry.statuses: expected a list of HTTP statuses, got ${String(statuses)}`);
  }
  return new Set(statuses as number[]);
}

function readBackoff(
  backoff: NonNullable<RetryOptions['backoff']>,
  base: RetryPolicy['backoff'],
): RetryPolicy['backoff'] {
  if (typeof backoff !== 'object' || backoff === null) {
    throw new TypeError(`retry.backoff: expected { base, max }, got ${String(backoff)}`);
  }
  return {
    base: backoff.base === undefined ? base.base : parseDuration(backoff.base, 'retry.backoff.base'),
    max: backoff.max === undefined ? base.max : parseDuration(backoff.max, 'retry.backoff.max'),
  };
}
