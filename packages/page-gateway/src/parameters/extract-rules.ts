// `extract_rules`: errand's extract map, checked in its shape before anything is fetched. Selectors themselves are judged
// where they are used.
import { z } from 'zod';
import { expected, json } from './kinds.js';

const selector = z.string(expected('a CSS selector')).min(1, expected('a CSS selector')).max(2000);
const saying = 'a CSS selector, { "selector": …, "value": … }, or an array of one of them';

const descriptor: z.ZodType = z.lazy(() =>
  z.strictObject({
    selector,
    value: z
      .union([z.string().min(1).max(200), map], expected('"text", "html", an attribute, or a further map'))
      .optional(),
  }),
);
const rule = z.union([selector, descriptor], expected(saying));
const map: z.ZodType<Record<string, unknown>> = z.lazy(() =>
  z
    .record(
      z.string(),
      z.union([rule, z.tuple([rule])], expected(saying)),
      expected('an object of names and selectors'),
    )
    .refine((value) => Object.keys(value).length > 0, expected('at least one name'))
    .refine((value) => Object.keys(value).length <= 200, expected('at most 200 names')),
);

const deepest = 16;

/** Checked before the schema walks it, so that a hostile one cannot exhaust the stack. */
const bounded = z.unknown().refine((value) => !deeperThan(value, deepest * 3), expected(`at most ${deepest} levels`));

export const extractRules = json(bounded.pipe(map), 'an object of names and selectors');

/** Without recursion: the depth is the caller's. */
function deeperThan(value: unknown, limit: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
  return false;
}
