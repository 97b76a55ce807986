// The option `limits`, read once: host patterns to numbers. What is not a limit is refused when the session is made, never
// when the first request goes out.
import { parseDuration } from '../../kit/duration.js';
import { PatternTable } from './patterns.js';

/** How hard one host may be asked. */
export interface HostLimit {
  /**
   * Requests under way at once, from the first byte out to the last byte in. `Infinity` is no limit.
   * @default 8
   * @example { 'api.github.com': { concurrency: 4 } }
   */
  concurrency?: number;
  /**
   * Requests in a period: `'10/s'`, `'5000/h'`, `'100/15m'`. A token bucket that starts full.
   * @default no limit
   * @example { 'api.github.com': { rate: '5000/h' } }
   */
  rate?: string;
  /**
   * The bucket's size: how many requests may go out at once after a quiet time.
   * @default the number in `rate`
   * @example { '*': { rate: '10/s', burst: 1 } }
   */
  burst?: number;
  /**
   * Whether what the host itself says (`RateLimit`, `RateLimit-*`, `X-RateLimit-*`, `Retry-After`) slows requests to it
   * down before it has to refuse them.
   * @default true
   * @example { 'odd.example': { respectServerLimits: false } }
   */
  respectServerLimits?: boolean;
}

/** A host's limit in numbers. */
export interface GateLimit {
  readonly concurrency: number;
  /** Milliseconds that one token takes to come; 0 is no limit. */
  readonly interval: number;
  readonly burst: number;
  readonly respectServer: boolean;
}

/** The limit of each host, by its `host:port`. */
export type LimitOf = (host: string) => GateLimit;

/**
 * Reads the option `limits`. The most specific pattern wins as a whole; what it leaves out has its default, and a host
 * that none names has `{ concurrency: 8 }`.
 * @throws TypeError naming the option where a pattern, a rate or a number cannot be meant.
 */
export function resolveLimits(option: Readonly<Record<string, HostLimit>> | undefined): LimitOf {
  const fallback = resolveLimit({}, '*');
  if (option === undefined) return () => fallback;
  if (typeof option !== 'object' || option === null || Array.isArray(option)) {
    throw new TypeError(`limits: expected an object of host patterns, got ${String(option)}`);
  }
  const resolved = Object.fromEntries(Object.keys(option).map((key) => [key, resolveLimit(option[key], key)]));
  const table = new PatternTable(resolved, 'limits');
  return (host) => table.find(host) ?? fallback;
}

function resolveLimit(limit: HostLimit | undefined, pattern: string): GateLimit {
  const name = `limits['${pattern}']`;
  if (typeof limit !== 'object' || limit === null) {
    throw new TypeError(`${name}: expected { concurrency, rate, burst }, got ${String(limit)}`);
  }
  const { concurrency = 8, rate, burst, respectServerLimits = true } = limit;
  if (concurrency !== Number.POSITIVE_INFINITY && !(Number.isInteger(concurrency) && concurrency >= 1)) {
    throw new TypeError(
      `${name}.concurrency: expected a whole number from 1 on, or Infinity, got ${String(concurrency)}`,
    );
  }
  if (burst !== undefined && !(Number.isInteger(burst) && burst >= 1)) {
    throw new TypeError(`${name}.burst: expected a whole number from 1 on, got ${String(burst)}`);
  }
  if (burst !== undefined && rate === undefined) throw new TypeError(`${name}.burst: means nothing without rate`);
  if (typeof respectServerLimits !== 'boolean') {
    throw new TypeError(`${name}.respectServerLimits: expected true or false, got ${String(respectServerLimits)}`);
  }
  const { requests, period } = rate === undefined ? { requests: 0, period: 0 } : parseRate(rate, `${name}.rate`);
  return {
    concurrency,
    interval: rate === undefined ? 0 : period / requests,
    burst: burst ?? Math.max(1, Math.floor(requests)),
    respectServer: respectServerLimits,
  };
}

function parseRate(rate: string, option: string): { requests: number; period: number } {
  const [, number, unit] = (typeof rate === 'string' && /^\s*(\d+(?:\.\d+)?)\s*\/\s*(\S.*?)\s*$/.exec(rate)) || [];
  const wrong = () =>
    new TypeError(`${option}: expected requests per period, e.g. '10/s' or '100/15m', got '${String(rate)}'`);
  if (number === undefined || unit === undefined || !/^\d*(?:\.\d+)?\s*[a-z]+$/i.test(unit)) throw wrong();
  const requests = Number(number);
  const period = readPeriod(/^[\d.]/.test(unit) ? unit : `1${unit}`, option);
  if (!(requests > 0) || !(period > 0) || !Number.isFinite(period)) throw wrong();
  return { requests, period };
}

function readPeriod(text: string, option: string): number {
  try {
    return parseDuration(text, option);
  } catch {
    return Number.NaN;
  }
}
