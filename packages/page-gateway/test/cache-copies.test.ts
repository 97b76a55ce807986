// Copies by `cache_ttl`, and one flight for all who ask for the same page at once.
import { expect, test } from 'vitest';
import { Copies } from '../src/cache/copies.js';
import type { Page } from '../src/core/page.js';
import type { PageRequest } from '../src/core/page-request.js';
import { Problem } from '../src/core/problem.js';
import { page, request } from './formats-pages.js';

const never = new AbortController().signal;

/** Pages that come when they are told to. */
function source() {
  const asked: Array<{ signal: AbortSignal; bring(brought?: Page): void; fail(error: unknown): void }> = [];
  const fetch = (signal: AbortSignal) =>
    new Promise<Page>((resolve, reject) => {
      asked.push({ signal, bring: (brought = page(`page ${asked.length}`)) => resolve(brought), fail: reject });
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  const next = async (count: number) => {
    while (asked.length < count) await new Promise(setImmediate);
    return asked[count - 1] as (typeof asked)[number];
  };
  return { fetch, next, asked };
}

function at(start = 1_000_000) {
  let time = start;
  return { now: () => time, pass: (ms: number) => (time += ms) };
}

const bring = (text: string) => async () => page(text);
const textOf = ({ page: { fetched } }: { page: Page }) => Buffer.from(fetched.body).toString();

test('a copy is served while it is no older than the caller allows', async () => {
  const clock = at();
  const copies = new Copies({ now: clock.now });
  const ask = async (cacheTtl: number, text: string) => {
    const { cache, page: got } = await copies.get(request({ cacheTtl }), bring(text), { signal: never });
    return `${cache} ${textOf({ page: got })}`;
  };
  expect(await ask(1_000, 'one')).toBe('miss one');
  clock.pass(1_000);
  expect(await ask(1_000, 'two')).toBe('hit one');
  clock.pass(1);
  expect(await ask(5_000, 'two')).toBe('hit one');
  expect(await ask(1_000, 'two')).toBe('miss two');
  expect(await ask(5_000, 'three')).toBe('hit two');
  expect(await ask(0, 'three')).toBe('miss three');
  clock.pass(100);
  expect(await ask(50, 'four')).toBe('miss four');
  expect(await ask(5_000, 'five')).toBe('hit four');
  clock.pass(-10_000);
  expect(await ask(60_000, 'five')).toBe('miss five');
  await copies.close();
});

test.each<[string, Partial<PageRequest>]>([
  ['url', { url: 'https://site.example/other' }],
  ['headers', { headers: [['x-a', '1']] }],
  ['cookies', { cookies: 'a=1' }],
  ['referer', { referer: 'https://r.example/' }],
  ['render', { render: true }],
  ['render=auto', { render: 'auto' }],
  ['rendering', { render: true, rendering: { ...request().rendering, wait: 5 } }],
  ['format=pdf', { format: 'pdf' }],
  ['session', { session: 's' }],
  ['country', { country: 'de' }],
  ['pool', { pool: 'premium' }],
  ['device', { device: 'mobile' }],
  ['identity', { browser: 'firefox' }],
  ['locale', { locale: 'de-DE' }],
  ['follow_redirect', { followRedirect: false }],
  ['max_bytes', { maxBytes: 10 }],
  ['truncate', { truncate: true }],
  ['robots', { robots: 'ignore' }],
  ['on_captcha', { onCaptcha: 'return' }],
  ['retry_404', { retry404: true }],
])('another %s is another page', async (_, parts) => {
  const copies = new Copies();
  await copies.get(request({ cacheTtl: 1e6 }), bring('one'), { signal: never });
  const { cache } = await copies.get(request({ cacheTtl: 1e6, ...parts }), bring('two'), { signal: never });
  expect(cache).toBe('miss');
  expect((await copies.get(request({ cacheTtl: 1e6, ...parts }), bring('x'), { signal: never })).cache).toBe('hit');
  await copies.close();
});

test.each<[string, Partial<PageRequest>]>([
  ['format', { format: 'markdown' }],
  ['extract_rules', { extractRules: { a: 'b' } }],
  ['selectors', { targetSelector: 'a', removeSelector: 'b', onlyMainContent: true }],
  ['times and tries', { timeout: 5, retries: 0 }],
  ['what is rendered where nothing is', { rendering: { ...request().rendering, wait: 5 } }],
  ['meta and status', { meta: 1, transparentStatus: true }],
])('another %s is the same page', async (_, parts) => {
  const copies = new Copies();
  await copies.get(request({ cacheTtl: 1e6 }), bring('one'), { signal: never });
  const copied = await copies.get(request({ cacheTtl: 1e6, ...parts }), bring('two'), { signal: never });
  expect(copied.cache).toBe('hit');
  await copies.close();
});

test('sticky sessions of two owners are two', async () => {
  const copies = new Copies();
  const ask = (owner: string, session?: string) =>
    copies.get(request({ cacheTtl: 1e6, session }), bring(owner), { signal: never, owner });
  expect((await ask('a', 's')).cache).toBe('miss');
  expect((await ask('b', 's')).cache).toBe('miss');
  expect((await ask('a', 's')).cache).toBe('hit');
  expect((await ask('a')).cache).toBe('miss');
  expect((await ask('b')).cache).toBe('hit');
  await copies.close();
});

test('only pages that were got are kept', async () => {
  const copies = new Copies();
  const ask = (parts: Partial<PageRequest>, got: Page) =>
    copies.get(request({ cacheTtl: 1e6, ...parts }), async () => got, { signal: never });
  const challenge = { ...page('x'), verdict: { ...page('x').verdict, kind: 'challenge' as const } };
  for (const [name, got, kept] of [
    ['500', page('x', 'text/html', { status: 500 }), 'miss'],
    ['challenge', challenge, 'miss'],
    ['404', page('x', 'text/html', { status: 404 }), 'hit'],
  ] as const) {
    await ask({ url: `https://site.example/${name}` }, got);
    expect((await ask({ url: `https://site.example/${name}` }, got)).cache).toBe(kept);
  }
  for (const parts of [
    { method: 'POST' },
    { method: 'HEAD' },
    { body: { bytes: new Uint8Array(), contentType: undefined } },
  ]) {
    await ask(parts, page('x'));
    expect((await ask(parts, page('x'))).cache).toBe('miss');
  }
  const failing = () => Promise.reject(new Problem('upstream', 'no'));
  await expect(
    copies.get(request({ cacheTtl: 1, url: 'https://f.example/' }), failing, { signal: never }),
  ).rejects.toThrow('no');
  await expect(
    copies.get(
      request({ cacheTtl: 1, url: 'https://f.example/' }),
      () => {
        throw new Error('at once');
      },
      { signal: never },
    ),
  ).rejects.toThrow('at once');
  await copies.close();
});

test('all who ask meanwhile share one flight; without cache_ttl each has an own one', async () => {
  const copies = new Copies();
  const { fetch, next, asked } = source();
  const five = [1, 2, 3, 4, 5].map(() => copies.get(request({ cacheTtl: 9 }), fetch, { signal: never }));
  (await next(1)).bring(page('shared'));
  expect((await Promise.all(five)).map((each) => `${each.cache} ${textOf(each)}`)).toEqual(
    Array(5).fill('miss shared'),
  );
  expect(asked.length).toBe(1);
  const two = [1, 2].map(() => copies.get(request(), fetch, { signal: never }));
  (await next(2)).bring();
  (await next(3)).bring();
  await Promise.all(two);
  expect(asked.length).toBe(3);
  await copies.close();
});

test('a caller who leaves ends only their own waiting, the last one the flight', async () => {
  const copies = new Copies();
  const { fetch, next, asked } = source();
  const [first, second] = [new AbortController(), new AbortController()];
  const one = copies.get(request({ cacheTtl: 9 }), fetch, { signal: first.signal });
  const two = copies.get(request({ cacheTtl: 9 }), fetch, { signal: second.signal });
  const flight = await next(1);
  first.abort(new Error('first left'));
  await expect(one).rejects.toThrow('first left');
  expect(flight.signal.aborted).toBe(false);
  second.abort(new Error('second left'));
  await expect(two).rejects.toThrow('second left');
  expect(flight.signal.aborted).toBe(true);
  // Whoever comes now does not join what has ended.
  const three = copies.get(request({ cacheTtl: 9 }), fetch, { signal: never });
  (await next(2)).bring(page('new'));
  expect(textOf(await three)).toBe('new');
  expect(asked.length).toBe(2);
  await expect(
    copies.get(request({ cacheTtl: 9 }), fetch, { signal: AbortSignal.abort(new Error('gone')) }),
  ).rejects.toThrow('gone');
  await copies.close();
});

test('a failed flight fails for all; one that only ran out of a shorter budget is begun again', async () => {
  const copies = new Copies();
  const { fetch, next } = source();
  const both = [1, 2].map(() => copies.get(request({ cacheTtl: 9 }), fetch, { signal: never }));
  (await next(1)).fail(new Problem('upstream', 'broken'));
  for (const each of await Promise.allSettled(both)) expect(each).toMatchObject({ reason: { code: 'upstream' } });
  const hasty = copies.get(request({ cacheTtl: 9, timeout: 10 }), fetch, { signal: never });
  const patient = copies.get(request({ cacheTtl: 9, timeout: 60_000 }), fetch, { signal: never });
  (await next(2)).fail(new Problem('timeout', 'time'));
  await expect(hasty).rejects.toMatchObject({ code: 'timeout' });
  (await next(3)).bring(page('in time'));
  expect(textOf(await patient)).toBe('in time');
  await copies.close();
});

test('memory is bounded: what was asked for of late stays', async () => {
  const copies = new Copies({ memoryLimit: 10_000 });
  const ask = (name: string, bytes: number) =>
    copies.get(request({ cacheTtl: 1e6, url: `https://site.example/${name}` }), bring('x'.repeat(bytes)), {
      signal: never,
    });
  await ask('a', 2_000);
  await ask('b', 2_000);
  expect((await ask('a', 0)).cache).toBe('hit');
  await ask('c', 2_000);
  expect((await ask('a', 0)).cache).toBe('hit');
  expect((await ask('b', 2_000)).cache).toBe('miss');
  await ask('huge', 50_000);
  expect((await ask('huge', 50_000)).cache).toBe('miss');
  expect((await ask('b', 0)).cache).toBe('hit');
  await copies.close();
});
