// What is done after a try, as a table; and that no schedule of answers makes more of a page than its budget allows.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { VerdictKind } from '../src/core/verdict.js';
import { Budget } from '../src/ladder/budget.js';
import { type Action, afterError, afterVerdict, type Judged, type Standing } from '../src/ladder/decide.js';

const usual: Standing = {
  ...{ engine: 'http', idempotent: true, triesLeft: 2, timeLeft: 30_000, mayStepUp: false, proxied: false },
  ...{ retry404: false, onCaptcha: 'fail', before: 0 },
};
const came = (kind: VerdictKind, status = 200, retryAfter?: number): Judged => ({
  verdict: { kind, vendor: 'v', confidence: 1, evidence: [], retry: kind === 'block' ? 'rotate' : 'same' },
  ...{ status, retryAfter },
});
const page: Action = { do: 'page' };
const blocked: Action = { do: 'fail', code: 'blocked' };
const captcha: Action = { do: 'fail', code: 'captcha_required' };
const rated = (ms: number): Action => ({ do: 'fail', code: 'target_rate_limited', ms });

const table: Array<[string, Judged, Partial<Standing>, Action]> = [
  ['a page', came('page'), {}, page],
  ['an honest 403', came('page', 403), {}, page],
  ['404', came('page', 404), {}, page],
  ['404, to be tried again', came('page', 404), { retry404: true }, { do: 'again', ms: 200 }],
  ['404, tried often enough', came('page', 404), { retry404: true, triesLeft: 0 }, page],
  ['404 of a POST', came('page', 404), { retry404: true, idempotent: false }, page],
  ['500', came('page', 500), {}, { do: 'again', ms: 200 }],
  ['500 again', came('page', 500), { before: 1, triesLeft: 1 }, { do: 'again', ms: 400 }],
  ['500 at last', came('page', 500), { triesLeft: 0 }, page],
  ['500 of a POST', came('page', 500), { idempotent: false }, page],
  ['501', came('page', 501), {}, page],
  ['rate, no word of how long', came('rate', 429), {}, { do: 'wait', ms: 1_000 }],
  ['rate, as told', came('rate', 429, 7_000), {}, { do: 'wait', ms: 7_000 }],
  ['rate, longer than there is time', came('rate', 429, 31_000), {}, rated(31_000)],
  ['rate, no tries', came('rate', 429, 1_000), { triesLeft: 0 }, rated(1_000)],
  ['rate of a POST', came('rate', 429, 1_000), { idempotent: false }, rated(1_000)],
  ['a block, directly', came('block', 403), {}, blocked],
  ['a block, by a proxy', came('block', 403), { proxied: true }, { do: 'rotate' }],
  ['a block, by a proxy, no tries', came('block', 403), { proxied: true, triesLeft: 0 }, blocked],
  ['a block of a POST, by a proxy', came('block', 403), { proxied: true, idempotent: false }, blocked],
  ['a challenge', came('challenge', 403), {}, blocked],
  ['a challenge, by a proxy', came('challenge', 403), { proxied: true }, blocked],
  ['a challenge, to be returned', came('challenge', 403), { onCaptcha: 'return' }, page],
  ['a challenge, with a browser', came('challenge', 403), { mayStepUp: true }, { do: 'browser' }],
  [
    'a challenge, with a browser and no tries',
    came('challenge', 403),
    { mayStepUp: true, triesLeft: 0 },
    { do: 'browser' },
  ],
  ['a challenge of a POST, with a browser', came('challenge', 403), { mayStepUp: true, idempotent: false }, blocked],
  ['a challenge in the browser', came('challenge', 403), { engine: 'browser' }, blocked],
  [
    'a challenge in the browser, by a proxy',
    came('challenge', 403),
    { engine: 'browser', proxied: true },
    { do: 'rotate' },
  ],
  ['a shell', came('shell'), {}, page],
  ['a shell, with a browser', came('shell'), { mayStepUp: true }, { do: 'browser' }],
  ['a shell in the browser', came('shell'), { engine: 'browser' }, page],
  ['a shell of a POST', came('shell'), { mayStepUp: true, idempotent: false }, page],
  ['a captcha', came('captcha', 403), { proxied: true }, captcha],
  ['a captcha, to be returned', came('captcha', 403), { onCaptcha: 'return' }, page],
  ['a captcha, to be solved', came('captcha', 403), { onCaptcha: 'solve' }, { do: 'captcha' }],
  ['a captcha for a person', came('captcha', 403), { onCaptcha: 'handoff' }, { do: 'captcha' }],
];

