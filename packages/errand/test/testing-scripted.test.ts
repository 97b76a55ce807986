// `errand/testing`: sessions over a network that a test writes down. Everything but the sockets is real.
import { createReadStream } from 'node:fs';
import { gzipSync } from 'node:zlib';
import {
  BodyTooLargeError,
  CircuitOpenError,
  DisconnectedError,
  DnsError,
  HttpError,
  type Session,
  TimeoutError,
} from 'errand';
import { scriptedWeb, UnexpectedRequestError } from 'errand/testing';
import { expect, test } from 'vitest';

const url = 'https://api.example/users/1';
const quick = { retry: { backoff: { base: 1, max: 1 } } };

test('answers in every form, without a socket', async () => {
  const web = scriptedWeb();
  web.get('https://api.example/json', { json: { a: [1] } });
  web.get('https://api.example/text', { text: 'grüß' });
  web.get('https://api.example/html', { html: '<title>T</title>' });
  web.get('https://api.example/bytes', { body: new Uint8Array([1, 2]), headers: { 'x-a': 'b' } });
  web.get('https://api.example/pieces', { body: ['one', 'two'] });
  web.get('https://api.example/packed', { body: gzipSync('packed'), headers: { 'content-encoding': 'gzip' } });
  web.get('https://api.example/none', 204);
  await using session = web.session({ baseUrl: 'https://api.example' });
  expect(await session.get('/json').json()).toEqual({ a: [1] });
  expect(await session.get('/text').text()).toBe('grüß');
  expect(await session.get('/html').extract({ title: 'title' })).toEqual({ title: 'T' });
  const bytes = await session.get('/bytes');
  expect([Uint8Array.from(await bytes.bytes()), bytes.headers.get('x-a'), bytes.headers.get('content-length')]).toEqual(
    [new Uint8Array([1, 2]), 'b', '2'],
  );
  expect(await session.get('/pieces').text()).toBe('onetwo');
  expect(await session.get('/packed').text()).toBe('packed');
  expect((await session.get('/none')).status).toBe(204);
  expect(session.stats().connections).toEqual({ open: 0, idle: 0 });
  web.done();
});

test('a sequence of replies goes through the real retry', async () => {
  const web = scriptedWeb();
  const route = web.get(url, [503, { fail: 'reset' }, { json: 'there' }]);
  await using session = web.session(quick);
  const response = await session.get(url);
  expect(await response.json()).toBe('there');
  expect(response.trace.attempts.map(({ status, error }) => status ?? error)).toEqual([
    503,
    'ERRAND_DISCONNECTED',
    200,
  ]);
  expect(route.asked).toBe(3);
});

test('the last reply stays, and a route that is used up makes room for the next', async () => {
  const web = scriptedWeb();
  web.get(url, [{ text: 'a' }, { text: 'b' }]).times(3);
  web.get(url, { text: 'c' });
  await using session = web.session();
  const texts = [];
  for (let count = 0; count < 5; count++) texts.push(await session.get(url).text());
  expect(texts).toEqual(['a', 'b', 'b', 'c', 'c']);
});

test('redirects, cookies and credentials are the session’s own', async () => {
  const web = scriptedWeb();
  web.post('https://api.example/login', { status: 303, headers: { location: '/home', 'set-cookie': 'sid=1; Secure' } });
  web.get('https://api.example/home', ({ headers }) => ({ json: headers.get('cookie') }));
  await using session = web.session({
    cookies: true,
    credentials: { 'https://api.example': { bearer: 'secret' } },
  });
  expect(await session.post('https://api.example/login', { json: { name: 'me' }, lane: 'guild' }).json()).toBe('sid=1');
  expect(web.calls.map(({ method, url, lane }) => [method, url.pathname, lane])).toEqual([
    ['POST', '/login', 'guild'],
    ['GET', '/home', 'guild'],
  ]);
  expect(web.calls[0]?.json()).toEqual({ name: 'me' });
  expect(web.calls[1]?.headers.get('authorization')).toBe('Bearer secret');
});

