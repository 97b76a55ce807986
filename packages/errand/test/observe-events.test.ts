// What is told on Node's diagnostics channels, and that nothing is made for channels nobody listens to.
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ServerResponse } from 'node:http';
import { DisconnectedError, type ErrandEvents, Session } from 'errand';
import { scriptedWeb } from 'errand/testing';
import { afterEach, expect, test } from 'vitest';
import { serve } from './support/server.js';

type Name = keyof ErrandEvents;
interface Told {
  readonly name: string;
  readonly [fact: string]: unknown;
}

const undo: Array<() => void> = [];
afterEach(() => {
  for (const each of undo.splice(0)) each();
});

/** Everything told on the channels of that name, or below it. */
function listen(...names: Name[]): Told[] {
  const told: Told[] = [];
  for (const name of names) {
    const listener = (facts: unknown) => told.push({ name, ...(facts as object) });
    subscribe(name, listener);
    undo.push(() => unsubscribe(name, listener));
  }
  return told;
}

const requestsAndAttempts: Name[] = [
  'errand:request:start',
  'errand:request:end',
  'errand:request:error',
  'errand:attempt:start',
  'errand:attempt:end',
  'errand:attempt:error',
];
const url = 'https://api.example/users?api_key=hidden&page=1';
const shown = 'https://api.example/users?api_key=***&page=1';
const quick = { retry: { backoff: { base: 1, max: 1 } } };

test('a request with a retry and a redirect, from its start to its end', async () => {
  const told = listen(...requestsAndAttempts);
  const web = scriptedWeb();
  web.get(url, [503, { fail: 'reset' }, { status: 302, headers: { location: '/there' } }]);
  web.get('https://api.example/there', { json: 1 });
  await using session = web.session(quick);
  await session.get(url, { lane: 'guild', headers: { authorization: 'Bearer hidden' } });
  expect(told.map(({ name, attempt, status, url }) => [name.slice(7), attempt ?? status, url])).toEqual([
    ['request:start', undefined, shown],
    ['attempt:start', 1, shown],
    ['attempt:end', 1, shown],
    ['attempt:start', 2, shown],
    ['attempt:error', 2, shown],
    ['attempt:start', 3, shown],
    ['attempt:end', 3, shown],
    ['attempt:start', 4, 'https://api.example/there'],
    ['attempt:end', 4, 'https://api.example/there'],
    ['request:end', 200, shown],
  ]);
  expect(new Set(told.map(({ id }) => id)).size).toBe(1);
  expect(told.every(({ lane, method }) => lane === 'guild' && method === 'GET')).toBe(true);
  expect(told[2]).toMatchObject({ status: 503 });
  expect(told[4]).toMatchObject({ error: { name: 'DisconnectedError', code: 'ERRAND_DISCONNECTED' } });
  expect(told.at(-1)).toMatchObject({ fromCache: false, attempts: 4, trace: { attempts: expect.any(Array) } });
  const text = JSON.stringify(told);
  expect(text).not.toContain('hidden');
  expect(JSON.parse(text)).toEqual(told);
});

test('a request that fails: the error as plain facts', async () => {
  const told = listen('errand:request:end', 'errand:request:error', 'errand:attempt:end');
  const web = scriptedWeb();
  web.get(url, 404);
  web.get('https://api.example/own', 200);
  await using session = web.session({
    middleware: {
      attempt: [
        (next) => (request) => {
          if (request.url.pathname === '/own') throw new RangeError('own');
          return next(request);
        },
      ],
    },
  });
  await expect(session.get(url)).rejects.toThrow();
  await expect(session.get('https://api.example/own')).rejects.toThrow(RangeError);
  expect(told.map(({ name, status }) => [name, status])).toEqual([
    ['errand:attempt:end', 404],
    ['errand:request:error', undefined],
    ['errand:request:error', undefined],
  ]);
  expect(told[1]?.error).toMatchObject({ name: 'HttpError', code: 'ERRAND_HTTP_STATUS' });
  expect(told[2]?.error).toEqual({ name: 'RangeError', message: 'own' });
  expect(JSON.stringify(told)).not.toContain('hidden');
});

