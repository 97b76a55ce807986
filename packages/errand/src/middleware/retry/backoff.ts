// How long to wait before the next attempt. A pure function of what is known: randomness is an argument.
import type { RetryPolicy } from '../../core/policy.js';

/**
 * Full jitter: anything between nothing and `base` × 2ⁿ⁻¹, never more than `max`, after the failure of attempt `n`.
 * @param random from 0 up to 1.
 */
export function backoff({ base, max }: RetryPolicy['backoff'], n: number, random: number): number {
  return random * Math.min(max, base * 2 ** (n - 1));
}
