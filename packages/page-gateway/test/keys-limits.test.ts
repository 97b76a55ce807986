// Quota, rate and concurrency of keys: exact under parallel calls, and nothing counted of a call that was refused.
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { Problem, type ProblemCode } from '../src/core/problem.js';
import { Bucket } from '../src/keys/bucket.js';
import { type Key, Keys, type NewKey } from '../src/keys/keys.js';
import { openStore } from '../src/store/store.js';
import { temporaryFolder } from './support/folder.js';

function keysIn(folder = temporaryFolder(), now?: () => number): Keys {
  const store = openStore({ folder });
  onTestFinished(() => store.close());
  return new Keys(now ? { store: store.keys, now } : { store: store.keys });
}

async function keyOf(keys: Keys, options: Partial<NewKey> = {}): Promise<Key> {
  const made = await keys.add({ name: 'one', ...options });
  return keys.identify(made?.secret);
}

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Problem);
  return error as Problem;
}

const codeOf = async (work: Promise<unknown>): Promise<ProblemCode> => (await problemOf(work)).code;

test('without a key every caller is the open one, may do everything, and is counted', async () => {
  const keys = keysIn();
  expect(keys.open).toBe(true);
  const key = await keys.identify('whatever');
  expect(key.scopes).toEqual(['admin', 'ignore-robots']);
  const { release } = await keys.admit(key);
  expect(await keys.usage(key)).toEqual({
    name: 'open',
    scopes: ['admin', 'ignore-robots'],
    quota: { limit: null, used: 1, remaining: null },
    rate: { rpm: null, remaining: null },
    concurrency: { limit: null, inUse: 1 },
  });
  release();
  release();
  expect((await keys.usage(key)).concurrency.inUse).toBe(0);
});

test('a secret is known by its hash only, and an unknown, missing or revoked one is refused', async () => {
  const folder = temporaryFolder();
  const keys = keysIn(folder);
  const made = await keys.add({ name: 'mine', scopes: ['admin'] });
  expect(made?.secret).toMatch(/^pgk_[\w-]{43}$/);
  expect(await keys.identify(made?.secret)).toMatchObject({ name: 'mine', scopes: ['admin'], id: made?.key.id });
  expect(JSON.stringify(await keys.list())).not.toContain(made?.secret);
  for (const wrong of [undefined, '', 'pgk_nope', `${made?.secret}x`, '\u0000', 'ü'.repeat(1e4)]) {
    const problem = await problemOf(keys.identify(wrong));
    expect([problem.code, problem.status]).toEqual(['bad_key', 401]);
  }
  expect((await keys.revoke('mine')).map(({ name }) => name)).toEqual(['mine']);
  expect(await codeOf(keys.identify(made?.secret))).toBe('bad_key');
});

test('a key made or revoked by another process is in force at the next call', async () => {
  const folder = temporaryFolder();
  const service = keysIn(folder);
  const other = keysIn(folder);
  expect(service.open).toBe(true);
  const made = await other.add({ name: 'late' });
  expect(service.open).toBe(false);
  expect(await codeOf(service.identify(undefined))).toBe('bad_key');
  expect((await service.identify(made?.secret)).name).toBe('late');
  await other.revoke('late');
  expect(await codeOf(service.identify(made?.secret))).toBe('bad_key');
  // Revoking the last key must not open the service to everybody.
  expect(service.open).toBe(false);
  expect(keysIn(folder).open).toBe(false);
});

test('a name belongs to one live key, and is free again when it is revoked', async () => {
  const keys = keysIn();
  expect(await keys.add({ name: 'a' })).toBeDefined();
  expect(await keys.add({ name: 'a' })).toBeUndefined();
  expect(await keys.revoke('b')).toEqual([]);
  await keys.revoke('a');
  expect(await keys.revoke('a')).toEqual([]);
  expect(await keys.add({ name: 'a' })).toBeDefined();
});

test('the quota is exact among parallel calls of two services', async () => {
  const folder = temporaryFolder();
  const [one, other] = [keysIn(folder), keysIn(folder)];
  const made = await one.add({ name: 'k', quota: 150 });
  const results = await Promise.all(
    Array.from({ length: 400 }, async (_, index) => {
      const keys = index % 2 ? one : other;
      try {
        (await keys.admit(await keys.identify(made?.secret))).release();
        return 'let in';
      } catch (error) {
        return (error as Problem).code;
      }
    }),
  );
  expect(results.filter((each) => each === 'let in')).toHaveLength(150);
  expect(results.filter((each) => each === 'quota_exceeded')).toHaveLength(250);
  const key = await one.identify(made?.secret);
  expect((await one.usage(key)).quota).toEqual({ limit: 150, used: 150, remaining: 0 });
  const problem = await problemOf(one.admit(key));
  expect([problem.status, problem.retryable]).toEqual([402, false]);
  expect((await one.usage(key)).concurrency.inUse).toBe(0);
});

