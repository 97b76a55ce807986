import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { startSandbox } from '../src/index.js';
import { RateLimits } from '../src/rest/rate-limits.js';
import { openSandbox } from '../src/sandbox.js';
import { HeldClock, rest } from './raw.js';

const HEADERS = ['limit', 'remaining', 'reset', 'reset-after', 'bucket'].map((name) => `x-ratelimit-${name}`);

test.each([
  ['GET /users/@me', 200],
  ['GET /nowhere', 404],
  ['PUT /users/@me', 405],
  ['GET /channels/1', 404],
])('%s answers %d with every rate-limit header', async (route, status) => {
  await using sandbox = await startSandbox({ playground: false });
  const answer = await rest(sandbox, route);
  expect(answer.status).toBe(status);
  for (const name of HEADERS) expect(answer.headers.get(name), name).toMatch(/^[\da-z.]+$/);
});

test('a bucket runs down, answers 429 with what to wait, and fills again', async () => {
  const clock = new HeldClock();
  await using sandbox = await openSandbox({ playground: false }, clock);
  const send = (channel = sandbox.channelId) =>
    rest(sandbox, `POST /channels/${channel}/messages`, { body: { content: 'x' } });
  const remaining: unknown[] = [];
  for (let count = 0; count < 5; count++) {
    remaining.push((await send()).headers.get('x-ratelimit-remaining'));
    clock.advance(500);
  }
  expect(remaining).toEqual(['4', '3', '2', '1', '0']);

  const limited = await send();
  expect(limited.status).toBe(429);
  expect(limited.body).toEqual({ message: 'You are being rate limited.', retry_after: 2.5, global: false });
  expect(limited.headers.get('retry-after')).toBe('3');
  expect(limited.headers.get('x-ratelimit-scope')).toBe('user');
  expect(limited.headers.get('x-ratelimit-reset-after')).toBe('2.500');
  expect(Number(limited.headers.get('x-ratelimit-reset'))).toBeCloseTo((clock.now() + 2_500) / 1_000, 3);
  expect(limited.headers.get('x-ratelimit-global')).toBeNull();
  expect(sandbox.messages()).toHaveLength(5);

  clock.advance(2_500);
  expect((await send()).status).toBe(200);
});

test('each channel has its own bucket of the same name', async () => {
  const clock = new HeldClock();
  await using sandbox = await openSandbox({ playground: false }, clock);
  const { id } = sandbox.direct('ada');
  const post = (channel: string) => rest(sandbox, `POST /channels/${channel}/messages`, { body: { content: 'x' } });
  for (let count = 0; count < 5; count++) await post(sandbox.channelId);
  const [full, other] = [await post(sandbox.channelId), await post(id)];
  expect([full.status, other.status]).toEqual([429, 200]);
  expect(full.headers.get('x-ratelimit-bucket')).toBe(other.headers.get('x-ratelimit-bucket'));
});

test('fifty requests a second in all, then a global 429', async () => {
  const clock = new HeldClock();
  await using sandbox = await openSandbox({ playground: false }, clock);
  const routes = ['GET /users/@me', `GET /channels/${sandbox.channelId}`];
  const statuses: number[] = [];
  for (let count = 0; count < 50; count++) statuses.push((await rest(sandbox, routes[count % 2]!)).status);
  expect(new Set(statuses)).toEqual(new Set([200]));
  const limited = await rest(sandbox, 'GET /applications/@me');
  expect(limited).toMatchObject({ status: 429, body: { global: true, retry_after: 1 } });
  expect(limited.headers.get('x-ratelimit-global')).toBe('true');
  expect(limited.headers.get('x-ratelimit-scope')).toBe('global');
  clock.advance(1_000);
  expect((await rest(sandbox, 'GET /applications/@me')).status).toBe(200);
});

test('without the right token it is 401', async () => {
  await using sandbox = await startSandbox({ playground: false });
  for (const token of [null, 'nonsense', `${sandbox.token}x`]) {
    const answer = await rest(sandbox, 'GET /users/@me', { token });
    expect(answer).toMatchObject({ status: 401, body: { message: '401: Unauthorized', code: 0 } });
  }
  const bearer = await rest(sandbox, 'GET /users/@me', { headers: { Authorization: `Bearer ${sandbox.token}` } });
  expect(bearer.status).toBe(401);
});

test('never more than the limit in any window, whatever comes', () => {
  const step = fc.record({ wait: fc.integer({ min: 0, max: 400 }), key: fc.constantFrom('a', 'b') });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const limits = new RateLimits();
      const taken = new Map<string, number[]>([
        ['a', []],
        ['b', []],
      ]);
      let now = 1_000;
      for (const { wait, key } of steps) {
        now += wait;
        const verdict = limits.take('POST /x', key, { limit: 3, window: 1_000 }, now);
        const before = taken.get(key)!;
        if (verdict.allowed) before.push(now);
        expect(verdict.remaining).toBeGreaterThanOrEqual(0);
        expect(verdict.resetAfter).toBeGreaterThan(0);
        // Whoever waits as long as told is let in.
        if (!verdict.allowed) {
          const later = limits.take('POST /x', key, { limit: 3, window: 1_000 }, now + verdict.resetAfter);
          expect(later.allowed).toBe(true);
          now += verdict.resetAfter;
          before.push(now);
        }
      }
      for (const times of taken.values()) {
        for (const [index, time] of times.entries())
          expect((times[index + 6] ?? Number.POSITIVE_INFINITY) - time).toBeGreaterThanOrEqual(1_000);
      }
    }),
  );
});
