// Callbacks: what is posted and how it is signed, tries and their end, receivers that are down, and the guard.
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { Receivers } from '../src/jobs/receivers.js';
import { temporaryFolder } from './support/folder.js';
import { type Bench, jobsOn, pageOf, requestOf, until, urlsOf } from './support/jobs.js';

interface Post {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly at: number;
}

/** A receiver that answers by `statusOf`, and remembers what it got. */
async function receiver(statusOf: (post: Post, count: number) => number): Promise<{ url: string; posts: Post[] }> {
  const posts: Post[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const post = {
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(parts).toString(),
        at: performance.now(),
      };
      posts.push(post);
      response.writeHead(statusOf(post, posts.length), { location: '/elsewhere' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, posts };
}

const good = async ({ url }: { url: string }) => pageOf(url, url);
const events = ({ logged }: Bench) => logged.map(({ event }) => event).filter((event) => event.startsWith('callback'));

test('the job and its results are posted once, signed so that the receiver can tell', async () => {
  const { url, posts } = await receiver(() => 204);
  const bench = jobsOn(good);
  const mine = await bench.key({ name: 'a' });
  const request = requestOf({ meta: { order: 7 } });
  const made = await bench.jobs.create(mine, { request, urls: urlsOf(3), callback: `${url}/done?x=1` });
  await until(() => expect(events(bench)).toEqual(['callback_delivered']));
  expect(posts).toHaveLength(1);
  const [post] = posts as [Post];
  expect([post.path, post.headers['content-type']]).toEqual(['/done?x=1', 'application/json']);
  const [, t = '', v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(post.headers['x-errand-signature'])) ?? [];
  expect(v1).toBe(createHmac('sha256', made.callback_secret).update(`${t}.${post.body}`).digest('hex'));
  expect(Math.abs(Number(t) - Date.now() / 1000)).toBeLessThan(10);
  const body = JSON.parse(post.body);
  expect(body).toMatchObject({
    id: made.id,
    state: 'finished',
    total: 3,
    done: 3,
    failed: 0,
    meta: { order: 7 },
    next: null,
  });
  expect(body.results.map(({ index, body: text }: { index: number; body: string }) => [index, text])).toEqual(
    urlsOf(3).map((each, index) => [index, each]),
  );
  expect(post.body).not.toContain(made.callback_secret);
});

test('a callback that failed is tried again after the next delay, with a signature of its own time', async () => {
  const { url, posts } = await receiver((_post, count) => [500, 302, 200][count - 1] ?? 200);
  const bench = jobsOn(good, { callbackDelays: [50, 120] });
  const mine = await bench.key({ name: 'a' });
  await bench.jobs.create(mine, { request: requestOf(), urls: urlsOf(1), callback: url });
  await until(() => expect(events(bench)).toEqual(['callback_failed', 'callback_failed', 'callback_delivered']));
  expect(posts.map(({ path }) => path)).toEqual(['/', '/', '/']);
  expect(posts[1]!.at - posts[0]!.at).toBeGreaterThanOrEqual(45);
  expect(posts[2]!.at - posts[1]!.at).toBeGreaterThanOrEqual(115);
  expect(new Set(posts.map(({ body }) => body)).size).toBe(1);
});

test('a callback that was due when the process ended is posted by the next one', async () => {
  let up = false;
  const { url, posts } = await receiver(() => (up ? 200 : 503));
  const folder = temporaryFolder();
  const first = jobsOn(good, { folder, callbackDelays: [100] });
  const mine = await first.key({ name: 'a' });
  await first.jobs.create(mine, { request: requestOf(), urls: urlsOf(1), callback: url });
  await until(() => expect(events(first)).toContain('callback_failed'));
  await first.end();
  const before = posts.length;
  up = true;
  const second = jobsOn(good, { folder });
  await until(() => expect(events(second)).toEqual(['callback_delivered']));
  expect(posts).toHaveLength(before + 1);
});

test('after a day of tries it is given up', async () => {
  const { url } = await receiver(() => 500);
  let ahead = 0;
  const bench = jobsOn(good, { callbackDelays: [20], now: () => Date.now() + ahead });
  const mine = await bench.key({ name: 'a' });
  await bench.jobs.create(mine, { request: requestOf(), urls: urlsOf(1), callback: url });
  await until(() => expect(events(bench)).toContain('callback_failed'));
  expect(events(bench)).not.toContain('callback_given_up');
  ahead = 25 * 3_600_000;
  await until(() => expect(events(bench)).toContain('callback_given_up'));
  expect(bench.store.jobs.deliveries()).toEqual([]);
});

test('a receiver that says 410 is asked no more', async () => {
  const { url, posts } = await receiver(() => 410);
  const bench = jobsOn(good, { callbackDelays: [5] });
  const mine = await bench.key({ name: 'a' });
  await bench.jobs.create(mine, { request: requestOf(), urls: urlsOf(1), callback: url });
  await until(() => expect(events(bench)).toEqual(['callback_given_up']));
  expect(posts).toHaveLength(1);
});

test('a private address is not posted to', async () => {
  const bench = jobsOn(good);
  const mine = await bench.key({ name: 'a' });
  for (const callback of ['http://10.0.0.1/', 'http://169.254.169.254/latest/', 'http://[::1]:8080/']) {
    await bench.jobs.create(mine, { request: requestOf(), urls: urlsOf(1), callback });
  }
  await until(() => expect(events(bench)).toEqual(Array(3).fill('callback_given_up')));
  for (const { event, facts } of bench.logged) {
    if (event === 'callback_given_up') expect(facts).toMatchObject({ reason: 'BlockedAddressError', tries: 1 });
  }
});

test('a receiver that is down gets one callback at a time, and all the rest at once when it is up again', async () => {
  let up = false;
  let atOnce = 0;
  let most = 0;
  const { url, posts } = await receiver(() => {
    atOnce += 1;
    if (!up) most = Math.max(most, atOnce);
    atOnce -= 1;
    return up ? 200 : 503;
  });
  const bench = jobsOn(good, { callbackDelays: [30, 60, 3_600_000] });
  const mine = await bench.key({ name: 'a' });
  for (let job = 0; job < 6; job += 1)
    await bench.jobs.create(mine, { request: requestOf(), urls: urlsOf(1), callback: url });
  await until(() => expect(events(bench).length).toBeGreaterThan(6));
  up = true;
  const before = posts.length;
  // Most of them are due in an hour; the one that arrives brings them forward.
  await bench.jobs.create(mine, { request: requestOf(), urls: urlsOf(1), callback: url });
  await until(() => expect(events(bench).filter((event) => event === 'callback_delivered')).toHaveLength(7));
  expect(posts.length - before).toBeGreaterThanOrEqual(7);
  expect(most).toBeLessThanOrEqual(4);
});

test('a cancelled job posts nothing', async () => {
  const { url, posts } = await receiver(() => 200);
  const bench = jobsOn((_request, { signal }) => new Promise((_, reject) => signal.addEventListener('abort', reject)));
  const mine = await bench.key({ name: 'a' });
  const { id } = await bench.jobs.create(mine, { request: requestOf(), urls: urlsOf(1), callback: url });
  await bench.jobs.cancel(mine, id);
  expect(bench.store.jobs.deliveries()).toEqual([]);
  expect(posts).toEqual([]);
});

test('a receiver is down after three failures in a row, and up after one success, under any schedule', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (outcomes) => {
      const receivers = new Receivers();
      let inRow = 0;
      for (const arrived of outcomes) {
        expect(receivers.mayTry('o')).toBe(true);
        receivers.started('o');
        expect(receivers.mayTry('o')).toBe(inRow < 3);
        expect(receivers.ended('o', arrived)).toBe(arrived && inRow >= 3);
        inRow = arrived ? 0 : inRow + 1;
      }
    }),
  );
});
