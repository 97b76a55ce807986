// Politeness of several gateways on a real Redis: as polite together as one, also when one dies and while Redis is away.
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Hosts, type HostsOptions } from '../src/politeness/hosts.js';
import { RedisConnection } from '../src/redis/connection.js';
import { openHostLedger } from '../src/redis/hosts.js';
import { RedisServer, until, withoutRedis } from './support/redis.js';

const page = new URL('https://shop.example/page');

interface Gateway {
  readonly hosts: Hosts;
  /** What it keeps to while Redis is away. */
  share(): number | undefined;
  /** As one that was killed: it gives nothing back. */
  die(): Promise<void>;
}

describe.skipIf(withoutRedis)('hosts of several gateways', () => {
  let redis: RedisServer;
  let prefixes = 0;
  const open: Array<() => Promise<void>> = [];
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.kill());
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
  });

  async function gateways(count: number, options: HostsOptions & { lease?: number } = {}): Promise<Gateway[]> {
    const { lease, ...limits } = options;
    const prefix = `test-${prefixes++}:`;
    return Promise.all(Array.from({ length: count }, () => gateway(prefix, limits, lease)));
  }

  async function gateway(prefix: string, limits: HostsOptions, lease: number | undefined): Promise<Gateway> {
    const connection = await RedisConnection.open({ url: redis.url, prefix });
    const { ledger, close } = openHostLedger(connection, { ...(lease && { lease }) });
    const hosts = new Hosts({ ...limits, ledger });
    const shown = ledger({ wake() {}, recovered() {} });
    let ended: Promise<void> | undefined;
    const die = () => {
      ended ??= close().then(() => connection.close());
      return ended;
    };
    open.push(async () => {
      await hosts.close();
      await die();
    });
    return { hosts, share: () => shown.share, die };
  }

  function visitors() {
    const counts = { running: 0, most: 0, starts: [] as number[] };
    const visit = async ({ hosts }: Gateway, lasts: number) => {
      const release = await hosts.turn(page);
      counts.most = Math.max(counts.most, ++counts.running);
      counts.starts.push(performance.now());
      await delay(lasts);
      counts.running--;
      release();
    };
    const all = (among: readonly Gateway[], each: number, lasts: number) =>
      Promise.all(among.flatMap((one) => Array.from({ length: each }, () => visit(one, lasts))));
    return { counts, all };
  }

  test('never ask more at once than one would, and all get through', async () => {
    const three = await gateways(3, { concurrency: 4 });
    const { counts, all } = visitors();
    await all(three, 40, 5);
    expect(counts.starts).toHaveLength(120);
    expect(counts.most).toBe(4);
  });

  test('start as far apart as one would', async () => {
    const two = await gateways(2, { concurrency: 10, delay: 30 });
    const { counts, all } = visitors();
    await all(two, 1, 0);
    counts.starts.length = 0;
    await all(two, 8, 0);
    const [first = 0] = counts.starts;
    // The first answer may have been late, the last one was not early.
    expect((counts.starts.at(-1) as number) - first).toBeGreaterThan(15 * 30 - 25);
  });

  test('hold a pause that one of them was told', async () => {
    const [one, other] = (await gateways(2)) as [Gateway, Gateway];
    one.hosts.slowDown(page, 20_000);
    const refused = () =>
      other.hosts.turn(page, undefined, { timeout: 5_000 }).then(
        (release) => release(),
        (error) => error,
      );
    await until('the other has heard', async () => (await refused()) !== undefined);
    expect(await refused()).toMatchObject({ code: 'target_rate_limited', retryAfter: expect.closeTo(20, -1) });
  });

  test('get back the turns of one that died, when its lease is over', async () => {
    const [one, other] = (await gateways(2, { concurrency: 1, lease: 1_000 })) as [Gateway, Gateway];
    await one.hosts.turn(page);
    let free = false;
    const waits = other.hosts.turn(page).then((release) => {
      free = true;
      return release;
    });
    // Kept for as long as it lives, which is longer than the lease.
    await delay(1_500);
    expect(free).toBe(false);
    const died = performance.now();
    await one.die();
    (await waits)();
    expect(performance.now() - died).toBeLessThan(2_500);
  });

  test('keep to their shares while Redis is away, and to the whole when it is back', async () => {
    const two = await gateways(2, { concurrency: 4 });
    const { counts, all } = visitors();
    await until('they know of each other', () => two.every(({ share }) => share() === 0.5));
    const under = all(two, 150, 20);
    await until('some were there', () => counts.starts.length > 20);
    await redis.kill();
    await until('more were there', () => counts.starts.length > 100);
    await redis.start();
    await under;
    expect(counts.most).toBe(4);
    await until('Redis is found', async () => {
      counts.most = 0;
      await all(two.slice(0, 1), 8, 5);
      return counts.most === 4;
    });
    await all(two, 20, 5);
    expect(counts.most).toBe(4);
  });

  test('wait for no answer of a Redis that hangs for long', async () => {
    const [one] = (await gateways(1)) as [Gateway];
    (await one.hosts.turn(page))();
    redis.signal('SIGSTOP');
    try {
      const began = performance.now();
      (await one.hosts.turn(page))();
      expect(performance.now() - began).toBeLessThan(1_500);
      (await one.hosts.turn(page))();
    } finally {
      redis.signal('SIGCONT');
    }
  });
});
