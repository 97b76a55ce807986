// Jobs of gateways that share a Redis: each page once, whoever fetches it, and any gateway knows of any job.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FetchPage } from '../src/jobs/work.js';
import { pageOf, requestOf, until } from './support/jobs.js';
import { RedisServer, withoutRedis } from './support/redis.js';
import { gatewayOn } from './support/shared-jobs.js';

const good: FetchPage = async ({ url }) => pageOf(url, `<p>${url}</p>`);

describe.skipIf(withoutRedis)('jobs of several gateways', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.kill());

  test('both work on one job, each page once, and either tells of it', async () => {
    const fetched: string[][] = [[], []];
    const worker =
      (place: number): FetchPage =>
      async (request, options) => {
        fetched[place]!.push(request.url);
        await sleep(Math.random() * 10);
        return good(request, options);
      };
    const [one, two] = [await gatewayOn(redis.url, worker(0)), await gatewayOn(redis.url, worker(1))];
    const mine = await one.key({ name: 'a' });
    const request = requestOf({ meta: { order: 7 } });
    const urls = Array.from({ length: 200 }, (_, index) => `http://site${index % 20}.test/${index}`);
    const made = await one.jobs.create(mine, { request, urls });
    expect(made).toMatchObject({ state: 'queued', total: 200, meta: { order: 7 } });
    await until(async () => expect(await two.jobs.get(mine, made.id)).toMatchObject({ state: 'finished', done: 200 }));
    expect(fetched.map(({ length }) => length > 20)).toEqual([true, true]);
    expect(fetched.flat().sort()).toEqual([...urls].sort());
    const first = await two.jobs.results(mine, made.id, { limit: 150 });
    const second = await one.jobs.results(mine, made.id, { limit: 150, cursor: Number(first.next) });
    expect(second.next).toBeNull();
    const all = [...first.results, ...second.results];
    expect(all.map(({ index, body }) => [index, body])).toEqual(urls.map((url, index) => [index, `<p>${url}</p>`]));
    expect((await two.jobs.recent(5)).map(({ id }) => id)).toContain(made.id);
    expect([...one.logged, ...two.logged].filter(({ event }) => event === 'job_trouble')).toEqual([]);
  });
});