describe('after a verdict', () => {
  test.each(table)('%s', (_, judged, standing, action) => {
    expect(afterVerdict(judged, { ...usual, ...standing })).toEqual(action);
  });

  test('a block that nothing helps against', () => {
    const judged = came('block', 403);
    const hopeless = { ...judged, verdict: { ...judged.verdict, retry: 'never' as const } };
    expect(afterVerdict(hopeless, { ...usual, proxied: true })).toEqual(blocked);
  });
});

const error: Action = { do: 'fail', code: 'error' };
const again: Action = { do: 'again', ms: 200 };

test.each<[string, { retryable: boolean; nothingSent: boolean }, Partial<Standing>, Action]>([
  ['that may pass', { retryable: true, nothingSent: false }, {}, again],
  ['that will not', { retryable: false, nothingSent: true }, {}, error],
  ['of a POST that was sent', { retryable: true, nothingSent: false }, { idempotent: false }, error],
  ['of a POST that was not', { retryable: true, nothingSent: true }, { idempotent: false }, again],
  ['with no tries', { retryable: true, nothingSent: true }, { triesLeft: 0 }, error],
  ['with no time', { retryable: true, nothingSent: true }, { timeLeft: 200 }, error],
])('after an error %s', (_, failed, standing, action) => {
  expect(afterError(failed, { ...usual, ...standing })).toEqual(action);
});

test('never more tries than allowed, never past the deadline', () => {
  const kinds = fc.constantFrom<VerdictKind | 'error'>(
    'page',
    'rate',
    'block',
    'captcha',
    'challenge',
    'shell',
    'error',
  );
  const answers = fc.array(
    fc.record({
      kind: kinds,
      status: fc.constantFrom(200, 403, 404, 429, 500),
      takes: fc.nat(5_000),
      retryAfter: fc.option(fc.nat(20_000), { nil: undefined }),
    }),
    { minLength: 1 },
  );
  const wish = fc.record({
    tries: fc.integer({ min: 1, max: 11 }),
    time: fc.integer({ min: 1, max: 60_000 }),
    auto: fc.boolean(),
    proxied: fc.boolean(),
    retry404: fc.boolean(),
    idempotent: fc.boolean(),
  });
  fc.assert(
    fc.property(answers, wish, (list, { tries, time, auto, ...rest }) => {
      let now = 0;
      const budget = new Budget({ tries, time, now: () => now });
      let engine: Standing['engine'] = 'http';
      let count = 0;
      let begun = budget.takeTry();
      while (begun) {
        expect(now).toBeLessThan(time);
        const answer = list[count++ % list.length] as (typeof list)[number];
        now += answer.takes;
        const standing: Standing = {
          ...usual,
          ...rest,
          ...{ engine, triesLeft: budget.triesLeft, timeLeft: budget.timeLeft },
          ...{ mayStepUp: auto && budget.stepLeft, before: count - 1 },
        };
        const action =
          answer.kind === 'error'
            ? afterError({ retryable: true, nothingSent: false }, standing)
            : afterVerdict(came(answer.kind, answer.status, answer.retryAfter), standing);
        if (action.do === 'browser') {
          engine = 'browser';
          begun = budget.takeStep();
        } else if (action.do === 'wait' || action.do === 'again' || action.do === 'rotate') {
          now += 'ms' in action ? action.ms : 0;
          begun = budget.takeTry();
        } else begun = false;
      }
      expect(count).toBeLessThanOrEqual(tries + 1);
      if (!rest.idempotent) expect(count).toBe(1);
    }),
  );
});
