// Sticky sessions of three gateways by random schedules, everything at once, with a Redis that is killed, and one that is
// emptied, in between: in the end all of them have the same visitors, and where nobody was dropped, each with all that was earned.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RedisServer, until, withoutRedis } from './support/redis.js';
import { cookiesOf, desk, faceOf, site } from './support/shared-sessions.js';

describe.skipIf(withoutRedis)('sessions by random schedules', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.kill());

  /** A generator of numbers below `most`, so that a failure can be had again. */
  function dice(seed: number) {
    let state = seed;
    return (most: number) => {
      state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
      return (state >>> 8) % most;
    };
  }

  test.each([
    { seed: 1, drops: true },
    { seed: 9, drops: false },
    { seed: 31, drops: false },
  ])('schedule $seed, drops: $drops', async ({ seed, drops }) => {
    const throwOf = dice(seed);
    const desks = await Promise.all([desk(redis), desk(redis), desk(redis)]);
    const at = () => desks[throwOf(3)] as (typeof desks)[number];
    const names = ['p', 'q', 'r'].map((name) => `${name}${seed}`);
    const earned = names.map((): string[] => []);
    const all = () => Promise.all(desks.map(({ visit }) => Promise.all(names.map((session) => visit({ session })))));
    await all();
    const step = async (number: number) => {
      const which = throwOf(3);
      const { visit, visitors } = at();
      const render = throwOf(5) === 0 ? 'auto' : false;
      const visitor = await visit({ session: names[which] as string, render });
      if (drops && throwOf(12) === 0) return visitors.drop(visitor);
      visitors.score(visitor, !drops || throwOf(8) > 0);
      const line = `c${number}=1`;
      visitor.cookies.setCookie(`${line}; Path=/`, site);
      earned[which]?.push(line);
      await visitors.save(visitor);
    };
    for (let round = 0; round < 12; round++) {
      if (round === 4) await redis.kill();
      if (round === 8) await desks[0]?.connection.command('FLUSHALL');
      await Promise.all(Array.from({ length: 10 }, (_, number) => step(round * 10 + number)));
      if (round === 4) {
        await redis.start();
        await until('Redis is reached', () => desks.every(({ connection }) => connection.reachable));
      }
    }
    const cookies = async () =>
      (await all()).map((visitors) =>
        visitors.map((each) => [faceOf(each), cookiesOf(each).split('; ').sort()] as const),
      );
    await until('all agree', async () => {
      const [one, ...others] = (await cookies()).map((each) => JSON.stringify(each));
      return others.every((each) => each === one);
    });
    if (drops) return;
    const [seen = []] = await cookies();
    expect(seen.map(([, lines]) => lines)).toEqual(earned.map((lines) => lines.sort()));
  });
});
