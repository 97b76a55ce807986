// Jobs from being taken in to their last result: counts, order, ends, people, quota, and whose they are.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Problem } from '../src/core/problem.js';
import type { FetchPage } from '../src/jobs/work.js';
import { temporaryFolder } from './support/folder.js';
import { jobsOn, pageOf, requestOf, until, urlsOf } from './support/jobs.js';

const good: FetchPage = async ({ url }) => pageOf(url, `<p>${url}</p>`);
const never: FetchPage = (_request, { signal }) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

test('a job of many URLs is finished with a result for each, in order and with what was asked for', async () => {
  const seen: string[] = [];
  const { jobs, key } = jobsOn(async (request) => {
    seen.push(`${request.format} ${request.url}`);
    await sleep(Math.random() * 5);
    return good(request, { key: await owner, signal: new AbortController().signal });
  });
  const owner = key({ name: 'a' });
  const mine = await owner;
  const request = requestOf({ format: 'text', meta: { order: 7 } });
  const made = await jobs.create(mine, { request, urls: urlsOf(130) });
  expect(made).toMatchObject({ total: 130, meta: { order: 7 } });
  expect(made.callback_secret).toMatch(/^cbs_/);
  await until(async () => expect((await jobs.get(mine, made.id)).state).toBe('finished'));
  const { callback_secret: _, ...plain } = made;
  const job = await jobs.get(mine, made.id);
  expect(job).toEqual({ ...plain, state: 'finished', done: 130, failed: 0, updated: job.updated });
  expect(Object.keys(job)).not.toContain('callback_secret');
  expect(new Set(seen)).toEqual(new Set(urlsOf(130).map((url) => `text ${url}`)));
  const first = await jobs.results(mine, made.id, { limit: 100 });
  expect(first.next).toBe('100');
  const second = await jobs.results(mine, made.id, { limit: 100, cursor: Number(first.next) });
  expect(second.next).toBeNull();
  const all = [...first.results, ...second.results];
  expect(all.map(({ index }) => index)).toEqual(Array.from({ length: 130 }, (_, index) => index));
  expect(all[7]).toMatchObject({
    url: 'http://site.test/7',
    ok: true,
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8', 'set-cookie': ['a=1', 'b=2'] },
    body: '<p>http://site.test/7</p>',
    error: null,
  });
});

test('a job that failed in part is finished, one that failed in all is failed, and the problems are told', async () => {
  const { jobs, key } = jobsOn(async ({ url }) => {
    if (url.endsWith('1')) {
      const attempt = {
        engine: 'http',
        proxy: undefined,
        identity: 'i',
        status: 403,
        verdict: 'block',
        ms: 1,
      } as const;
      throw new Problem('blocked', 'It blocks.', { attempts: [attempt], members: { vendor: 'x' } });
    }
    return pageOf(url, 'ok', 404);
  });
  const mine = await key({ name: 'a' });
  const partly = await jobs.create(mine, { request: requestOf(), urls: urlsOf(3) });
  const wholly = await jobs.create(mine, { request: requestOf(), urls: ['http://site.test/1', 'http://site.test/21'] });
  await until(async () =>
    expect(await jobs.get(mine, partly.id)).toMatchObject({ state: 'finished', done: 2, failed: 1 }),
  );
  await until(async () =>
    expect(await jobs.get(mine, wholly.id)).toMatchObject({ state: 'failed', done: 0, failed: 2 }),
  );
  const { results } = await jobs.results(mine, partly.id, { limit: 10 });
  expect(results.map(({ ok, status }) => [ok, status])).toEqual([
    [true, 404],
    [false, 403],
    [true, 404],
  ]);
  expect(results[1]?.error).toMatchObject({ code: 'blocked', status: 423, vendor: 'x', attempts: [{ status: 403 }] });
});

test('what goes wrong here is told to the caller without its words, and logged with them', async () => {
  const { jobs, key, logged } = jobsOn(async () => {
    throw new Error('secret of the house');
  });
  const mine = await key({ name: 'a' });
  const { id } = await jobs.create(mine, { request: requestOf(), urls: urlsOf(1) });
  await until(async () => expect((await jobs.get(mine, id)).state).toBe('failed'));
  const answer = await jobs.results(mine, id, { limit: 1 });
  expect(answer.results[0]?.error).toMatchObject({ code: 'internal' });
  expect(JSON.stringify(answer)).not.toContain('secret of the house');
  expect(logged).toContainEqual({ event: 'job_trouble', facts: { err: new Error('secret of the house') } });
});

