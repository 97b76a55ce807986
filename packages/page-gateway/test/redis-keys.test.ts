// Keys of several gateways on one Redis: known to all at once, and their quota, rate and places at once are exact whoever is
// asked, also when a gateway dies.
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Problem } from '../src/core/problem.js';
import { Keys, type NewKey } from '../src/keys/keys.js';
import { RedisConnection } from '../src/redis/connection.js';
import { RedisKeys } from '../src/redis/keys.js';
import { RedisTraffic } from '../src/redis/traffic.js';
import type { KeyRow } from '../src/store/key-store.js';
import { RedisServer, until, withoutRedis } from './support/redis.js';

describe.skipIf(withoutRedis)('keys on Redis', () => {
  let redis: RedisServer;
  let groups = 0;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.kill());

  /** Gateways that share their keys with each other, and with nobody else. */
  function group(server = redis) {
    groups += 1;
    const prefix = `group-${groups}:`;
    return async () => {
      const connection = await RedisConnection.open({ url: server.url, prefix });
      const traffic = new RedisTraffic({ connection, beatEvery: 200 }).open();
      const store = await new RedisKeys({ connection, usedOf: (id) => traffic.usedOf(id) }).open();
      onTestFinished(async () => {
        store.close();
        await traffic.close();
        await connection.close();
      });
      return { connection, store, traffic, keys: new Keys({ store, traffic }) };
    };
  }

  async function pair(options: Partial<NewKey> = {}) {
    const open = group();
    const [one, other] = [await open(), await open()];
    const made = await one.keys.add({ name: 'k', ...options });
    const secret = made?.secret as string;
    await until('the other has heard of it', () => !other.keys.open);
    return { one, other, secret, key: await other.keys.identify(secret), open };
  }

  const said = (work: Promise<unknown>) =>
    work.then(
      () => 'in',
      (error: Problem) => error.code,
    );
  const count = (all: readonly string[], what: string) => all.filter((each) => each === what).length;

  test('a key that is made or revoked at one gateway is so at the others', async () => {
    const open = group();
    const [one, other] = [await open(), await open()];
    expect([one.keys.open, other.keys.open]).toEqual([true, true]);
    const made = await one.keys.add({ name: 'first', scopes: ['admin'], rpm: 7, quota: 9 });
    await until('the other has heard of it', () => !other.keys.open);
    expect(await said(other.keys.identify(undefined))).toBe('bad_key');
    expect(await other.keys.identify(made?.secret)).toMatchObject({
      name: 'first',
      scopes: ['admin'],
      rpm: 7,
      quota: 9,
    });
    const later = await open();
    expect(later.keys.open).toBe(false);
    expect((await one.keys.revoke('first')).map(({ name }) => name)).toEqual(['first']);
    await until('it is refused', async () => (await said(other.keys.identify(made?.secret))) === 'bad_key');
    expect([one.keys.open, other.keys.open, (await open()).keys.open]).toEqual([false, false, false]);
  });

  test('a call of a key that was revoked a moment ago is not let in, whatever is remembered of it', async () => {
    const { one, other, key } = await pair({ rpm: 10 });
    await one.keys.revoke('k');
    expect(await said(other.keys.admit(key))).toBe('bad_key');
    expect((await one.keys.list())[0]).toMatchObject({ quota: { used: 0 }, rate: { remaining: 10 } });
  });

  test('a name belongs to one live key among all gateways, however many try at once', async () => {
    const { one, other } = await pair();
    const tries = await Promise.all([one, other, one, other].map(({ keys }) => keys.add({ name: 'same' })));
    expect(tries.filter((each) => each !== undefined)).toHaveLength(1);
    const [{ id } = { id: '' }] = await one.keys.revoke('same');
    expect(await other.keys.revoke('same')).toEqual([]);
    expect(await other.keys.revoke(id)).toEqual([]);
    expect(await other.keys.add({ name: 'same' })).toBeDefined();
    const list = await one.keys.list();
    expect(list.map(({ name, revoked }) => [name, revoked !== undefined])).toEqual(
      expect.arrayContaining([
        ['k', false],
        ['same', true],
        ['same', false],
      ]),
    );
    expect((await other.keys.revoke(list.find(({ name }) => name === 'k')!.id)).map(({ name }) => name)).toEqual(['k']);
  });

  test('no secret, and nothing without a prefix, is written down', async () => {
    const { one, key, other, secret } = await pair({ rpm: 5, concurrency: 5 });
    await other.keys.admit(key);
    for (const name of (await one.connection.command('KEYS', '*')) as string[]) {
      expect(name).toMatch(/^group-\d+:keys:/);
      const dump = (await one.connection.bytes('DUMP', name)) as Buffer;
      expect(dump.includes(secret.slice(4))).toBe(false);
    }
  });

  test('the quota is exact among parallel calls of two gateways, and so is what is given back', async () => {
    const { one, other, key } = await pair({ quota: 40 });
    const all = await Promise.all(
      Array.from({ length: 60 }, (_, index) => said((index % 2 ? one : other).keys.admit(key))),
    );
    expect([count(all, 'in'), count(all, 'quota_exceeded')]).toEqual([40, 20]);
    expect((await one.keys.usage(key)).quota).toEqual({ limit: 40, used: 40, remaining: 0 });
    await other.keys.refund(key.id, 10);
    expect(await said(one.keys.admit(key, 11))).toBe('quota_exceeded');
    expect(await said(one.keys.admit(key, 10))).toBe('in');
    await other.keys.refund(key.id, 100);
    expect((await one.keys.usage(key)).quota.used).toBe(0);
  });

  test('the rate is one bucket, and a refused call takes nothing of it, nor of the quota', async () => {
    const { one, other, key } = await pair({ rpm: 6, quota: 100 });
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, index) => said((index % 2 ? one : other).keys.admit(key))),
    );
    expect([count(all, 'in'), count(all, 'rate_limited')]).toEqual([6, 14]);
    expect(await other.keys.usage(key)).toMatchObject({ quota: { used: 6 }, rate: { rpm: 6, remaining: 0 } });
    const refused = (await one.keys.admit(key).catch((error: unknown) => error)) as Problem;
    expect(refused.retryAfter).toBeGreaterThan(5);
    expect(refused.retryAfter).toBeLessThanOrEqual(10);
    await one.connection.command('HINCRBY', one.connection.key('keys', 'rate', key.id), 'at', '-10000');
    expect(await said(other.keys.admit(key))).toBe('in');
    expect(await said(other.keys.admit(key))).toBe('rate_limited');
  });

  test('places at once are shared, free again when a call ends, and a refused call costs nothing', async () => {
    const { one, other, key } = await pair({ concurrency: 3, rpm: 60, quota: 100 });
    const first = await one.keys.admit(key);
    const all = await Promise.all(
      Array.from({ length: 10 }, (_, index) => said((index % 2 ? one : other).keys.admit(key))),
    );
    expect([count(all, 'in'), count(all, 'concurrency')]).toEqual([2, 8]);
    expect(await one.keys.usage(key)).toMatchObject({
      quota: { used: 3 },
      rate: { remaining: 57 },
      concurrency: { limit: 3, inUse: 3 },
    });
    first.release();
    first.release();
    expect(await said(one.keys.admit(key))).toBe('in');
    expect(await said(other.keys.admit(key))).toBe('concurrency');
  });

  test('where waiting would not help, the quota is what a caller hears of', async () => {
    const { one, other, key } = await pair({ concurrency: 1, rpm: 1, quota: 1 });
    await one.keys.admit(key);
    expect(await said(other.keys.admit(key))).toBe('quota_exceeded');
  });

  test('the places of a gateway that closed are free at once, those of one that died when its lease ends', async () => {
    const { one, other, key, open } = await pair({ concurrency: 2 });
    const dying = await open();
    await dying.keys.admit(key);
    const [gone] = (await one.connection.command('HKEYS', one.connection.key('keys', 'busy', key.id))) as [string];
    const closing = await open();
    await closing.keys.admit(key);
    expect(await said(one.keys.admit(key))).toBe('concurrency');
    await closing.traffic.close();
    const admission = await one.keys.admit(key);
    expect(await said(other.keys.admit(key))).toBe('concurrency');
    admission.release();
    await one.keys.admit(key);
    await dying.connection.close();
    // As if nothing had been heard of it for as long as a lease is.
    await one.connection.command('ZINCRBY', one.connection.key('keys', 'gateways'), '-12000', gone);
    expect(await said(other.keys.admit(key))).toBe('in');
    expect(await said(other.keys.admit(key))).toBe('concurrency');
  });

  test('what Redis forgot of calls under way it is told again, and what it never heard the end of is set right', async () => {
    const { one, other, key } = await pair({ concurrency: 2 });
    const busy = one.connection.key('keys', 'busy', key.id);
    await one.keys.admit(key);
    await one.connection.command('DEL', busy);
    const inUse = async () => (await other.keys.usage(key)).concurrency.inUse;
    expect(await inUse()).toBe(0);
    await until('it is told', async () => (await inUse()) === 1);
    const [gateway] = (await one.connection.command('HKEYS', busy)) as [string];
    await one.connection.command('HSET', busy, gateway, '9');
    await until('it is set right', async () => (await inUse()) === 1);
  });

  test('a key of a data folder is taken over once, with what it has used', async () => {
    const { one, other } = await pair();
    const row: KeyRow = {
      ...{ id: 'key_old', name: 'old', hash: 'a'.repeat(64), scopes: ['admin'] },
      ...{ rpm: undefined, concurrency: 3, quota: 10, created: 5, revoked: undefined },
    };
    expect(await one.store.adopt(row, 4)).toBe(true);
    expect(await other.store.find(row.hash)).toEqual(row);
    await other.keys.admit(row);
    expect(await other.store.adopt(row, 4)).toBe(true);
    expect((await one.keys.usage(row)).quota.used).toBe(5);
    expect(await other.store.adopt({ ...row, id: 'key_other' }, 0)).toBe(false);
    expect(await other.store.adopt({ ...row, id: 'key_ended', hash: 'b', revoked: 7 }, 0)).toBe(true);
    expect((await one.store.get('key_ended'))?.revoked).toBe(7);
    await one.keys.revoke('old');
    await one.store.adopt(row, 4);
    expect((await one.store.get('key_old'))?.revoked).toBeDefined();
  });

  test('while Redis is away a key cannot be checked; the service that was open goes on', async () => {
    const own = await RedisServer.start();
    onTestFinished(() => own.kill());
    const [keyed, free] = [await group(own)(), await group(own)()];
    const made = await keyed.keys.add({ name: 'k', quota: 5 });
    const key = await keyed.keys.identify(made?.secret);
    const admitted = await keyed.keys.admit(key);
    const admittedFree = await free.keys.admit(await free.keys.identify(undefined));
    await own.kill();
    await until('it is missed', () => !keyed.connection.reachable && !free.connection.reachable);
    const problem = (await keyed.keys.admit(key).catch((error: unknown) => error)) as Problem;
    expect([problem.code, problem.status, problem.retryAfter]).toEqual(['overloaded', 503, 1]);
    await until('it is forgotten', async () => (await said(keyed.keys.identify(made?.secret))) === 'overloaded');
    expect(await said(keyed.keys.identify('pgk_other'))).toBe('overloaded');
    expect(keyed.keys.open).toBe(false);
    (await free.keys.admit(await free.keys.identify(undefined))).release();
    await free.keys.refund('open', 1);
    admitted.release();
    admittedFree.release();
    await own.start();
    await until('it is back', async () => (await said(free.keys.usage(await free.keys.identify(undefined)))) === 'in');
    expect([keyed.keys.open, free.keys.open]).toEqual([false, true]);
  });

  test('a Redis that comes back without its keys is told them by those who know them', async () => {
    const own = await RedisServer.start();
    onTestFinished(() => own.kill());
    const open = group(own);
    const [one, other] = [await open(), await open()];
    const [made, gone] = [await one.keys.add({ name: 'k', quota: 9 }), await other.keys.add({ name: 'gone' })];
    await one.keys.revoke('gone');
    await until('both know both', async () => !other.keys.open && !one.keys.open);
    const key = await one.keys.identify(made?.secret);
    for (let call = 0; call < 3; call += 1) (await other.keys.admit(key)).release();
    await own.kill();
    await until('it is missed', () => !one.connection.reachable && !other.connection.reachable);
    await own.start();
    await until('it is back', () => one.connection.reachable && other.connection.reachable);
    // Nobody is told for a moment that the key is unknown.
    expect(await said(one.keys.identify(made?.secret))).toBe('in');
    expect(await said(other.keys.identify(gone?.secret))).toBe('bad_key');
    const later = await open();
    expect((await later.keys.list()).map(({ name, revoked }) => [name, revoked !== undefined]).sort()).toEqual([
      ['gone', true],
      ['k', false],
    ]);
    await until('what it had used is known', async () => (await later.keys.usage(key)).quota.used === 3);
    expect(await later.keys.add({ name: 'k' })).toBeUndefined();
    expect(await later.keys.add({ name: 'gone' })).toBeDefined();
  });

  test('a call that Redis let in when its caller had been sent away is taken back', async () => {
    const own = await RedisServer.start();
    onTestFinished(() => own.kill());
    const { keys, connection } = await group(own)();
    const made = await keys.add({ name: 'k', quota: 5, rpm: 5, concurrency: 1 });
    const key = await keys.identify(made?.secret);
    own.signal('SIGSTOP');
    expect(await said(keys.admit(key))).toBe('overloaded');
    own.signal('SIGCONT');
    await until('it answers', () => connection.reachable);
    await until('it is taken back', async () => {
      const { quota, rate, concurrency } = await keys.usage(key);
      return quota.used === 0 && rate.remaining === 5 && concurrency.inUse === 0;
    });
  });
});
