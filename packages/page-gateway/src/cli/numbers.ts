// Values of flags that are numbers or durations, with an error that names the flag, what was got and what was expected.

import { quoted } from './strict.js';
import { UsageError } from './usage-error.js';

export function wholeNumber(value: string, source: string, { min, max }: { min: number; max: number }): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= min && number <= max) return number;
  throw new UsageError(`${source}: expected a whole number from ${min} to ${max}, got ${quoted(value)}`);
}

export function oneOf<T extends string>(value: string, source: string, words: readonly T[]): T {
  if ((words as readonly string[]).includes(value)) return value as T;
  throw new UsageError(`${source}: expected ${words.join(', ')}, got ${quoted(value)}`);
}

export function commaSeparated(values: readonly string[]): string[] {
  return values
    .flatMap((value) => value.split(','))
    .map((each) => each.trim())
    .filter((each) => each !== '');
}
