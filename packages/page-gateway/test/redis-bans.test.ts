// Bans of several gateways on a real Redis: one that a host gave at one gateway holds at all, grows for all, and is not lost
// with a message or while Redis is away.
import { createClient } from 'redis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BanRules } from '../src/proxies/bans.js';
import { parseProxies } from '../src/proxies/parse.js';
import { Proxies } from '../src/proxies/proxies.js';
import { RedisBans } from '../src/redis/bans.js';
import { RedisConnection } from '../src/redis/connection.js';
import { RedisServer, until, withoutRedis } from './support/redis.js';

const minute = 60_000;
const slow: BanRules = { first: 10 * minute, longest: 60 * minute, memory: 60 * minute, most: 50 };
const quick: BanRules = { ...slow, first: 150 };

describe.skipIf(withoutRedis)('bans of several gateways', () => {
  let redis: RedisServer;
  let prefix: string;
  let prefixes = 0;
  const open: Array<() => Promise<void> | void> = [];
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.kill());
  beforeEach(() => {
    prefix = `test-${prefixes++}:`;
  });
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });

  async function gateway(rules: BanRules = slow) {
    const connection = await RedisConnection.open({ url: redis.url, prefix });
    const bans = await RedisBans.open({ connection, rules });
    const servers = parseProxies('http://a:1 id=a\nhttp://b:1 id=b', 'list');
    const proxies = new Proxies({ servers, bans, probeEvery: 0 });
    open.push(
      () => connection.close(),
      () => bans.close(),
      () => proxies.close(),
    );
    const left = (proxy: string, host: string) => (bans.of(proxy, host, Date.now())?.until ?? 0) - Date.now();
    const choose = (host: string) => {
      const wish = { host, country: undefined, pool: undefined, avoid: new Set<string>() };
      return Array.from({ length: 4 }, () => proxies.choose(wish)?.id);
    };
    return {
      connection,
      bans,
      proxies,
      left,
      choose,
      ban: (proxy: string, host: string) => bans.add(proxy, host, 'cloudflare', Date.now()),
    };
  }

  test('hold at all of them, and at one that comes later', async () => {
    const [one, other] = [await gateway(), await gateway()];
    one.ban('a', 'shop.example');
    expect(one.choose('shop.example')).toEqual(['b', 'b', 'b', 'b']);
    await until('the other has heard', () => other.left('a', 'shop.example') > 0);
    expect(other.choose('shop.example')).toEqual(['b', 'b', 'b', 'b']);
    expect(other.choose('other.example')).toContain('a');
    expect(other.left('a', 'shop.example')).toBeGreaterThan(9 * minute);
    other.ban('b', 'shop.example');
    const later = await gateway();
    expect(() => later.choose('shop.example')).toThrow(
      expect.objectContaining({
        code: 'blocked',
        members: expect.objectContaining({ vendor: 'cloudflare' }),
      }),
    );
    expect(later.proxies.hosts()).toMatchObject([{ host: 'shop.example', bans: [{ proxy: 'a' }, { proxy: 'b' }] }]);
  });

  test('count once where all are turned away together', async () => {
    const all = await Promise.all([gateway(), gateway(), gateway()]);
    for (const each of all) each.ban('a', 'shop.example');
    const later = await gateway();
    await until('all are told', () => all.every(({ left }) => left('a', 'shop.example') > 0));
    for (const each of [...all, later]) expect(each.left('a', 'shop.example')).toBeLessThan(11 * minute);
  });

  test('grow with every time, at whichever gateway; a host that takes a proxy again ends that', async () => {
    const [one, other] = [await gateway(quick), await gateway(quick)];
    const banned = (times: number) => (each: typeof one) =>
      each.bans.of('a', 'shop.example', Date.now()) !== undefined && each.left('a', 'shop.example') > 150 * (times - 1);
    one.ban('a', 'shop.example');
    await until('the other has heard', () => other.left('a', 'shop.example') > 0);
    await until('it has ended', () => [one, other].every(({ left }) => left('a', 'shop.example') <= 0));
    other.ban('a', 'shop.example');
    await until('it is longer for both', () => [one, other].every(banned(2)));
    await until('it has ended', () => [one, other].every(({ left }) => left('a', 'shop.example') <= 0));
    one.proxies.record('shop.example', 'ok', one.proxies.get('a'));
    await until('the other has heard', () => other.bans.inForce(0).length === 0);
    other.ban('a', 'shop.example');
    await until('it is known', () => one.left('a', 'shop.example') > 0);
    expect(one.left('a', 'shop.example')).toBeLessThanOrEqual(150);
  });

  test('that were given while Redis was away are known to all when it is back, and so are those from before', async () => {
    const [one, other] = [await gateway(), await gateway()];
    one.ban('a', 'before.example');
    await until('the other has heard', () => other.left('a', 'before.example') > 0);
    await redis.kill();
    one.ban('a', 'meanwhile.example');
    other.ban('b', 'meanwhile.example');
    expect(one.choose('meanwhile.example')).toEqual(['b', 'b', 'b', 'b']);
    expect(other.choose('before.example')).toEqual(['b', 'b', 'b', 'b']);
    // It has kept nothing.
    await redis.start();
    const known = ({ left }: typeof one) =>
      left('a', 'meanwhile.example') > 0 && left('b', 'meanwhile.example') > 0 && left('a', 'before.example') > 0;
    await until('both know all', () => known(one) && known(other));
    expect(known(await gateway())).toBe(true);
  });

  test('are known though their message was missed', async () => {
    const [one, other] = [await gateway(), await gateway()];
    const client = createClient({ url: redis.url });
    await client.connect();
    // As when a connection was lost and is there again.
    const killed = client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub']);
    one.ban('a', 'shop.example');
    await killed;
    await until('the other knows', () => other.left('a', 'shop.example') > 0);
    client.destroy();
  });

  test('are so many at most, and end with their time', async () => {
    const one = await gateway({ ...slow, most: 5 });
    for (let at = 0; at < 20; at++) one.ban('a', `${at}.example`);
    const size = async () => Number(await one.connection.command('ZCARD', one.connection.key('{bans}:ends')));
    await until('all are told', async () => (await size()) === 5);
    expect(Number(await one.connection.command('HLEN', one.connection.key('{bans}')))).toBe(7);
    for (const key of ['{bans}', '{bans}:ends']) {
      const life = Number(await one.connection.command('PTTL', one.connection.key(key)));
      expect(life).toBeGreaterThan(0);
      expect(life).toBeLessThanOrEqual(slow.longest + slow.memory);
    }
  });
});
