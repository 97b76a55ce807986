// Copies of pages that every gateway of one Redis finds, and what is none: too old, too large, not whole, another's, or not to
// be had in time.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Copies, type CopiesOptions } from '../src/cache/copies.js';
import type { Page } from '../src/core/page.js';
import type { PageRequest } from '../src/core/page-request.js';
import { RedisConnection } from '../src/redis/connection.js';
import { RedisCopies } from '../src/redis/copies.js';
import { page, request } from './formats-pages.js';
import { RedisServer, until, withoutRedis } from './support/redis.js';

const { signal } = new AbortController();
const minute = 60_000;

describe.skipIf(withoutRedis)('copies of several gateways', () => {
  let redis: RedisServer;
  let prefix: string;
  let prefixes = 0;
  const open: Array<() => Promise<void>> = [];
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.kill());
  beforeEach(() => {
    prefix = `test-${prefixes++}:`;
  });
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
  });

  async function gateway({ maxSize, ...options }: CopiesOptions & { maxSize?: number } = {}) {
    const connection = await RedisConnection.open({ url: redis.url, prefix });
    const errors: unknown[] = [];
    const onError = (error: unknown) => errors.push(error);
    const copies = new Copies({
      shelf: new RedisCopies({ connection, onError, ...(maxSize && { maxSize }) }),
      ...options,
    });
    open.push(async () => {
      await copies.close();
      await connection.close();
    });
    const get = async (asked: Partial<PageRequest>, brought: Page | string, owner = 'key') => {
      const fresh = typeof brought === 'string' ? page(brought) : brought;
      const found = await copies.get(request({ cacheTtl: minute, ...asked }), async () => fresh, { signal, owner });
      return `${found.cache} ${Buffer.from(found.page.fetched.body).toString('latin1')}`;
    };
    const keys = async () => (await connection.command('KEYS', `${prefix}*`)) as string[];
    const kept = (count = 1) => until('it is kept', async () => (await keys()).length === count);
    return { connection, copies, errors, get, keys, kept };
  }

  test('are found by all, byte for byte, and end by themselves', async () => {
    const [one, other] = [await gateway(), await gateway()];
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, at) => at));
    const fetched = { ...page('').fetched, body: bytes };
    expect(await one.get({}, { ...page(''), fetched })).toBe(`miss ${bytes.toString('latin1')}`);
    await one.kept();
    expect(await other.get({}, 'new')).toBe(`hit ${bytes.toString('latin1')}`);
    const [key = ''] = await one.keys();
    const left = Number(await one.connection.command('PTTL', key));
    expect(left).toBeGreaterThan(minute / 2);
    expect(left).toBeLessThanOrEqual(minute);
    expect(await other.get({ cacheTtl: 0 }, 'new')).toBe('miss new');
  });

  test('are as old as they are, whatever the clocks of the machines say', async () => {
    const [one, ahead] = [await gateway(), await gateway({ now: () => Date.now() + 60 * minute })];
    const behind = await gateway({ now: () => Date.now() - 60 * minute });
    await one.get({}, 'page');
    await one.kept();
    expect(await ahead.get({}, 'new')).toBe('hit page');
    expect(await behind.get({}, 'new')).toBe('hit page');
    await until('it has an age', async () => (await ahead.get({ cacheTtl: 5 }, 'young')) === 'miss young');
    // Who asked for a younger one does not shorten the life of it for others.
    const [key = ''] = await one.keys();
    expect(Number(await one.connection.command('PTTL', key))).toBeGreaterThan(minute / 2);
  });

  test('that another gateway renewed are taken in place of an older one in memory', async () => {
    let ahead = 0;
    const [one, other] = [await gateway({ now: () => Date.now() + ahead }), await gateway()];
    expect(await one.get({}, 'old')).toBe('miss old');
    await one.kept();
    await one.connection.command('DEL', ...(await one.keys()));
    expect(await other.get({}, 'young')).toBe('miss young');
    await other.kept();
    expect(await one.get({}, 'new')).toBe('hit old');
    ahead = 2 * minute;
    expect(await one.get({}, 'new')).toBe('hit young');
  });

  test('in sticky sessions are those of one key', async () => {
    const [one, other] = [await gateway(), await gateway()];
    await one.get({ session: 'basket' }, 'mine', 'alice');
    await one.kept();
    expect(await other.get({ session: 'basket' }, 'theirs', 'bob')).toBe('miss theirs');
    expect(await other.get({ session: 'basket' }, 'new', 'alice')).toBe('hit mine');
  });

  test('that are too large stay with the gateway that has them, and take the place of older ones', async () => {
    const [one, other] = [await gateway({ maxSize: 10_000 }), await gateway({ maxSize: 10_000 })];
    await one.get({}, 'small');
    await one.kept();
    const large = 'x'.repeat(20_000);
    await until('the small one is too old', async () => (await one.get({ cacheTtl: 1 }, large)) === `miss ${large}`);
    await one.kept(0);
    expect(await one.get({}, 'new')).toBe(`hit ${large}`);
    expect(await other.get({}, 'new')).toBe('miss new');
    expect([...one.errors, ...other.errors]).toEqual([]);
  });

  test('that are not whole are none', async () => {
    const [one, other] = [await gateway(), await gateway()];
    await one.get({}, 'page');
    await one.kept();
    const [key = ''] = await one.keys();
    await one.connection.command('SETRANGE', key, '60', 'broken');
    expect(await other.get({}, 'new')).toBe('miss new');
    await one.connection.command('DEL', key);
    await one.connection.command('HSET', key, 'no', 'copy');
    const third = await gateway();
    expect(await third.get({}, 'third')).toBe('miss third');
  });

  test('are missing while Redis hangs or is away, and nobody waits for long or hears of it', async () => {
    const one = await gateway();
    await one.get({}, 'page');
    await one.kept();
    const other = await gateway();
    redis.signal('SIGSTOP');
    const began = performance.now();
    expect(await other.get({}, 'other')).toBe('miss other');
    expect(performance.now() - began).toBeLessThan(1_000);
    redis.signal('SIGCONT');
    await redis.kill();
    expect(await one.get({}, 'new')).toBe('hit page');
    expect(await other.get({ url: 'https://site.example/second' }, 'second')).toBe('miss second');
    expect(await other.get({ url: 'https://site.example/second' }, 'new')).toBe('hit second');
    await redis.start();
    let at = 0;
    await until('copies are found again', async () => {
      const url = `https://site.example/again/${at++}`;
      await other.get({ url }, 'again');
      return (await one.get({ url }, 'new')) === 'hit again';
    });
    expect([...one.errors, ...other.errors]).toEqual([]);
  });
});