test('the cache and the limits are the session’s own', async () => {
  const web = scriptedWeb();
  web.get(url, { text: 'kept', headers: { 'cache-control': 'max-age=60' } }).once();
  await using session = web.session({ cache: true, limits: { '*': { concurrency: 1 } } });
  await session.get(url);
  const again = await session.get(url);
  expect([again.fromCache, await again.text()]).toEqual([true, 'kept']);
  let most = 0;
  let now = 0;
  web.get('https://api.example/slow', async () => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setImmediate(resolve));
    now--;
    return 200;
  });
  await Promise.all(Array.from({ length: 5 }, () => session.get('https://api.example/slow')));
  expect(most).toBe(1);
});

test('failures of the family: named, or made by a function', async () => {
  const web = scriptedWeb();
  await using session = web.session({ retry: false, breaker: { minimumRequests: 7, failureRate: 0.9 } });
  const outcome = async (fail: Parameters<typeof web.get>[1]) => {
    web.get('https://down.example/', fail).once();
    return session.get('https://down.example/').catch((error: unknown) => error as Error);
  };
  const names = [];
  for (const fail of ['dns', 'refused', 'tls', 'reset', 'protocol'] as const)
    names.push((await outcome({ fail })).constructor.name);
  expect(names).toEqual(['DnsError', 'ConnectError', 'TlsError', 'DisconnectedError', 'ProtocolError']);
  const own = (await outcome({ fail: () => new DnsError('gone') })) as DnsError;
  expect([own instanceof DnsError, own.url, own.method]).toEqual([true, 'https://down.example/', 'GET']);
  await outcome({ fail: 'refused' });
  expect(await outcome({ fail: 'refused' })).toBeInstanceOf(CircuitOpenError);
});

test('what was never sent may be sent again, whatever the method', async () => {
  const web = scriptedWeb();
  web.post(url, [{ fail: 'refused' }, 201]);
  web.post('https://api.example/reset', [{ fail: 'reset' }, 201]);
  await using session = web.session(quick);
  expect((await session.post(url, { json: 1 })).status).toBe(201);
  await expect(session.post('https://api.example/reset', { json: 1 })).rejects.toThrow(DisconnectedError);
});

test('time passes as over a connection: head, body, the whole call, an abort', async () => {
  const web = scriptedWeb();
  web.get(url, { delay: '1h' });
  web.get('https://api.example/stuck', {
    body: (async function* () {
      yield 'begin';
      await new Promise(() => undefined);
    })(),
  });
  await using session = web.session({ retry: false, timeout: { headers: 30, idle: 30 } });
  await expect(session.get(url)).rejects.toMatchObject({ phase: 'headers', limit: 30 });
  await expect(session.get('https://api.example/stuck')).rejects.toMatchObject({ phase: 'idle' });
  const total = session.get(url, { timeout: { total: 20, headers: '1m' } });
  await expect(total).rejects.toThrow(TimeoutError);
  const aborting = new AbortController();
  const aborted = session.get(url, { signal: aborting.signal, timeout: { headers: '1m' } });
  setImmediate(() => aborting.abort());
  await expect(aborted).rejects.toMatchObject({ code: 'ERRAND_ABORTED' });
});

test('bodies are bounded, and one that breaks is a broken connection', async () => {
  const web = scriptedWeb();
  web.get(url, { body: Array.from({ length: 100 }, () => 'x'.repeat(100)) });
  web.get('https://api.example/broken', {
    body: (async function* () {
      yield 'half';
      throw new Error('cable');
    })(),
  });
  await using session = web.session({ retry: false });
  await expect(session.get(url, { maxBodySize: 1000 })).rejects.toThrow(BodyTooLargeError);
  await expect(session.get('https://api.example/broken')).rejects.toThrow(DisconnectedError);
  web.get('https://api.example/refused', { status: 500, body: ['y'.repeat(50), 'z'.repeat(50)] });
  const refused = await session
    .get('https://api.example/refused', { maxBodySize: 60 })
    .catch((error: HttpError) => error);
  expect(refused).toBeInstanceOf(HttpError);
  expect((refused as HttpError).response.truncated).toBe(true);
});