test('the pages of a job are counted as a whole or not at all, and what it did not use comes back', async () => {
  const keys = keysIn();
  const key = await keyOf(keys, { quota: 10 });
  const { release } = await keys.admit(key, 8);
  release();
  const problem = await problemOf(keys.admit(key, 3));
  expect(problem.code).toBe('quota_exceeded');
  expect(problem.message).toContain('asks for 3');
  expect((await keys.usage(key)).quota).toEqual({ limit: 10, used: 8, remaining: 2 });
  await keys.refund(key.id, 5);
  expect((await keys.usage(key)).quota.used).toBe(3);
  expect(await codeOf(keys.admit(key, 8))).toBe('quota_exceeded');
  await keys.admit(key, 7);
});

test('a job beyond the whole quota is refused too', async () => {
  const keys = keysIn();
  expect(await codeOf(keys.admit(await keyOf(keys, { quota: 2 }), 3))).toBe('quota_exceeded');
});

test('the rate is a bucket, full at first, that refills over the minute; a refused call takes nothing', async () => {
  let now = 1_000_000;
  const keys = keysIn(undefined, () => now);
  const key = await keyOf(keys, { rpm: 3 });
  for (let call = 0; call < 3; call += 1) (await keys.admit(key)).release();
  const problem = await problemOf(keys.admit(key));
  expect([problem.code, problem.status, problem.retryAfter, problem.retryable]).toEqual([
    'rate_limited',
    429,
    20,
    true,
  ]);
  expect(await keys.usage(key)).toMatchObject({ quota: { used: 3 }, rate: { rpm: 3, remaining: 0 } });
  now += 19_999;
  expect((await problemOf(keys.admit(key))).retryAfter).toBe(1);
  now += 1;
  (await keys.admit(key)).release();
  expect(await codeOf(keys.admit(key))).toBe('rate_limited');
  now += 3_600_000;
  expect((await keys.usage(key)).rate.remaining).toBe(3);
});

test('calls at once are bounded, and a refused one costs neither rate nor quota', async () => {
  const keys = keysIn();
  const key = await keyOf(keys, { concurrency: 2, rpm: 60, quota: 100 });
  const [first] = await Promise.all([keys.admit(key), keys.admit(key)]);
  const problem = await problemOf(keys.admit(key));
  expect([problem.code, problem.status, problem.retryAfter]).toEqual(['concurrency', 429, 1]);
  expect(await keys.usage(key)).toMatchObject({
    quota: { used: 2, remaining: 98 },
    rate: { remaining: 58 },
    concurrency: { limit: 2, inUse: 2 },
  });
  first.release();
  first.release();
  await keys.admit(key);
  expect(await codeOf(keys.admit(key))).toBe('concurrency');
});

test('a call that a used-up quota refuses takes no token', async () => {
  const keys = keysIn();
  const key = await keyOf(keys, { rpm: 2, quota: 1 });
  (await keys.admit(key)).release();
  for (let call = 0; call < 5; call += 1) expect(await codeOf(keys.admit(key))).toBe('quota_exceeded');
  expect((await keys.usage(key)).rate.remaining).toBe(1);
});

test('where waiting would not help, the quota is what a caller hears of', async () => {
  const keys = keysIn();
  const key = await keyOf(keys, { rpm: 1, quota: 1 });
  (await keys.admit(key)).release();
  expect(await codeOf(keys.admit(key))).toBe('quota_exceeded');
});

test('a key that was kept as plain data is admitted by its row', async () => {
  const keys = keysIn();
  const { id, name, scopes } = await keyOf(keys, { quota: 1 });
  await keys.admit({ id, name, scopes });
  expect(await codeOf(keys.admit({ id, name, scopes }))).toBe('quota_exceeded');
  expect(await codeOf(keys.admit({ id: 'key_gone', name, scopes }))).toBe('bad_key');
});

test('a bucket never lets through more than its size and what was refilled, nor keeps a caller waiting longer than it said', () => {
  const steps = fc.array(fc.record({ after: fc.integer({ min: 0, max: 40_000 }), back: fc.boolean() }), {
    maxLength: 80,
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 600 }), steps, (size, schedule) => {
      let now = 5_000;
      const start = now;
      const bucket = new Bucket(size, now);
      let taken = 0;
      for (const { after, back } of schedule) {
        now += after;
        const wait = bucket.take(now);
        if (wait === 0) taken += 1;
        else {
          expect(wait).toBeLessThanOrEqual(60_000 / size + 1e-3);
          now += Math.ceil(wait + 1e-3);
          expect(bucket.take(now)).toBe(0);
          taken += 1;
        }
        if (back) {
          bucket.giveBack();
          taken -= 1;
        }
        expect(taken).toBeLessThanOrEqual(size + ((now - start) * size) / 60_000 + 1e-3);
      }
    }),
  );
});

test('a clock that is set back neither refills nor empties', () => {
  const bucket = new Bucket(2, 100_000);
  expect([bucket.take(100_000), bucket.take(50_000)]).toEqual([0, 0]);
  expect(bucket.take(50_000)).toBeGreaterThan(0);
});
