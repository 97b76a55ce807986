// `extend()`: other defaults over the same connections, limits, cookies and cache; connections of its own where it must.
import { Session, SessionClosedError } from 'errand';
import { scriptedWeb } from 'errand/testing';
import { describe, expect, test } from 'vitest';
import { collectedHeap } from './support/collected-heap.js';
import { serve } from './support/server.js';

const echo = 'https://api.example/';

/** A session over a script that answers with what it was asked. */
function echoing(options?: ConstructorParameters<typeof Session>[0]) {
  const web = scriptedWeb();
  web.on('*', 'https://*', ({ method, url, headers }) => ({
    json: { method, url: url.href, headers: Object.fromEntries(headers) },
  }));
  return { web, session: web.session(options) };
}

interface Echo {
  readonly url: string;
  readonly headers: Record<string, string>;
}

describe('options', () => {
  test('headers and credentials are merged by name, the extension’s own on top', async () => {
    await using session = echoing({
      headers: { 'x-a': '1', 'x-b': '2' },
      credentials: { 'https://api.example': { bearer: 'parent' }, 'https://other.example': { bearer: 'other' } },
    }).session;
    const extended = session.extend({
      headers: { 'X-B': '3', 'x-c': '4' },
      credentials: { 'https://api.example': { bearer: 'own' } },
    });
    const { headers } = await extended.get(echo).json<Echo>();
    expect(headers).toMatchObject({ 'x-a': '1', 'x-b': '3', 'x-c': '4', authorization: 'Bearer own' });
    expect((await extended.get('https://other.example/').json<Echo>()).headers.authorization).toBe('Bearer other');
    expect((await session.get(echo).json<Echo>()).headers).toMatchObject({
      'x-b': '2',
      authorization: 'Bearer parent',
    });
  });

  test('a base URL, timeouts and what is not named stay; what is named replaces', async () => {
    const { web, session } = echoing({ baseUrl: 'https://api.example/v1/', timeout: { total: '1m', headers: 20 } });
    web.on('*', 'https://*', 200);
    const extended = session.extend({ timeout: { total: '2m' }, throwHttpErrors: false });
    expect((await extended.get('users').json<Echo>()).url).toBe('https://api.example/v1/users');
    const other = session.extend({ baseUrl: 'https://b.example/v2/' });
    expect((await other.get('users').json<Echo>()).url).toBe('https://b.example/v2/users');
    const slow = scriptedWeb();
    slow.get('https://*', { delay: '1h' });
    await using waiting = slow.session({ timeout: { headers: 20 }, retry: false });
    await expect(waiting.extend({ timeout: '1m' }).get(echo)).rejects.toMatchObject({ phase: 'headers', limit: 20 });
    await session.close();
  });

  test('middleware of both, the parent’s outside', async () => {
    const order: string[] = [];
    const mark =
      (name: string) =>
      (next: (request: never) => Promise<never>) =>
      (request: never): Promise<never> => {
        order.push(name);
        return next(request);
      };
    await using session = echoing({ middleware: { request: [mark('parent') as never] } }).session;
    await session
      .extend({ middleware: { request: [mark('own') as never], attempt: [mark('attempt') as never] } })
      .get(echo);
    expect(order).toEqual(['parent', 'own', 'attempt']);
  });

  test('nonsense is a TypeError when it is made', async () => {
    await using session = echoing().session;
    expect(() => session.extend({ timeout: 'soon' })).toThrow(TypeError);
    expect(() => session.extend({ nonsense: 1 } as never)).toThrow(/nonsense/);
  });
});