test('streams are read as they come, hold back the script, and can be left', async () => {
  const web = scriptedWeb();
  let given = 0;
  let left = false;
  web.get(url, () => ({
    body: (async function* () {
      try {
        for (; given < 10_000; given++) yield 'x'.repeat(1_000);
      } finally {
        left = true;
      }
    })(),
  }));
  web.get('https://api.example/lines', { body: ['a\nb', '\nc'] });
  await using session = web.session();
  const response = await session.stream(url);
  for await (const piece of response) {
    expect(piece.length).toBe(1_000);
    break;
  }
  await expect.poll(() => left).toBe(true);
  expect(given).toBeLessThan(1_000);
  const lines = [];
  for await (const line of (await session.stream('https://api.example/lines')).lines()) lines.push(line);
  expect(lines).toEqual(['a', 'b', 'c']);
  expect(session.stats().inFlight).toBe(0);
});

test('uploads are read whole, with progress', async () => {
  const web = scriptedWeb();
  web.put(url, ({ text }) => ({ text: `got ${text().length}` }));
  await using session = web.session();
  const bytes: number[] = [];
  const put = session.put(url, {
    body: () => createReadStream(import.meta.filename),
    onProgress: ({ direction, bytes: sent }) => direction === 'up' && bytes.push(sent),
  });
  expect(await put.text()).toMatch(/^got \d{4,}$/);
  expect(bytes.at(-1)).toBe(web.calls[0]?.body.length);
});

test('what the script does not say fails loudly, once, and done() remembers', async () => {
  const web = scriptedWeb();
  web.get('https://api.example/known', 200).times(2);
  await using session = web.session();
  const failed = (await session.get('https://api.example/other?a=1').catch((error: unknown) => error)) as Error;
  expect(failed).toBeInstanceOf(UnexpectedRequestError);
  expect(failed.message).toContain('https://api.example/other?a=1');
  expect(failed.message).toContain('GET https://api.example/known');
  expect(web.unexpected).toEqual(['GET https://api.example/other?a=1']);
  await session.get('https://api.example/known');
  expect(() => web.done()).toThrow(/not expected: GET .*other.*[\s\S]*known: asked 1 of 2 times/);
});

test('the guard holds as it will: a script is no way around it', async () => {
  const web = scriptedWeb();
  web.on('*', /./, 200);
  await using session = web.session();
  await expect(session.get('http://127.0.0.1/')).rejects.toMatchObject({ code: 'ERRAND_BLOCKED_ADDRESS' });
  expect(web.calls).toEqual([]);
});

test('patterns: stars, queries, expressions, functions; nonsense is a TypeError', async () => {
  const web = scriptedWeb();
  web.get('https://*.example/users/*?page=1', { text: 'star with query' });
  web.get('https://api.example/users/*', { text: 'star' });
  web.get(/\/v\d+\//g, { text: 'expression' });
  web.on('*', (asked) => asked.hostname === 'fn.example', { text: 'function' });
  await using session = web.session();
  const texts = (session: Session) =>
    Promise.all(
      [
        'https://api.example/users/1?page=1',
        'https://api.example/users/1?page=2',
        'https://x.example/v2/',
        'https://x.example/v3/',
        'https://fn.example/',
      ].map((each) => session.get(each).text()),
    );
  expect(await texts(session)).toEqual(['star with query', 'star', 'expression', 'expression', 'function']);
  expect(() => web.get('api.example', 200)).toThrow(TypeError);
  expect(() => web.get(url, [])).toThrow(TypeError);
  expect(() => web.get(url, 200).times(-1)).toThrow(TypeError);
});

test('extended sessions and fetch go over the same script; closing leaves nothing', async () => {
  const web = scriptedWeb();
  web.get(url, { json: 1 });
  const session = web.session();
  const extended = session.extend({ tls: { rejectUnauthorized: false } });
  expect(await extended.get(url).json()).toBe(1);
  expect(await (await session.fetch(url)).json()).toBe(1);
  await session.close();
  await expect(session.get(url)).rejects.toMatchObject({ code: 'ERRAND_SESSION_CLOSED' });
  expect(process.getActiveResourcesInfo().filter((each) => each.startsWith('TCP'))).toEqual([]);
});
