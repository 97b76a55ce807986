// Sessions while the Redis that gateways share is away: each gateway goes on from memory, and what it changed meanwhile is
// where the others see it when Redis is back, with its data or without.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RedisServer, until, withoutRedis } from './support/redis.js';
import { cookiesOf, desk, faceOf } from './support/shared-sessions.js';

describe.skipIf(withoutRedis)('while Redis is away', () => {
  let redis: RedisServer;
  beforeEach(async () => {
    redis = await RedisServer.start();
  });
  afterEach(() => redis.kill());
  const { signal } = new AbortController();
  const reached = (...desks: ReadonlyArray<Awaited<ReturnType<typeof desk>>>) =>
    until('Redis is reached', () => desks.every(({ connection }) => connection.reachable));
  const left = ({ connection }: Awaited<ReturnType<typeof desk>>) =>
    until('Redis is missed', () => !connection.reachable);

  test('killed and started again without its data: the session goes on, with what each has changed', async () => {
    const [here, there] = await Promise.all([desk(redis), desk(redis)]);
    const one = await here.call('sid=1; Path=/');
    expect(cookiesOf(await there.visit())).toBe('sid=1');
    await redis.kill();
    await Promise.all([left(here), left(there)]);
    expect(faceOf(await here.call('here=1; Path=/'))).toEqual(faceOf(one));
    expect(faceOf(await there.call('there=1; Path=/'))).toEqual(faceOf(one));
    const release = await there.visitors.lease(await there.visit(), 0, signal);
    await release();
    const fresh = await here.call('new=1; Path=/', { session: 'fresh' });
    await redis.start();
    await reached(here, there);
    await until('all is told', async () => cookiesOf(await here.visit()).includes('there=1'));
    for (const { visit } of [here, there]) {
      const visitor = await visit();
      expect(faceOf(visitor)).toEqual(faceOf(one));
      expect(cookiesOf(visitor).split('; ').sort()).toEqual(['here=1', 'sid=1', 'there=1']);
    }
    await until('the one that began is told', async () => {
      const there2 = await desk(redis);
      return cookiesOf(await there2.visit({ session: 'fresh' })) === 'new=1';
    });
    expect(faceOf(await there.visit({ session: 'fresh' }))).toEqual(faceOf(fresh));
  });

  test('started again without its data: who was known to one is known to all, nobody has to ask there first', async () => {
    const here = await desk(redis, { idle: 60_000 });
    const one = await here.call('sid=1; Path=/');
    await redis.kill();
    await redis.start();
    await reached(here);
    const name = here.connection.key('session', 'key:s');
    await until('it is told', async () => (await here.connection.command('EXISTS', name)) === 1);
    expect(Number(await here.connection.command('PTTL', name))).toBeLessThanOrEqual(60_000 - 1);
    const there = await desk(redis, { idle: 60_000 });
    const two = await there.visit();
    expect([faceOf(two), cookiesOf(two)]).toEqual([faceOf(one), 'sid=1']);
  });

  test('written when it is back, also where nobody asks again', async () => {
    const [here, there] = await Promise.all([desk(redis), desk(redis)]);
    const one = await here.call('sid=1; Path=/');
    const dropped = await here.call('sid=1; Path=/', { session: 'dropped' });
    await there.visit({ session: 'dropped' });
    redis.signal('SIGSTOP');
    await left(here);
    await here.call('sid=2; Path=/');
    await here.visitors.drop(dropped);
    redis.signal('SIGCONT');
    await reached(here, there);
    await until('it is written', async () => cookiesOf(await there.visit()) === 'sid=2');
    expect(faceOf(await there.visit())).toEqual(faceOf(one));
    await until('it is dropped', async () => {
      return cookiesOf(await there.visit({ session: 'dropped' })) === '';
    });
  });

  test('what was dropped at one while it was away is gone at the other, which still knows it', async () => {
    const [here, there] = await Promise.all([desk(redis), desk(redis)]);
    const one = await here.call('sid=1; Path=/');
    await there.visit();
    await redis.kill();
    await Promise.all([left(here), left(there)]);
    await here.visitors.drop(one);
    const two = await here.call('two=1; Path=/');
    expect(faceOf(two)).not.toEqual(faceOf(one));
    await redis.start();
    await reached(here, there);
    // The other may begin one of its own first; the one that was dropped is nobody's any more.
    await until('it is gone', async () => !cookiesOf(await there.visit()).includes('sid'));
    await until('they agree', async () => {
      const [here2, there2] = [await here.visit(), await there.visit()];
      return faceOf(here2).identity === faceOf(there2).identity && cookiesOf(here2) === cookiesOf(there2);
    });
  });

  test('begun at both while it was away: one of them is it, as a whole', async () => {
    const [here, there] = await Promise.all([desk(redis), desk(redis)]);
    await redis.kill();
    await Promise.all([left(here), left(there)]);
    const both = await Promise.all([here.call('here=1; Path=/'), there.call('there=1; Path=/'), here.visit()]);
    expect(both[2]).toBe(both[0]);
    await redis.start();
    await reached(here, there);
    const faces = new Map([
      [faceOf(both[0]).identity, 'here=1'],
      [faceOf(both[1]).identity, 'there=1'],
    ]);
    await until('they agree', async () => {
      const [one, two] = await Promise.all([here.visit(), there.visit()]);
      const same = faceOf(one).identity === faceOf(two).identity && cookiesOf(one) === cookiesOf(two);
      return same && cookiesOf(one) === faces.get(faceOf(one).identity);
    });
  });

  test('a Redis that hangs holds a call up once, and a turn that was waited for is taken', async () => {
    const [here, there] = await Promise.all([desk(redis), desk(redis)]);
    const [one, two] = await Promise.all([here.visit(), there.visit()]);
    const release = await here.visitors.lease(one, 0, signal);
    const waiting = there.visitors.lease(two, 20_000, signal);
    redis.signal('SIGSTOP');
    try {
      await left(here);
      const began = performance.now();
      for (let time = 0; time < 20; time++) await here.call(`n=${time}; Path=/`);
      expect(performance.now() - began).toBeLessThan(1_000);
      await release();
      await (await waiting)();
    } finally {
      redis.signal('SIGCONT');
    }
    await until('it is written', async () => cookiesOf(await there.visit()) === 'n=19');
  });
});
