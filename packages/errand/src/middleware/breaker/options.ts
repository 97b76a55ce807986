// The option `breaker`, read once.
import { type Duration, parseDuration } from '../../kit/duration.js';

/** When a host that keeps failing is left alone for a while. */
export interface BreakerOptions {
  /**
   * The share of recent requests to a host that must have failed.
   * @default 0.5
   * @example { failureRate: 0.8 }
   */
  failureRate?: number;
  /**
   * As many recent requests there must have been at the least.
   * @default 20
   * @example { minimumRequests: 5 }
   */
  minimumRequests?: number;
  /**
   * What counts as recent. Milliseconds, or a string such as '30s'.
   * @default '30s'
   * @example { window: '1m' }
   */
  window?: Duration;
  /**
   * How long the host is left alone before one request finds out whether it is back.
   * @default '10s'
   * @example { openFor: '30s' }
   */
  openFor?: Duration;
}

/** The same in numbers; durations in milliseconds. */
export interface BreakerSettings {
  readonly failureRate: number;
  readonly minimumRequests: number;
  readonly window: number;
  readonly openFor: number;
}

/**
 * @returns undefined where there is to be no breaker.
 * @throws TypeError naming the option that makes no sense.
 */
export function resolveBreaker(option: false | BreakerOptions | undefined): BreakerSettings | undefined {
  if (option === false) return undefined;
  if (option !== undefined && (typeof option !== 'object' || option === null)) {
    throw new TypeError(`breaker: expected false or an object of options, got ${String(option)}`);
  }
  const { failureRate = 0.5, minimumRequests = 20, window = 30_000, openFor = 10_000 } = option ?? {};
  if (typeof failureRate !== 'number' || !(failureRate > 0 && failureRate <= 1)) {
    throw new TypeError(`breaker.failureRate: expected a share above 0, up to 1, got ${String(failureRate)}`);
  }
  if (!Number.isInteger(minimumRequests) || minimumRequests < 1) {
    throw new TypeError(`breaker.minimumRequests: expected a whole number from 1 on, got ${String(minimumRequests)}`);
  }
  return {
    failureRate,
    minimumRequests,
    window: readSpan(window, 'breaker.window'),
    openFor: readSpan(openFor, 'breaker.openFor'),
  };
}

function readSpan(value: Duration, option: string): number {
  const span = parseDuration(value, option);
  if (span > 0 && Number.isFinite(span)) return span;
  throw new TypeError(`${option}: expected a duration above 0, such as '10s', got ${String(value)}`);
}
