// Durations as options give them: milliseconds, or strings such as '3s' in the grammar of `ms`.
import ms from 'ms';

/** Milliseconds, or a string such as `'250ms'`, `'3s'`, `'1m'`. */
export type Duration = number | string;

/** @throws TypeError naming `option` where the value is no duration. */
export function milliseconds(value: Duration, option: string): number {
  const number = typeof value === 'string' ? ms(value as ms.StringValue) : value;
  if (typeof number === 'number' && number >= 0) return number;
  const shown = typeof value === 'string' ? `'${value}'` : String(value);
  throw new TypeError(`${option}: expected milliseconds or a duration such as '3s', got ${shown}`);
}