test('bytes that are no text, and large ones, come back as they were', async () => {
  const image = Uint8Array.from({ length: 700_000 }, (_, index) => index % 251);
  const { jobs, key } = jobsOn(async ({ url }) => pageOf(url, url.endsWith('0') ? image : 'ü'.repeat(300_000)));
  const mine = await key({ name: 'a' });
  const { id } = await jobs.create(mine, { request: requestOf(), urls: urlsOf(2) });
  await until(async () => expect((await jobs.get(mine, id)).state).toBe('finished'));
  const { results } = await jobs.results(mine, id, { limit: 10 });
  expect(Buffer.from(results[0]?.bodyBase64 ?? '', 'base64').equals(image)).toBe(true);
  expect(results[0]?.body).toBeUndefined();
  expect(results[1]?.body).toBe('ü'.repeat(300_000));
});

test('while a job runs, its results end at the first page that is under way, and going on misses none', async () => {
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const { jobs, key } = jobsOn(async ({ url }) => {
    if (url.endsWith('/2')) await gate;
    return pageOf(url, url);
  });
  const mine = await key({ name: 'a' });
  const { id } = await jobs.create(mine, { request: requestOf(), urls: urlsOf(6) });
  await until(async () => expect((await jobs.get(mine, id)).done).toBe(5));
  expect((await jobs.get(mine, id)).state).toBe('running');
  const early = await jobs.results(mine, id, { limit: 10 });
  expect(early.results.map(({ index }) => index)).toEqual([0, 1]);
  expect(early.next).toBe('2');
  open();
  await until(async () => expect((await jobs.get(mine, id)).state).toBe('finished'));
  const late = await jobs.results(mine, id, { limit: 10, cursor: Number(early.next) });
  expect(late.results.map(({ index }) => index)).toEqual([2, 3, 4, 5]);
  expect(late.next).toBeNull();
});

test('a page of results is bounded by bytes as well as by number', async () => {
  const { jobs, key } = jobsOn(async ({ url }) => pageOf(url, new Uint8Array(6 * 1024 ** 2)));
  const mine = await key({ name: 'a' });
  const { id } = await jobs.create(mine, { request: requestOf(), urls: urlsOf(4) });
  await until(async () => expect((await jobs.get(mine, id)).state).toBe('finished'));
  const page = await jobs.results(mine, id, { limit: 100 });
  expect([page.results.length, page.next]).toEqual([2, '2']);
});

test('cancelling ends what is under way, keeps what was got, and gives back what was never begun', async () => {
  let begun = 0;
  let aborted = 0;
  const { jobs, key, keys } = jobsOn(
    async (request, options) => {
      if (request.url.endsWith('/0')) return pageOf(request.url, 'first');
      options.signal.addEventListener('abort', () => {
        aborted += 1;
      });
      begun += 1;
      return never(request, options);
    },
    { concurrency: 3 },
  );
  const mine = await key({ name: 'a', quota: 100 });
  (await keys.admit(mine, 50)).release();
  const { id } = await jobs.create(mine, { request: requestOf(), urls: urlsOf(50) });
  await until(async () => expect(await jobs.get(mine, id)).toMatchObject({ state: 'running', done: 1 }));
  await until(() => expect(begun).toBe(3));
  expect(await jobs.load()).toEqual({ queued: 46, running: 3 });
  expect(await jobs.cancel(mine, id)).toMatchObject({ state: 'cancelled', done: 1, failed: 0 });
  await until(() => expect(aborted).toBe(3));
  // One was got and three were begun.
  expect((await keys.usage(mine)).quota.used).toBe(4);
  expect(await jobs.cancel(mine, id)).toMatchObject({ state: 'cancelled' });
  expect((await keys.usage(mine)).quota.used).toBe(4);
  const { results, next } = await jobs.results(mine, id, { limit: 10 });
  expect([results.length, next]).toEqual([1, null]);
  await until(async () => expect((await jobs.load()).running).toBe(0));
});