test('a stream ends with its body: read, left, broken, aborted', async () => {
  const told = listen('errand:request:end', 'errand:request:error', 'errand:attempt:end', 'errand:attempt:error');
  let held: ServerResponse | undefined;
  await using server = await serve((_, response) => {
    response.write('begin');
    held = response;
  });
  await using session = new Session({ guard: false });
  const names = () =>
    told.splice(0).map(({ name, error }) => `${name.slice(7)} ${(error as { code?: string })?.code ?? ''}`);
  const whole = await session.stream(`${server.url}/whole`);
  expect(names()).toEqual([]);
  held?.end('end');
  for await (const _ of whole);
  expect(names().sort()).toEqual(['attempt:end ', 'request:end ']);
  const left = await session.stream(`${server.url}/open`);
  await left.close();
  expect(names().sort()).toEqual(['attempt:error ERRAND_DISCONNECTED', 'request:end ']);
  const broken = await session.stream(`${server.url}/broken`);
  const reading = broken.lines()[Symbol.asyncIterator]().next();
  held?.destroy();
  await expect(reading).rejects.toThrow(DisconnectedError);
  expect(names().sort()).toEqual(['attempt:error ERRAND_DISCONNECTED', 'request:error ERRAND_DISCONNECTED']);
  const aborting = new AbortController();
  const aborted = await session.stream(`${server.url}/open`, { signal: aborting.signal });
  aborting.abort();
  await expect(aborted.body.getReader().read()).rejects.toThrow();
  expect(names().sort()).toEqual(['attempt:error ERRAND_ABORTED', 'request:error ERRAND_ABORTED']);
});

test('answers from the cache and shared flights are requests without attempts of their own', async () => {
  const told = listen('errand:request:end', 'errand:attempt:end');
  const web = scriptedWeb();
  web.get(url, { json: 1, headers: { 'cache-control': 'max-age=60' } }).once();
  web.get('https://api.example/shared', { json: 2, delay: 5 }).once();
  await using session = web.session({ cache: true, dedupe: true });
  await session.get(url);
  await session.get(url);
  await Promise.all([1, 2, 3].map(() => session.get('https://api.example/shared', { cache: false })));
  const ends = told.filter(({ name }) => name === 'errand:request:end');
  expect(ends.map(({ fromCache }) => fromCache)).toEqual([false, true, false, false, false]);
  expect(told.length - ends.length).toBe(2);
});

test('connections: opened, used, closed', async () => {
  const told = listen('errand:connection:open', 'errand:connection:close');
  await using server = await serve((_, response) => response.end('ok'));
  const session = new Session({ guard: false });
  await session.get(server.url);
  await session.get(server.url);
  await session.close();
  expect(told).toEqual([
    {
      name: 'errand:connection:open',
      id: expect.any(Number),
      origin: server.url,
      remoteAddress: '127.0.0.1',
      httpVersion: '1.1',
    },
    {
      name: 'errand:connection:close',
      id: told[0]?.id,
      origin: server.url,
      remoteAddress: '127.0.0.1',
      httpVersion: '1.1',
      requests: 2,
      age: expect.any(Number),
    },
  ]);
});

test('the queue: who waits, how long, and who gives up', async () => {
  const told = listen('errand:queue:wait', 'errand:queue:leave');
  const web = scriptedWeb();
  web.get(url, { delay: 30, json: 1 });
  await using session = web.session({ limits: { '*': { concurrency: 1 } }, maxQueued: 2 });
  const first = session.get(url);
  const second = session.get(url, { lane: 'b' });
  const third = session.get(url, { timeout: { queue: 5 } }).catch(() => undefined);
  const fourth = session.get(url).catch(() => undefined);
  await Promise.all([first, second, third, fourth]);
  const words = told.map(({ name, lane, error }) => [name.slice(13), lane, (error as { code?: string })?.code]);
  expect(words).toEqual([
    ['wait', 'b', undefined],
    ['wait', undefined, undefined],
    ['wait', undefined, undefined],
    ['leave', undefined, 'ERRAND_QUEUE_FULL'],
    ['leave', undefined, 'ERRAND_TIMEOUT'],
    ['leave', 'b', undefined],
  ]);
  expect(told.every(({ host, url }) => host === 'api.example:443' && url === shown)).toBe(true);
  expect(told.at(-1)?.waited).toBeGreaterThan(15);
});

test('where nobody listens nothing is kept', async () => {
  const web = scriptedWeb();
  const kept: unknown[] = [];
  web.get(url, 200);
  await using session = web.session({
    middleware: {
      request: [
        (next) => (request) => {
          kept.push((request as unknown as { call: { observation: unknown } }).call.observation);
          return next(request);
        },
      ],
    },
  });
  await session.get(url);
  const told = listen('errand:request:end');
  await session.get(url);
  expect(kept).toEqual([undefined, expect.anything()]);
  expect(told.length).toBe(1);
  expect(channel('errand:attempt:end').hasSubscribers).toBe(false);
});
