// The parts of the retry that know neither clocks nor HTTP: options, backoff, budget.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoff } from '../src/middleware/retry/backoff.js';
import { RetryBudget, RetryBudgets } from '../src/middleware/retry/budget.js';
import { defaultRetry, resolveRetry } from '../src/middleware/retry/options.js';

describe('resolveRetry', () => {
  it('has the defaults that the options name', () => {
    expect(resolveRetry(undefined)).toEqual({
      attempts: 3,
      methods: new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']),
      statuses: new Set([408, 429, 500, 502, 503, 504]),
      backoff: { base: 250, max: 10_000 },
      respectRetryAfter: true,
      budget: 0.2,
      shouldRetry: undefined,
    });
  });

  it('takes a number for attempts, and 1 and false for one attempt', () => {
    expect(resolveRetry(5)).toEqual({ ...defaultRetry, attempts: 5 });
    expect(resolveRetry(1)).toBeUndefined();
    expect(resolveRetry({ attempts: 1 })).toBeUndefined();
    expect(resolveRetry(false)).toBeUndefined();
  });

  it('lays a call’s option over the session’s', () => {
    const base = resolveRetry({ attempts: 4, methods: ['post'], backoff: { base: 10 } });
    expect(base).toMatchObject({ methods: new Set(['POST']), backoff: { base: 10, max: 10_000 } });
    expect(resolveRetry({ backoff: { max: '1s' } }, base)).toEqual({ ...base, backoff: { base: 10, max: 1_000 } });
    expect(resolveRetry(2, base)).toEqual({ ...base, attempts: 2 });
    expect(resolveRetry(undefined, base)).toBe(base);
    expect(resolveRetry({ statuses: [429] }, resolveRetry(false))).toEqual({
      ...defaultRetry,
      statuses: new Set([429]),
    });
  });

  it.each([
    [0, 'retry.attempts'],
    [1.5, 'retry.attempts'],
    [true, 'retry:'],
    ['3', 'retry:'],
    [null, 'retry:'],
    [{ attempts: '3' }, 'retry.attempts'],
    [{ methods: 'GET' }, 'retry.methods'],
    [{ methods: ['GET POST'] }, 'retry.methods'],
    [{ statuses: [42] }, 'retry.statuses'],
    [{ statuses: 503 }, 'retry.statuses'],
    [{ backoff: 250 }, 'retry.backoff'],
    [{ backoff: { base: -1 } }, 'retry.backoff.base'],
    [{ backoff: { max: 'long' } }, 'retry.backoff.max'],
    [{ respectRetryAfter: 1 }, 'retry.respectRetryAfter'],
    [{ budget: 2 }, 'retry.budget'],
    [{ budget: Number.NaN }, 'retry.budget'],
    [{ shouldRetry: true }, 'retry.shouldRetry'],
  ])('refuses %j and names the option', (option, name) => {
    expect(() => resolveRetry(option as never)).toThrow(TypeError);
    expect(() => resolveRetry(option as never)).toThrow(name);
  });
});

describe('backoff', () => {
  const ways = { base: 250, max: 10_000 };

  it('is anything up to a bound that doubles with every attempt, until the greatest', () => {
    const bounds = [1, 2, 3, 6, 7, 2_000].map((n) => backoff(ways, n, 1));
    expect(bounds).toEqual([250, 500, 1_000, 8_000, 10_000, 10_000]);
    expect(backoff(ways, 3, 0)).toBe(0);
    expect(backoff(ways, 3, 0.5)).toBe(500);
    expect(backoff({ base: 0, max: 10_000 }, 5, 1)).toBe(0);
  });
});

describe('the budget', () => {
  it('always allows ten retries a minute', () => {
    const budget = new RetryBudget();
    const taken = () => Array.from({ length: 20 }, () => budget.take(0, 1_000)).filter(Boolean).length;
    expect(taken()).toBe(10);
    expect(budget.take(0, 30_000)).toBe(false);
    expect(budget.take(0, 61_000)).toBe(true);
  });

  it('allows a share of what is asked anyway', () => {
    const budget = new RetryBudget();
    for (let count = 0; count < 1_000; count++) budget.request(count);
    const taken = Array.from({ length: 1_000 }, () => budget.take(0.2, 1_000)).filter(Boolean).length;
    expect(taken).toBe(200);
  });

  it('never allows more than either within its window, whatever comes when', () => {
    const step = fc.record({ gap: fc.integer({ min: 0, max: 9_000 }), requests: fc.nat(30), retries: fc.nat(30) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.double({ min: 0, max: 1, noNaN: true }), (steps, share) => {
        const budget = new RetryBudget();
        const requests: number[] = [];
        const retries: number[] = [];
        let now = 0;
        for (const step of steps) {
          now += step.gap;
          const recent = (moments: number[]) => {
            const oldest = (Math.floor(now / 6_000) - 9) * 6_000;
            return moments.filter((moment) => moment >= oldest).length;
          };
          for (let count = 0; count < step.requests; count++) {
            budget.request(now);
            requests.push(now);
          }
          for (let count = 0; count < step.retries; count++) {
            const allowed = recent(retries) < Math.max(10, share * recent(requests));
            expect(budget.take(share, now)).toBe(allowed);
            if (allowed) retries.push(now);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is one for each host, and forgotten when it is as good as new', () => {
    const budgets = new RetryBudgets();
    const budget = budgets.of('h.example:80', 0);
    budget.request(0);
    expect(budgets.of('h.example:80', 1)).toBe(budget);
    expect(budget.idle(59_999)).toBe(false);
    expect(budget.idle(60_000)).toBe(true);
    for (let index = 0; index < 1_000; index++) budgets.of(`${index}.test:80`, 100_000);
    expect(budgets.of('h.example:80', 100_000)).not.toBe(budget);
  });
});
