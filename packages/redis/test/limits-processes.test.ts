// Several processes ask one host as if they were one.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { redisState } from '@errand/redis';
import { type HostLimit, Session } from 'errand';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Origin } from './origin.js';
import { RedisServer, redisIsHere, until } from './redis-server.js';

const shard = fileURLToPath(new URL('./fixtures/shard.mjs', import.meta.url));

describe.skipIf(!redisIsHere)('processes that share a limit', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.kill());

  function run(target: string, requests: number, limit: HostLimit): ChildProcess {
    const job = JSON.stringify({ redis: redis.url, target, requests, limits: { '*': limit } });
    return spawn(process.execPath, [shard, job], { stdio: ['ignore', 'pipe', 'inherit'] });
  }

  async function outcomes(child: ChildProcess): Promise<{ started: number; said: string[] }> {
    let text = '';
    child.stdout?.on('data', (piece) => {
      text += piece;
    });
    await once(child, 'close');
    return JSON.parse(text);
  }

  it('never have more under way than the limit, and all get through', async () => {
    const origin = await Origin.start();
    const children = [0, 1, 2].map(() => run(origin.url, 60, { concurrency: 5 }));
    const all = await Promise.all(children.map(outcomes));
    await origin.close();
    expect(all.flatMap(({ said }) => said)).toEqual(Array(180).fill('ok'));
    expect(origin.most).toBeLessThanOrEqual(5);
    expect(origin.most).toBeGreaterThan(1);
  });

  it('never ask faster than the rate', async () => {
    const origin = await Origin.start();
    origin.answerAfter = 1;
    const children = [0, 1, 2].map(() => run(origin.url, 20, { rate: '40/s', burst: 5, concurrency: 50 }));
    const all = await Promise.all(children.map(outcomes));
    await origin.close();
    expect(all.flatMap(({ said }) => said)).toEqual(Array(60).fill('ok'));
    // At no time more than the burst, and what the bucket got since the first of them could ask; one for clocks' roundness.
    const started = Math.min(...all.map(({ started }) => started));
    for (const [index, came] of origin.came.entries())
      expect(index + 1).toBeLessThanOrEqual(5 + (came - started) / 25 + 1);
  });

  it('get back the turns of one that was killed', async () => {
    const origin = await Origin.start();
    origin.answerAfter = Number.POSITIVE_INFINITY;
    const child = run(origin.url, 3, { concurrency: 3 });
    await until('the other process holds all turns', () => origin.inFlight === 3);
    const shared = redisState({ url: redis.url, lease: '1s' });
    const session = new Session({ baseUrl: origin.url, shared, limits: { '*': { concurrency: 3 } } });
    const waiting = session.get('/');
    await until('it waits', () => session.stats().queued === 1);
    child.kill('SIGKILL');
    await once(child, 'close');
    origin.answerAfter = 1;
    expect((await waiting).status).toBe(200);
    await session.close();
    await shared.close();
    await origin.close();
  });
});