test('a job that is over stays as it is when it is cancelled', async () => {
  const { jobs, key } = jobsOn(good);
  const mine = await key({ name: 'a' });
  const { id } = await jobs.create(mine, { request: requestOf(), urls: urlsOf(2) });
  await until(async () => expect((await jobs.get(mine, id)).state).toBe('finished'));
  expect((await jobs.cancel(mine, id)).state).toBe('finished');
});

test('a job is there for its key and for admins only', async () => {
  const { jobs, key } = jobsOn(good);
  const [mine, other, admin] = [
    await key({ name: 'a' }),
    await key({ name: 'b' }),
    await key({ name: 'c', scopes: ['admin'] }),
  ];
  const { id } = await jobs.create(mine, { request: requestOf(), urls: urlsOf(1) });
  expect((await jobs.get(admin, id)).id).toBe(id);
  for (const ask of [() => jobs.get(other, id), () => jobs.get(mine, 'job_nope')]) {
    await expect(ask()).rejects.toMatchObject({ code: 'job_not_found', status: 404 });
  }
  await expect(jobs.cancel(other, id)).rejects.toMatchObject({ code: 'job_not_found' });
  await expect(jobs.results(other, id, { limit: 1 })).rejects.toMatchObject({ code: 'job_not_found' });
});

test('a key has no more pages under way than it may, whatever its jobs', async () => {
  let underWay = 0;
  let most = 0;
  const { jobs, key } = jobsOn(async ({ url }) => {
    underWay += 1;
    most = Math.max(most, underWay);
    await sleep(2);
    underWay -= 1;
    return pageOf(url, '');
  });
  const mine = await key({ name: 'a', concurrency: 3 });
  const made = [await jobs.create(mine, { request: requestOf(), urls: urlsOf(20) })];
  made.push(await jobs.create(mine, { request: requestOf(), urls: urlsOf(20) }));
  for (const { id } of made) await until(async () => expect((await jobs.get(mine, id)).state).toBe('finished'));
  expect(most).toBe(3);
});

test('"not now" is no result: the page is asked for again', async () => {
  let asked = 0;
  const { jobs, key } = jobsOn(async ({ url }) => {
    asked += 1;
    if (asked === 1) throw new Problem('overloaded', 'Too busy.');
    return pageOf(url, 'there');
  });
  const mine = await key({ name: 'a' });
  const { id } = await jobs.create(mine, { request: requestOf(), urls: urlsOf(1) });
  await until(async () => expect(await jobs.get(mine, id)).toMatchObject({ state: 'finished', done: 1 }));
  expect(asked).toBe(2);
});

test('a job whose pages wait for a person says so, goes on when the ticket is solved, and fails that page when nobody came', async () => {
  const tickets = new Map<string, (how: 'solved' | 'expired') => void>();
  const solved = new Set<string>();
  const { jobs, key } = jobsOn(
    async ({ url }) => {
      const ticket = `ticket-${url.at(-1)}`;
      if (/[12]$/.test(url) && !solved.has(ticket)) {
        throw new Problem('captcha_required', 'A person must look.', { members: { ticket } });
      }
      return pageOf(url, 'seen');
    },
    {
      ticketEnded: (ticket, signal) =>
        new Promise((resolve, reject) => {
          tickets.set(ticket, resolve);
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        }),
    },
  );
  const mine = await key({ name: 'a' });
  const { id } = await jobs.create(mine, { request: requestOf({ on_captcha: 'handoff' }), urls: urlsOf(4) });
  await until(async () =>
    expect(await jobs.get(mine, id)).toMatchObject({ state: 'waiting_human', done: 2, failed: 0 }),
  );
  solved.add('ticket-1');
  tickets.get('ticket-1')?.('solved');
  await until(async () => expect(await jobs.get(mine, id)).toMatchObject({ state: 'waiting_human', done: 3 }));
  tickets.get('ticket-2')?.('expired');
  await until(async () => expect(await jobs.get(mine, id)).toMatchObject({ state: 'finished', done: 3, failed: 1 }));
  const { results } = await jobs.results(mine, id, { limit: 10 });
  expect(results[2]?.error).toMatchObject({ code: 'captcha_required', ticket: 'ticket-2' });
});

