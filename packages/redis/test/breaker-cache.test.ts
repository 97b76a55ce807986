// What one session learns of a host, and what it stores, another one knows.
import { redisState } from '@errand/redis';
import { Session, type SessionOptions } from 'errand';
import { createClient } from 'redis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Origin } from './origin.js';
import { RedisServer, redisIsHere, until } from './redis-server.js';

describe.skipIf(!redisIsHere)('two sessions over one Redis', () => {
  let redis: RedisServer;
  let client: ReturnType<typeof createClient>;
  const closings: Array<() => Promise<void>> = [];
  beforeAll(async () => {
    redis = await RedisServer.start();
    client = createClient({ url: redis.url });
    await client.connect();
  });
  afterEach(async () => {
    for (const close of closings.splice(0)) await close();
  });
  afterAll(async () => {
    client.destroy();
    await redis.kill();
  });

  async function origin(): Promise<Origin> {
    const started = await Origin.start();
    closings.push(() => started.close());
    return started;
  }

  function open(baseUrl: string, options: SessionOptions): Session {
    const shared = redisState({ url: redis.url, maxEntrySize: '64kb' });
    const session = new Session({ baseUrl, shared, retry: false, throwHttpErrors: false, ...options });
    closings.unshift(async () => {
      await session.close();
      await shared.close();
    });
    return session;
  }

  const breaker = { minimumRequests: 6, window: '10s', openFor: '2s' };
  const circuitOf = (session: Session) => Object.values(session.stats().hosts)[0]?.circuit;

  it('count failures together, leave the host alone together, and are back together', async () => {
    const host = await origin();
    const [a, b] = [open(host.url, { breaker }), open(host.url, { breaker })];
    await until('both listen', async () => (await client.pubSubNumSub('errand:circuits'))['errand:circuits'] === 2);
    await Promise.all([a.get('/'), b.get('/')]);
    host.status = 503;
    for (let i = 0; i < 3; i++) await Promise.allSettled([a.get('/'), b.get('/')]);
    // Neither has seen six requests itself.
    await until('both leave it alone', () => circuitOf(a) !== 'closed' && circuitOf(b) !== 'closed');
    await expect(b.get('/')).rejects.toMatchObject({ code: 'ERRAND_CIRCUIT_OPEN' });
    host.status = 200;
    await until('it may be asked again', () => circuitOf(a) === 'half-open');
    expect((await a.get('/')).status).toBe(200);
    await until('the other one believes it', () => circuitOf(b) === 'closed');
    expect((await b.get('/')).status).toBe(200);
  });

  it('one that comes later knows that a host is down', async () => {
    const host = await origin();
    host.status = 500;
    const settings = { breaker: { ...breaker, openFor: '5s' } };
    const first = open(host.url, settings);
    for (let i = 0; i < 6; i++) await first.get('/');
    const key = `errand:circuit:{${new URL(host.url).host}}`;
    await until('it is left alone', async () => (await client.hGet(key, 'open')) !== null);
    const later = open(host.url, settings);
    await later.get('/').catch(() => {});
    await until('it is told', () => circuitOf(later) === 'open');
  });

  it('what one stored answers the other, until it is stale or too large', async () => {
    const host = await origin();
    host.headers = { 'cache-control': 'max-age=60' };
    const [a, b] = [open(host.url, { cache: true }), open(host.url, { cache: true })];
    expect((await a.get('/')).fromCache).toBe(false);
    await until('the other finds it', async () => (await b.get('/')).fromCache);
    host.headers = { 'cache-control': 'max-age=60', 'x-large': 'x'.repeat(3_000), 'x-huge': 'x'.repeat(10_000) };
    const small = redisState({ url: redis.url, maxEntrySize: '1kb' });
    const c = new Session({ baseUrl: host.url, shared: small, cache: true, maxHeaderSize: '64kb' });
    await c.get('/large');
    expect((await c.get('/large')).fromCache).toBe(false);
    await c.close();
    await small.close();
  });
});
