// Jobs that several gateways share, when a gateway is killed or Redis goes away: every page has one result in the end, and the
// callback is posted.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { FetchPage } from '../src/jobs/work.js';
import type { Key } from '../src/keys/keys.js';
import { pageOf, requestOf, until } from './support/jobs.js';
import { ownRedis, withoutRedis } from './support/redis.js';
import { type Gateway, gatewayOn, quick } from './support/shared-jobs.js';

const program = fileURLToPath(new URL('children/shared-job-runner.mjs', import.meta.url));
const urls = Array.from({ length: 400 }, (_, index) => `http://s${index % 40}.test/${index}`);

interface Child {
  readonly process: ChildProcess;
  /** The pages that it has begun. */
  readonly begun: () => string[];
}

function startChild(url: string): Child {
  const child = spawn(process.execPath, [program, url, JSON.stringify(quick)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (data: Buffer) => {
    said += data;
  });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'close');
  });
  return { process: child, begun: () => said.split('\n').filter(Boolean) };
}

async function indexesOf({ jobs }: Gateway, key: Key, id: string): Promise<number[]> {
  const indexes: number[] = [];
  for (let next: string | null = '0'; next !== null; ) {
    const page = await jobs.results(key, id, { limit: 150, cursor: Number(next) });
    indexes.push(...page.results.map(({ index }) => index));
    next = page.next;
  }
  return indexes;
}

async function receiver(): Promise<{ url: string; posts: unknown[] }> {
  const posts: unknown[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    posts.push(JSON.parse(body));
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, posts };
}

describe.skipIf(withoutRedis)('jobs of several gateways', () => {
  test('outlive gateways that are killed in the middle', async () => {
    const redis = await ownRedis();
    let takeOver = () => {};
    const left = new Promise<void>((resolve) => {
      takeOver = resolve;
    });
    const last: FetchPage = async ({ url }) => {
      await left;
      return pageOf(url, 'last');
    };
    const idle = await gatewayOn(redis.url, last, { concurrency: 1 });
    const { url: callback, posts } = await receiver();
    const children = [startChild(redis.url), startChild(redis.url)];
    const key = await idle.key({ name: 'k' });
    const { id } = await idle.jobs.create(key, { request: requestOf({ callback }), urls, callback });
    const [first, second] = children as [Child, Child];
    await until(() => expect(Math.min(first.begun().length, second.begun().length)).toBeGreaterThan(40));
    first.process.kill('SIGKILL');
    await until(() => expect(second.begun().length).toBeGreaterThan(100));
    second.process.kill('SIGKILL');
    takeOver();
    await until(async () =>
      expect(await idle.jobs.get(key, id)).toMatchObject({ state: 'finished', done: urls.length }),
    );
    expect(await indexesOf(idle, key, id)).toEqual(urls.map((_, index) => index));
    await until(() => expect(posts).toHaveLength(1));
    expect(posts[0]).toMatchObject({ id, state: 'finished', done: urls.length });
  }, 60_000);

  test('go on when Redis was killed and is back with what it had', async () => {
    const redis = await ownRedis();
    const slow: FetchPage = async ({ url }) => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      return pageOf(url, 'page');
    };
    const [one, two] = [await gatewayOn(redis.url, slow), await gatewayOn(redis.url, slow)];
    const key = await one.key({ name: 'k' });
    const { id } = await one.jobs.create(key, { request: requestOf(), urls });
    await until(async () => expect((await one.jobs.get(key, id)).done).toBeGreaterThan(50));
    redis.signal('SIGSTOP');
    await expect(two.jobs.get(key, id)).rejects.toMatchObject({ code: 'overloaded' });
    redis.signal('SIGCONT');
    await until(async () => {
      const job = await one.jobs.get(key, id).catch(() => undefined);
      expect(job).toMatchObject({ state: 'finished', done: urls.length, failed: 0 });
    });
    expect(await indexesOf(two, key, id)).toEqual(urls.map((_, index) => index));
  }, 60_000);

  test('a Redis that comes back without its data has no such job, and takes new ones', async () => {
    const redis = await ownRedis();
    const one = await gatewayOn(redis.url, async ({ url }) => pageOf(url, 'page'));
    const key = await one.key({ name: 'k' });
    await redis.kill();
    await expect(one.jobs.create(key, { request: requestOf(), urls: ['http://s.test/'] })).rejects.toMatchObject({
      code: 'overloaded',
    });
    await redis.start();
    await until(() => expect(one.connection.reachable).toBe(true));
    const { id } = await one.jobs.create(key, { request: requestOf(), urls: ['http://s.test/'] });
    await until(async () => expect((await one.jobs.get(key, id)).state).toBe('finished'));
  }, 60_000);
});
