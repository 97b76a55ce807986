// The kinds of value that only one parameter takes, and the bounds that callers may not pass.
import { z } from 'zod';
import { expected, flag, line } from './kinds.js';

/** The longest budget of time. */
export const longest = 10 * 60_000;
/** The largest page that may be asked for. */
export const bodyLimit = 100 * 1024 ** 2;

/** `premium=true` names a pool; `premium=false` names none. */
export const premium = flag().transform((value) => (value ? 'premium' : undefined));

const resourceTypes = [
  'document',
  'stylesheet',
  'image',
  'media',
  'font',
  'script',
  'texttrack',
  'xhr',
  'fetch',
  'eventsource',
  'websocket',
  'manifest',
  'other',
] as const;

const resourceSaying = `true, false, or a comma-separated list of ${resourceTypes.join(', ')}`;
const named = z.array(z.enum(resourceTypes), expected(resourceSaying));

/** The types that are blocked. */
export const blockedResources = z.preprocess(
  (value) => {
    const switched = flag().safeParse(value);
    if (switched.success) return switched.data ? ['image', 'media', 'font'] : [];
    if (typeof value !== 'string') return value;
    const types = value.split(',').map((each) => each.trim().toLowerCase());
    // Playwright says `image`; people write `images`.
    return [...new Set(types.filter((each) => each !== '').map((each) => each.replace(/^(image|font)s$/, '$1')))];
  },
  z.union([named], expected(resourceSaying)),
);

const localeSaying = 'a language tag such as de-DE';
/** In its canonical spelling. */
export const language = line({ max: 35, saying: localeSaying }).transform((value, run) => {
  if (value === undefined) return undefined;
  try {
    return Intl.getCanonicalLocales(value.replaceAll('_', '-'))[0];
  } catch {
    run.issues.push({ code: 'custom', message: localeSaying, input: value });
    return z.NEVER;
  }
});

const cookieSaying = 'cookies as name=value; name=value';
const cookie = /^[!#$%&'*+\-.^_`|~\w]+=[\x20-\x3a\x3c-\x7e\x80-\xff]*$/;
const fromObject = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).transform((pairs) =>
  Object.entries(pairs)
    .map(([name, value]) => `${name}=${value}`)
    .join('; '),
);

/** The line of a `Cookie` field. JSON bodies may give an object. */
export const cookieLine = z.union([z.string(), fromObject], expected(cookieSaying)).transform((value, run) => {
  const pairs = value
    .split(';')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  if (value.length <= 16_384 && pairs.every((each) => cookie.test(each))) {
    return pairs.length === 0 ? undefined : pairs.join('; ');
  }
  run.issues.push({ code: 'custom', message: cookieSaying, input: undefined });
  return z.NEVER;
});

const largestMeta = 1024;
export const meta = z
  .json()
  .refine(
    (value) => Buffer.byteLength(JSON.stringify(value)) <= largestMeta,
    expected(`at most ${largestMeta} bytes of JSON`),
  );
