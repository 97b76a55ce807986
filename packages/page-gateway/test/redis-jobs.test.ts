// Jobs of gateways that share a Redis: each page once, whoever fetches it, and any gateway knows of any job.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Problem } from '../src/core/problem.js';
import type { FetchPage } from '../src/jobs/work.js';
import { pageOf, requestOf, until, urlsOf } from './support/jobs.js';
import { ownRedis, withoutRedis } from './support/redis.js';
import { type Gateway, gatewayOn } from './support/shared-jobs.js';

const good: FetchPage = async ({ url }) => pageOf(url, `<p>${url}</p>`);
const never: FetchPage = (_request, { signal }) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
const troubles = (...gateways: Gateway[]) =>
  gateways.flatMap(({ logged }) => logged).filter(({ event }) => event === 'job_trouble');
/** At as many hosts as pages, so that none is crowded. */
const apart = (count: number) => Array.from({ length: count }, (_, index) => `http://s${index}.test/`);

describe.skipIf(withoutRedis)('jobs of several gateways', () => {
  test('both work on one job, each page once, and either tells of it', async () => {
    const redis = await ownRedis();
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
    const other = await two.key({ name: 'b' });
    await expect(two.jobs.get(other, made.id)).rejects.toMatchObject({ code: 'job_not_found' });
    expect(troubles(one, two)).toEqual([]);
  });

  test('a key has no more pages under way than it may, whatever its jobs and gateways', async () => {
    const redis = await ownRedis();
    let underWay = 0;
    let most = 0;
    const slow: FetchPage = async (request, options) => {
      most = Math.max(most, ++underWay);
      await sleep(15);
      underWay--;
      return good(request, options);
    };
    const [one, two] = [await gatewayOn(redis.url, slow), await gatewayOn(redis.url, slow)];
    const mine = await one.key({ name: 'narrow', concurrency: 3 });
    const call = { request: requestOf(), urls: apart(20) };
    const made = [await one.jobs.create(mine, call), await two.jobs.create(mine, call)];
    for (const { id } of made) await until(async () => expect((await one.jobs.get(mine, id)).state).toBe('finished'));
    expect(most).toBe(3);
  });

  test('the three pages of one caller do not wait for the thousand of another', async () => {
    const redis = await ownRedis();
    let others = 0;
    const slow: FetchPage = async (request, options) => {
      if (request.url.includes('//s')) others++;
      await sleep(10);
      return good(request, options);
    };
    const one = await gatewayOn(redis.url, slow, { concurrency: 4 });
    const [large, small] = [await one.key({ name: 'large' }), await one.key({ name: 'small' })];
    const { id: long } = await one.jobs.create(large, { request: requestOf(), urls: apart(1_000) });
    await until(() => expect(others).toBeGreaterThan(10));
    const before = others;
    const { id } = await one.jobs.create(small, { request: requestOf(), urls: urlsOf(3) });
    await until(async () => expect((await one.jobs.get(small, id)).state).toBe('finished'));
    // Entries that wait in the queue already go first: as many as a key has at once.
    expect(others - before).toBeLessThan(200);
    await one.jobs.cancel(large, long);
  });

  test('a host that is crowded holds up the pages of no other host', async () => {
    const redis = await ownRedis();
    const held: Array<() => void> = [];
    const one = await gatewayOn(
      redis.url,
      async (request, options) => {
        if (request.url.includes('site.test')) await new Promise<void>((resolve) => held.push(resolve));
        return good(request, options);
      },
      { perHost: 2 },
    );
    const mine = await one.key({ name: 'crowd' });
    const urls = [...urlsOf(10), ...apart(10)];
    const { id } = await one.jobs.create(mine, { request: requestOf(), urls });
    await until(async () => expect((await one.jobs.get(mine, id)).done).toBe(10));
    expect(held).toHaveLength(2);
    const releasing = setInterval(() => held.splice(0).forEach((release) => void release()), 5);
    await until(async () => expect((await one.jobs.get(mine, id)).state).toBe('finished')).finally(() =>
      clearInterval(releasing),
    );
  });

  test('cancelled at one gateway, it ends at all, and what was never begun is given back once', async () => {
    const redis = await ownRedis();
    let begun = 0;
    let aborted = 0;
    const stuck: FetchPage = (request, options) => {
      begun++;
      options.signal.addEventListener('abort', () => aborted++);
      return never(request, options);
    };
    const [one, two] = [await gatewayOn(redis.url, stuck), await gatewayOn(redis.url, stuck)];
    const mine = await one.key({ name: 'c', concurrency: 6, quota: 100 });
    (await one.keys.admit(mine, 50)).release();
    const { id } = await one.jobs.create(mine, { request: requestOf(), urls: apart(50) });
    await until(() => expect(begun).toBe(6));
    expect(await one.jobs.load()).toEqual({ queued: 44, running: 6 });
    const both = await Promise.all([two.jobs.cancel(mine, id), one.jobs.cancel(mine, id)]);
    expect(both.map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
    await until(() => expect(aborted).toBe(6));
    expect((await two.keys.usage(mine)).quota.used).toBe(6);
    expect(await two.jobs.load()).toEqual({ queued: 0, running: 0 });
    expect(await two.jobs.results(mine, id, { limit: 10 })).toEqual({ results: [], next: null });
  });

  test('a page that waits for a person keeps no turn, and the job says when only people are missing', async () => {
    const redis = await ownRedis();
    let solve: (how: 'solved' | 'expired') => void = () => {};
    let solved = false;
    const one = await gatewayOn(
      redis.url,
      async (request, options) => {
        if (!request.url.endsWith('/0') || solved) return good(request, options);
        throw new Problem('captcha_required', 'A person is needed.', { members: { ticket: 't1' } });
      },
      {
        ticketEnded: (ticket) => {
          expect(ticket).toBe('t1');
          return new Promise((resolve) => {
            solve = resolve;
          });
        },
      },
    );
    const mine = await one.key({ name: 'h', concurrency: 1 });
    const { id } = await one.jobs.create(mine, { request: requestOf(), urls: urlsOf(3) });
    await until(async () => expect(await one.jobs.get(mine, id)).toMatchObject({ state: 'waiting_human', done: 2 }));
    solved = true;
    solve('solved');
    await until(async () => expect(await one.jobs.get(mine, id)).toMatchObject({ state: 'finished', done: 3 }));
  });

  test('a page that is told to come later is tried again, and a result in the end', async () => {
    const redis = await ownRedis();
    const tries: number[] = [];
    const one = await gatewayOn(redis.url, async () => {
      tries.push(performance.now());
      throw new Problem(tries.length < 2 ? 'overloaded' : 'upstream', 'Not now.', { retryAfter: 1 });
    });
    const mine = await one.key({ name: 'l' });
    const { id } = await one.jobs.create(mine, { request: requestOf(), urls: urlsOf(1) });
    await until(async () => expect(await one.jobs.get(mine, id)).toMatchObject({ state: 'failed', failed: 1 }));
    expect(tries[1]! - tries[0]!).toBeGreaterThan(950);
    const { results } = await one.jobs.results(mine, id, { limit: 1 });
    expect(results[0]?.error).toMatchObject({ code: 'upstream' });
  });

  test('bytes come back as they were, and a page of results is bounded by bytes', async () => {
    const redis = await ownRedis();
    const image = Uint8Array.from({ length: 9 * 1024 ** 2 }, (_, index) => index % 251);
    const one = await gatewayOn(redis.url, async ({ url }) => pageOf(url, image));
    const mine = await one.key({ name: 'b2' });
    const { id } = await one.jobs.create(mine, { request: requestOf(), urls: urlsOf(2) });
    await until(async () => expect((await one.jobs.get(mine, id)).state).toBe('finished'));
    const page = await one.jobs.results(mine, id, { limit: 10 });
    expect([page.results.length, page.next]).toEqual([1, '1']);
    expect(Buffer.from(page.results[0]?.bodyBase64 ?? '', 'base64').equals(image)).toBe(true);
  });

  test('a gateway that closes gives back what it was at', async () => {
    const redis = await ownRedis();
    const one = await gatewayOn(redis.url, never);
    const mine = await one.key({ name: 'g' });
    const { id } = await one.jobs.create(mine, { request: requestOf(), urls: apart(5) });
    await until(async () => expect(await one.jobs.load()).toEqual({ queued: 0, running: 5 }));
    const began = performance.now();
    await one.end();
    expect(performance.now() - began).toBeLessThan(2_500);
    const two = await gatewayOn(redis.url, good);
    await until(async () => expect(await two.jobs.get(mine, id)).toMatchObject({ state: 'finished', done: 5 }));
  });
});