test('an orderly end in the middle leaves the rest for the next start, and nothing is fetched twice', async () => {
  const folder = temporaryFolder();
  const got: string[] = [];
  let hold = 10;
  const slow: FetchPage = async (request, options) => {
    hold -= 1;
    if (hold < 0) return never(request, options);
    got.push(request.url);
    return pageOf(request.url, 'ok');
  };
  const first = jobsOn(slow, { folder });
  const mine = await first.key({ name: 'a' });
  const { id } = await first.jobs.create(mine, { request: requestOf(), urls: urlsOf(40) });
  await until(async () => expect((await first.jobs.get(mine, id)).done).toBe(10));
  await first.end();
  const second = jobsOn(
    async ({ url }) => {
      got.push(url);
      return pageOf(url, 'ok');
    },
    { folder },
  );
  await until(async () => expect(await second.jobs.get(mine, id)).toMatchObject({ state: 'finished', done: 40 }));
  expect([...got].sort()).toEqual(urlsOf(40).sort());
});

test('of two services on one folder one works, the other takes in, cancels, and takes over', async () => {
  const folder = temporaryFolder();
  const by: string[] = [];
  const worker =
    (name: string): FetchPage =>
    async (request, options) => {
      by.push(name);
      return request.url.endsWith('/stuck') ? never(request, options) : pageOf(request.url, name);
    };
  const one = jobsOn(worker('one'), { folder });
  const two = jobsOn(worker('two'), { folder });
  const mine = await one.key({ name: 'a' });
  const quick = await two.jobs.create(mine, { request: requestOf(), urls: urlsOf(5) });
  await until(async () => expect((await two.jobs.get(mine, quick.id)).state).toBe('finished'));
  expect(new Set(by)).toEqual(new Set(['one']));
  const stuck = await one.jobs.create(mine, { request: requestOf(), urls: ['http://site.test/stuck'] });
  await until(async () => expect((await one.jobs.load()).running).toBe(1));
  await two.jobs.cancel(mine, stuck.id);
  await until(async () => expect((await one.jobs.load()).running).toBe(0));
  await one.end();
  const later = await two.jobs.create(mine, { request: requestOf(), urls: urlsOf(2) });
  await until(async () => expect((await two.jobs.get(mine, later.id)).state).toBe('finished'));
  expect(by.slice(-2)).toEqual(['two', 'two']);
});

test('jobs are kept for 72 hours after their end', async () => {
  const hour = 3_600_000;
  let now = Date.now();
  const folder = temporaryFolder();
  const first = jobsOn(async ({ url }) => pageOf(url, new Uint8Array(300_000)), { folder, now: () => now });
  const mine = await first.key({ name: 'a' });
  const { id } = await first.jobs.create(mine, { request: requestOf(), urls: urlsOf(2) });
  await until(async () => expect((await first.jobs.get(mine, id)).state).toBe('finished'));
  await first.end();
  now += 72 * hour;
  const second = jobsOn(good, { folder, now: () => now });
  expect((await second.jobs.results(mine, id, { limit: 5 })).results).toHaveLength(2);
  await second.end();
  now += hour;
  const third = jobsOn(good, { folder, now: () => now });
  await until(() => expect(third.jobs.get(mine, id)).rejects.toThrow('no such job'));
});

test('pages of a busy host do not hold up those of others', async () => {
  const seen: string[] = [];
  const { jobs, key } = jobsOn(
    async (request, options) => {
      seen.push(new URL(request.url).host);
      return request.url.includes('slow') ? never(request, options) : pageOf(request.url, '');
    },
    { perHost: 2, concurrency: 6 },
  );
  const mine = await key({ name: 'a' });
  const urls = [...Array.from({ length: 30 }, (_, index) => `http://slow.test/${index}`), ...urlsOf(30)];
  const { id } = await jobs.create(mine, { request: requestOf(), urls });
  await until(async () => expect((await jobs.get(mine, id)).done).toBe(30));
  expect(seen.filter((host) => host === 'slow.test')).toHaveLength(2);
  await jobs.cancel(mine, id);
});
