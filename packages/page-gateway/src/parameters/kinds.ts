// The kinds of values that parameters take. Each reads what a query, a header or a JSON body can hold into one plain value,
// says in words what it expects, and describes itself as JSON Schema by its input.
import { parseDuration, parseSize } from 'errand';
import { z } from 'zod';

/** A rule's word on what it wanted; becomes the end of "expected …, got …". */
export const expected = (words: string) => ({ error: words });

/** Reads text into a value, and fails with the kind's own words where it is none. */
function read<T>(schema: z.ZodType, words: string, parse: (value: unknown) => T | undefined) {
  return schema.transform((value, run): T => {
    const parsed = attempt(() => parse(value));
    if (parsed !== undefined) return parsed;
    run.issues.push({ code: 'custom', message: words, input: value });
    return z.NEVER;
  });
}

function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

const words = new Map<unknown, boolean>([
  ['true', true],
  ['1', true],
  ['', true],
  ['false', false],
  ['0', false],
]);

/** `true`, `false`, `1`, `0`; a name alone, as in `?truncate`, is true. */
export function flag() {
  const saying = 'true or false';
  const input = z.union([z.boolean(), z.literal([0, 1]), z.string()], expected(saying));
  return read(input, saying, (value) => (typeof value === 'boolean' ? value : words.get(String(value).toLowerCase())));
}

/** A flag, or one of further words. */
export function flagOr<const T extends string>(further: readonly T[]) {
  const saying = `true, false or ${further.join(' or ')}`;
  const input = z.union([z.boolean(), z.literal([0, 1]), z.string()], expected(saying));
  return read<boolean | T>(input, saying, (value) => {
    if (typeof value === 'boolean') return value;
    const word = String(value).toLowerCase();
    return words.get(word) ?? further.find((each) => each === word);
  });
}

export function choice<const T extends string>(options: readonly T[]) {
  const saying = `one of ${options.join(', ')}`;
  return z.preprocess(
    (value) => (typeof value === 'string' ? value.toLowerCase() : value),
    z.enum(options, expected(saying)),
  );
}

/** Milliseconds, as a number or as text such as `30s`. */
export function duration({ min, max }: { min: number; max: number }) {
  const saying = `milliseconds or a duration such as 30s, from ${shownTime(min)} to ${shownTime(max)}`;
  return read(z.union([z.number(), z.string()], expected(saying)), saying, (value) => {
    const time = Math.round(parseDuration(value as number | string, ''));
    return time >= min && time <= max ? time : undefined;
  });
}

/** Bytes, as a number or as text such as `2mb`. */
export function size({ min, max }: { min: number; max: number }) {
  const saying = `bytes or a size such as 2mb, from ${shownSize(min)} to ${shownSize(max)}`;
  return read(z.union([z.number(), z.string()], expected(saying)), saying, (value) => {
    const bytes = parseSize(value as number | string, '');
    return bytes >= min && bytes <= max ? bytes : undefined;
  });
}

export function whole({ min, max }: { min: number; max: number }) {
  const saying = `a whole number from ${min} to ${max}`;
  return read(z.union([z.number(), z.string()], expected(saying)), saying, (value) => {
    if (typeof value === 'string' && !/^\s*\d{1,9}\s*$/.test(value)) return undefined;
    const number = Number(value);
    return Number.isInteger(number) && number >= min && number <= max ? number : undefined;
  });
}

/** One line of text without control characters; empty text is as if it were not given. */
export function line({ max, saying = 'text' }: { max: number; saying?: string }) {
  const all = `${saying}, at most ${max} characters, without control characters`;
  const input = z.union([z.string(), z.number().transform(String)], expected(all));
  return input.pipe(
    z
      .string(expected(all))
      .max(max, expected(all))
      .regex(/^[^\x00-\x1f\x7f]*$/, expected(all))
      .transform((value) => (value === '' ? undefined : value)),
  );
}

/** A line that must look like `pattern`. */
export function word({ pattern, saying, max = 64 }: { pattern: RegExp; saying: string; max?: number }) {
  const input = z.union([z.string(), z.number().transform(String)], expected(saying));
  return input.pipe(
    z
      .string(expected(saying))
      .max(max, expected(saying))
      .transform((value) => (value === '' ? undefined : value))
      .refine((value) => value === undefined || pattern.test(value), expected(saying)),
  );
}

export function httpUrl(saying: string) {
  return read<string | undefined>(z.string(expected(saying)), saying, (value) => {
    const text = value as string;
    const url = new URL(text.trim());
    return text.length <= 16_384 && /^https?:$/.test(url.protocol) && !/[\x00-\x1f\x7f]/.test(text.trim())
      ? url.href
      : undefined;
  });
}

/** A value, or JSON text of one. */
export function json<T extends z.ZodType>(inner: T, saying: string) {
  return z.preprocess((value, run) => {
    if (typeof value !== 'string') return value;
    try {
      return JSON.parse(value) as unknown;
    } catch (error) {
      const reason = (error as Error).message.replace(/[^\x20-\x7e]/g, '·').slice(0, 80);
      run.issues.push({ code: 'custom', message: `${saying} as JSON (${reason})`, input: value });
      return z.NEVER;
    }
  }, inner);
}

export function shownTime(time: number): string {
  if (time % 60_000 === 0 && time > 0) return `${time / 60_000} min`;
  return time % 1000 === 0 && time > 0 ? `${time / 1000} s` : `${time} ms`;
}

function shownSize(bytes: number): string {
  return bytes % 1024 ** 2 === 0 ? `${bytes / 1024 ** 2} MiB` : `${bytes} B`;
}
