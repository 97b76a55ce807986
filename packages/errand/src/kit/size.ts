// Sizes as options give them: bytes, or strings such as '10mb' with binary multiples.

/** Bytes, or a string such as `'16kb'`, `'10mb'`, `'1gb'` (multiples of 1024). */
export type Size = number | string;

const grammar = /^\s*(\d+(?:\.\d+)?)\s*(b|kb|kib|mb|mib|gb|gib)?\s*$/i;
const factors: Record<string, number> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/**
 * Reads a size into bytes, for options of your own that take sizes as Errand's do. `Infinity` is "no limit".
 * @example parseSize('10mb', 'options.largest') // 10485760
 * @throws TypeError naming `option` where the value is neither a number ≥ 0 nor a string of the grammar.
 */
export function parseSize(value: Size, option: string): number {
  if (typeof value === 'number' && value >= 0) return Math.floor(value);
  const match = typeof value === 'string' ? grammar.exec(value) : null;
  if (match === null) {
    throw new TypeError(
      `${option}: expected bytes or a size such as '10mb', got ${typeof value === 'string' ? `'${value}'` : String(value)}`,
    );
  }
  return Math.floor(Number(match[1]) * (factors[(match[2] ?? 'b')[0]!.toLowerCase()] as number));
}
