// `js_scenario`: what is done on a page before it is read, checked step by step before anything is fetched, so that a typo
// in the last step costs no page.
import { z } from 'zod';
import type { ScenarioStep } from '../core/page-request.js';
import { nearest } from '../kit/nearest.js';
import { duration, expected, json } from './kinds.js';

const selector = z
  .string(expected('a CSS selector'))
  .trim()
  .min(1, expected('a CSS selector'))
  .max(2000, expected('a CSS selector of at most 2000 characters'));
const saying = { fill: 'a pair [selector, text]', scroll: 'pixels, from -100000 to 100000' };

const arguments_ = {
  click: selector,
  fill: z.tuple([selector, z.string(expected('the text to fill in')).max(10_000)], expected(saying.fill)),
  press: z.string(expected('a key such as Enter')).min(1, expected('a key such as Enter')).max(50),
  wait: duration({ min: 0, max: 60_000 }),
  wait_for: selector,
  scroll: z
    .number(expected(saying.scroll))
    .min(-100_000, expected(saying.scroll))
    .max(100_000, expected(saying.scroll)),
  infinite_scroll: z.strictObject(
    { max: z.int(expected('a whole number from 1 to 100')).min(1).max(100).default(10) },
    expected('an object such as {"max": 5}'),
  ),
  screenshot: z.literal(true, expected('true')),
};
const names = Object.keys(arguments_);

/** Exactly one of the names, with its own argument. */
const step = z
  .looseObject({}, expected('an object such as {"click": "#more"}'))
  .transform((value, run): ScenarioStep => {
    const given = Object.keys(value);
    const [name = ''] = given;
    const rule = Object.hasOwn(arguments_, name) ? arguments_[name as keyof typeof arguments_] : undefined;
    const wrong = (message: string, path: PropertyKey[] = []) => {
      run.issues.push({ code: 'custom', message, path, input: value });
      return z.NEVER;
    };
    if (given.length !== 1) return wrong(`an object with exactly one of ${names.join(', ')}`);
    if (!rule)
      return wrong(`one of ${names.join(', ')} (the nearest to "${shortened(name)}" is ${nearest(name, names)})`);
    const read = rule.safeParse(value[name]);
    if (read.success) return { [name]: read.data } as unknown as ScenarioStep;
    const [issue] = read.error.issues;
    return wrong(issue?.message ?? 'another value', [name, ...(issue?.path ?? [])]);
  });

export const scenario = json(
  z.array(step, expected('an array of steps')).max(50, expected('at most 50 steps')),
  'an array of steps',
);

function shortened(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '·').slice(0, 40);
}
