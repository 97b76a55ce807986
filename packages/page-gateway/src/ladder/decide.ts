// What is done after a try: a pure function of what came and of what may still be done. The whole ladder stands here.
import type { EngineName } from '../core/attempt.js';
import type { OnCaptcha } from '../core/page-request.js';
import type { Verdict } from '../core/verdict.js';

/** Where a page stands after a try. */
export interface Standing {
  readonly engine: EngineName;
  /** Whether the same may be sent again although it was received. */
  readonly idempotent: boolean;
  readonly triesLeft: number;
  /** Milliseconds. */
  readonly timeLeft: number;
  /** Whether the browser may come: `render=auto`, an engine is there, and the step was not taken yet. */
  readonly mayStepUp: boolean;
  /** Whether the visitor went by a proxy, so that others may do better. */
  readonly proxied: boolean;
  readonly retry404: boolean;
  readonly onCaptcha: OnCaptcha;
  /** Tries before this one. */
  readonly before: number;
}

export interface Judged {
  readonly verdict: Verdict;
  readonly status: number;
  /** What the target says to wait, in milliseconds. */
  readonly retryAfter: number | undefined;
}

export interface Failed {
  /** Whether it may go better the next time, or another way. */
  readonly retryable: boolean;
  readonly nothingSent: boolean;
}

export type Action =
  /** What came is the answer. */
  | { readonly do: 'page' }
  /** The same visitor, later, as the target says. */
  | { readonly do: 'wait'; readonly ms: number }
  /** Once more, by another way where there is one. */
  | { readonly do: 'again'; readonly ms: number }
  /** This proxy is banned there; another visitor. */
  | { readonly do: 'rotate' }
  /** The same visitor in the browser. */
  | { readonly do: 'browser' }
  /** As `on_captcha` says: the solver, or a person. */
  | { readonly do: 'captcha' }
  | { readonly do: 'fail'; readonly code: 'blocked' | 'captcha_required' }
  | { readonly do: 'fail'; readonly code: 'target_rate_limited'; readonly ms: number }
  /** The error that came is the answer. */
  | { readonly do: 'fail'; readonly code: 'error' };

/** Failures of the target's own that often pass. */
const passing = new Set([500, 502, 503, 504, 520, 521, 522, 523, 524]);
/** Milliseconds; doubled with each try. */
const pause = { error: 200, rate: 1_000 };
const longestPause = 10_000;

export function afterVerdict({ verdict, status, retryAfter }: Judged, standing: Standing): Action {
  const { kind } = verdict;
  switch (kind) {
    case 'page':
      return afterPage(status, standing);
    case 'rate': {
      const ms = retryAfter ?? backoff(pause.rate, standing);
      return mayTry(standing, ms) ? { do: 'wait', ms } : { do: 'fail', code: 'target_rate_limited', ms };
    }
    case 'block':
      return verdict.retry === 'never' ? blocked : rotateOrFail(standing);
    case 'captcha':
      return afterCaptcha(standing);
    case 'challenge':
      if (mayStepUp(standing)) return { do: 'browser' };
      if (standing.onCaptcha === 'return') return { do: 'page' };
      // What the browser did not pass it will not pass the next time either, from the same place.
      return standing.engine === 'browser' ? rotateOrFail(standing) : blocked;
    case 'shell':
      return mayStepUp(standing) ? { do: 'browser' } : { do: 'page' };
    default:
      return kind satisfies never;
  }
}

export function afterError({ retryable, nothingSent }: Failed, standing: Standing): Action {
  const ms = backoff(pause.error, standing);
  const may = retryable && mayTry({ ...standing, idempotent: standing.idempotent || nothingSent }, ms);
  return may ? { do: 'again', ms } : { do: 'fail', code: 'error' };
}

function afterPage(status: number, standing: Standing): Action {
  const passes = passing.has(status) || (status === 404 && standing.retry404);
  const ms = backoff(pause.error, standing);
  return passes && mayTry(standing, ms) ? { do: 'again', ms } : { do: 'page' };
}

function afterCaptcha(standing: Standing): Action {
  const { onCaptcha } = standing;
  if (onCaptcha === 'return') return { do: 'page' };
  return onCaptcha === 'fail' ? { do: 'fail', code: 'captcha_required' } : { do: 'captcha' };
}

const blocked: Action = { do: 'fail', code: 'blocked' };

function rotateOrFail(standing: Standing): Action {
  return standing.proxied && mayTry(standing, 0) ? { do: 'rotate' } : blocked;
}

function mayTry({ idempotent, triesLeft, timeLeft }: Standing, ms: number): boolean {
  return idempotent && triesLeft > 0 && ms < timeLeft;
}

function mayStepUp({ mayStepUp: may, idempotent, timeLeft, engine }: Standing): boolean {
  return may && idempotent && timeLeft > 0 && engine === 'http';
}

function backoff(base: number, { before }: Standing): number {
  return Math.min(longestPause, base * 2 ** before);
}
