// What a state opens it closes; what makes no sense is refused at once, without showing secrets.
import { redisState } from '@errand/redis';
import { Session } from 'errand';
import { createClient } from 'redis';
import { describe, expect, it } from 'vitest';
import { Origin } from './origin.js';
import { RedisServer, redisIsHere, until } from './redis-server.js';

const open = () =>
  process.getActiveResourcesInfo().filter((each) => each === 'TCPSocketWrap' || each === 'Timeout').length;

describe.skipIf(!redisIsHere)('a state that is closed', () => {
  it('leaves no socket and no timer, and no key behind; the client that it was given is as before', async () => {
    const redis = await RedisServer.start();
    const origin = await Origin.start();
    const client = createClient({ url: redis.url });
    await client.connect();
    const before = open();
    const shared = redisState({ client });
    const session = new Session({ baseUrl: origin.url, shared, cache: true });
    const extended = session.extend({ limits: { '*': { concurrency: 2 } } });
    await Promise.all([session.get('/a'), extended.get('/b'), session.get('/c')]);
    await session.close();
    await shared.close();
    await shared.close();
    await until('all is closed', () => open() <= before);
    expect(await client.ping()).toBe('PONG');
    for (const key of await client.keys('errand:limit:*')) {
      expect(Object.keys(await client.hGetAll(key)).filter((name) => !name.startsWith('@'))).toEqual([]);
    }
    expect((await client.sendCommand(['PUBSUB', 'CHANNELS'])) as unknown as string[]).toEqual([]);
    client.destroy();
    await origin.close();
    await redis.kill();
  });
});

describe('options', () => {
  it('that make no sense are refused', () => {
    expect(() => redisState({ url: 'http://user:secret@host' })).toThrow(/^url: expected 'redis:(?!.*secret)/);
    expect(() => redisState({ share: 2 })).toThrow(/^share: /);
    expect(() => redisState({ lease: '1h' })).toThrow(/^lease: /);
    expect(() => redisState({ timeout: 0 })).toThrow(/^timeout: /);
    expect(() => new Session({ shared: { kind: 'redis' } as never })).toThrow(/^shared: expected what redisState/);
  });
});
