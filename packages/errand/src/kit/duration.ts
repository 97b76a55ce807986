// Durations as options give them: milliseconds, or strings such as '3s' in the grammar of `ms`.
import ms from 'ms';

/** Milliseconds, or a string such as `'250ms'`, `'3s'`, `'1m'`. */
export type Duration = number | string;

/** The longest delay that a timer of Node takes (2^31 − 1 ms, 24.8 days). */
export const longestDelay = 2 ** 31 - 1;

/**
 * Reads a duration into milliseconds, for options of your own that take durations as Errand's do. `Infinity` is "no limit".
 * @example parseDuration('1m', 'options.patience') // 60000
 * @throws TypeError naming `option` where the value is neither a number ≥ 0 nor a string that `ms` reads.
 */
export function parseDuration(value: Duration, option: string): number {
  const number = typeof value === 'string' ? ms(value as ms.StringValue) : value;
  if (typeof number !== 'number' || !(number >= 0)) {
    throw new TypeError(
      `${option}: expected milliseconds or a duration such as '3s', got ${typeof value === 'string' ? `'${value}'` : String(value)}`,
    );
  }
  return number;
}
