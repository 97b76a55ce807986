// Redis goes away, stalls and comes back, and requests go on.
import { redisState } from '@errand/redis';
import { Session } from 'errand';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Origin } from './origin.js';
import { RedisServer, redisIsHere, until } from './redis-server.js';

describe.skipIf(!redisIsHere)('while Redis is away', () => {
  let redis: RedisServer;
  let origin: Origin;
  beforeEach(async () => {
    [redis, origin] = await Promise.all([RedisServer.start(), Origin.start()]);
  });
  afterEach(async () => {
    await Promise.all([redis.kill(), origin.close()]);
  });

  function open() {
    const shared = redisState({ url: redis.url, timeout: 150, share: 0.5 });
    const session = new Session({ baseUrl: origin.url, shared, limits: { '*': { concurrency: 4 } }, retry: false });
    const close = async () => {
      await session.close();
      await shared.close();
    };
    return { shared, session, close };
  }

  it('requests go on under the share of the limit, and under the whole one when it is back', async () => {
    const { shared, session, close } = open();
    const burst = () => Promise.all(Array.from({ length: 30 }, () => session.get('/')));
    await burst();
    expect(origin.most).toBe(4);
    await redis.kill();
    await session.get('/');
    expect(shared.reachable).toBe(false);
    origin.most = 0;
    await burst();
    expect(origin.most).toBe(2);
    await redis.start();
    await until('Redis is found', () => shared.reachable);
    origin.most = 0;
    await burst();
    expect(origin.most).toBe(4);
    await close();
  });

  it('it is killed and started again in the middle of requests, and none is lost', async () => {
    const { shared, session, close } = open();
    const all = Promise.all(Array.from({ length: 200 }, () => session.get('/')));
    await until('some are done', () => origin.came.length > 20);
    await redis.kill();
    await until('more are done', () => origin.came.length > 60);
    await redis.start();
    expect((await all).map(({ status }) => status)).toEqual(Array(200).fill(200));
    expect(origin.most).toBeLessThanOrEqual(4);
    await until('Redis is found', () => shared.reachable);
    await close();
  });

  it('a Redis that hangs holds a request up for its little timeout, once', async () => {
    const { shared, session, close } = open();
    await session.get('/');
    redis.signal('SIGSTOP');
    const start = performance.now();
    await session.get('/');
    expect(performance.now() - start).toBeLessThan(600);
    const again = performance.now();
    await session.get('/');
    expect(performance.now() - again).toBeLessThan(140);
    redis.signal('SIGCONT');
    await until('Redis is found', () => shared.reachable);
    await session.get('/');
    await close();
  });

  it('it goes and comes back while nobody asks, which is noticed all the same', async () => {
    const { shared, session, close } = open();
    await session.get('/');
    await redis.kill();
    await until('it is missed', () => !shared.reachable);
    await redis.start();
    await until('Redis is found', () => shared.reachable);
    await close();
  });

  it('it was never there', async () => {
    await redis.kill();
    const { session, close } = open();
    expect((await session.get('/')).status).toBe(200);
    await close();
  });
});