describe('what is shared', () => {
  test('cookies, cache, circuits, counters and limits', async () => {
    const web = scriptedWeb();
    web.get('https://api.example/set', { headers: { 'set-cookie': 'a=1; Secure' } });
    web.get('https://api.example/kept', { text: 'kept', headers: { 'cache-control': 'max-age=60' } }).once();
    web.get('https://api.example/cookie', ({ headers }) => ({ text: headers.get('cookie') ?? '' }));
    let most = 0;
    let now = 0;
    web.get('https://api.example/busy', async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now--;
      return 200;
    });
    await using session = web.session({ cookies: true, cache: true, limits: { '*': { concurrency: 2 } } });
    const extended = session.extend({ headers: { 'x-own': '1' } });
    await extended.get('https://api.example/set');
    expect(await session.get('https://api.example/cookie').text()).toBe('a=1');
    await session.get('https://api.example/kept');
    expect((await extended.get('https://api.example/kept')).fromCache).toBe(true);
    const both = [session, extended, session.extend({})];
    await Promise.all([...both, ...both, ...both].map((each) => each.get('https://api.example/busy')));
    expect(most).toBe(2);
    expect(extended.stats()).toEqual(session.stats());
    expect(session.stats().requests).toBe(13);
  });

  test('connections, unless what they are made by differs', async () => {
    await using server = await serve((_, response) => response.end('ok'));
    const session = new Session({ guard: false });
    await session.get(server.url);
    const same = session.extend({ headers: { 'x-own': '1' }, retry: false, timeout: '1s' });
    await same.get(server.url);
    expect(server.connections).toBe(1);
    for (const own of [
      { connection: { maxRequests: 5 } },
      { tls: { rejectUnauthorized: false } },
      { guard: { allow: ['127.0.0.1'] } },
    ]) {
      const before = server.connections;
      const extended = session.extend(own);
      await extended.get(server.url);
      await extended.get(server.url);
      expect(server.connections).toBe(before + 1);
      await extended.close();
      expect(session.stats().connections.open).toBe(1);
    }
    await session.get(server.url);
    expect(server.connections).toBe(4);
    await session.close();
    expect(session.stats().connections).toEqual({ open: 0, idle: 0 });
  });
});

describe('closing', () => {
  test('an extension closes nothing but its own; its parent closes it', async () => {
    await using server = await serve((_, response) => response.end('ok'));
    const session = new Session({ guard: false });
    const extended = session.extend({ headers: { 'x-own': '1' } });
    await extended.get(server.url);
    await extended.close();
    expect([extended.closed, session.closed]).toEqual([true, false]);
    await expect(extended.get(server.url)).rejects.toThrow(SessionClosedError);
    expect(await session.get(server.url).text()).toBe('ok');
    expect(server.connections).toBe(1);
    const second = session.extend({ connection: { maxRequests: 9 } });
    const third = second.extend({});
    await third.get(server.url);
    await session.close();
    expect([second.closed, third.closed]).toEqual([true, true]);
    await expect(third.get(server.url)).rejects.toThrow(SessionClosedError);
    expect(process.getActiveResourcesInfo().filter((each) => each === 'TCPSocketWrap').length).toBeLessThanOrEqual(2);
  });

  test('what an extension has under way ends with it, and what its parent has goes on', async () => {
    const web = scriptedWeb();
    let answer: () => void = () => undefined;
    web.get(echo, () => new Promise((resolve) => (answer = () => resolve({ text: 'late' }))));
    web.get('https://api.example/never', { delay: '1h' });
    await using session = web.session({ timeout: { headers: '1h' } });
    const extended = session.extend({});
    const mine = session.get(echo).text();
    const its = extended.get('https://api.example/never');
    await Promise.all([expect(its).rejects.toThrow(SessionClosedError), extended.close({ grace: 0 })]);
    answer();
    expect(await mine).toBe('late');
  });
});

test('ten thousand extensions leave nothing', async () => {
  const { session } = echoing({
    cookies: true,
    headers: { 'x-a': '1' },
    credentials: { 'https://api.example': { bearer: 'b' } },
  });
  const each = async (index: number) => {
    const extended = session.extend({ headers: { 'x-guild': String(index) }, timeout: '3s' });
    if (index % 100 === 0) await extended.get(echo);
    if (index % 2 === 0) await extended.close();
  };
  for (let index = 0; index < 2_000; index++) await each(index);
  const before = collectedHeap();
  for (let index = 0; index < 10_000; index++) await each(index);
  expect(collectedHeap() - before).toBeLessThan(5_000_000);
  expect(session.stats()).toMatchObject({ inFlight: 0, queued: 0 });
  await session.close();
});
