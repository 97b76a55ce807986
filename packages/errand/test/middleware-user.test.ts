// Middleware of the user's own: where it stands, what it may change, and that nothing it does can hold up a call.

import type { Handler, HttpRequest, Middleware } from 'errand';
import { AbortError, Session, SessionClosedError, TimeoutError } from 'errand';
import { scriptedWeb } from 'errand/testing';
import { expect, test } from 'vitest';

const url = 'https://api.example/';
const quick = { retry: { backoff: { base: 1, max: 1 } } };

function marking(order: string[], name: string): Middleware {
  return (next) => async (request) => {
    order.push(`${name} ${request.url.pathname}`);
    const response = await next(request);
    order.push(`${name} ${response.status}`);
    return response;
  };
}

test('request middleware goes once a request, attempt middleware once an attempt, outermost first', async () => {
  const order: string[] = [];
  const web = scriptedWeb();
  web.get(url, { status: 302, headers: { location: '/two' } });
  web.get(`${url}two`, [503, 200]);
  await using session = web.session({
    ...quick,
    middleware: {
      request: [marking(order, 'outer'), marking(order, 'inner')],
      attempt: [marking(order, 'a'), marking(order, 'b')],
    },
  });
  await session.get(url);
  expect(order).toEqual(
    ['outer /', 'inner /']
      .concat(['a /', 'b /', 'b 302', 'a 302', 'a /two', 'b /two', 'b 503', 'a 503'])
      .concat(['a /two', 'b /two', 'b 200', 'a 200', 'inner 200', 'outer 200']),
  );
});

test('it is composed once, when the session is made', async () => {
  let composed = 0;
  const web = scriptedWeb();
  web.get(url, 200);
  await using session = web.session({
    middleware: {
      request: [
        (next: Handler) => {
          composed++;
          return next;
        },
      ],
    },
  });
  for (let count = 0; count < 3; count++) await session.get(url);
  expect(composed).toBe(1);
});

test('a changed request is a copy: method, URL, headers', async () => {
  const web = scriptedWeb();
  web.on('*', 'https://*', ({ method, url, headers }) => ({ json: [method, url.pathname, headers.get('x-signed')] }));
  const seen: HttpRequest[] = [];
  const sign: Middleware = (next) => (request) => {
    seen.push(request);
    const headers = request.headers;
    headers.set('x-signed', `${request.method} ${request.lane}`);
    return next(request.with({ url: new URL('/signed', request.url), headers }));
  };
  await using session = web.session({ middleware: { attempt: [sign] } });
  expect(await session.put(url, { json: {}, lane: 'guild' }).json()).toEqual(['PUT', '/signed', 'PUT guild']);
  expect([seen[0]?.url.pathname, seen[0]?.headers.get('x-signed')]).toEqual(['/', null]);
  const [request] = seen as [HttpRequest];
  expect(() => request.with({ url: 'ftp://api.example/' })).toThrow(TypeError);
  expect(() => request.with({ headers: { 'x-a': 'b\r\nc: d' } })).toThrow(TypeError);
});

test('another URL is guarded as any other', async () => {
  const web = scriptedWeb();
  web.on('*', /./, 200);
  const astray: Middleware = (next) => (request) => next(request.with({ url: 'http://127.0.0.1/' }));
  await using session = web.session({ middleware: { request: [astray] } });
  await expect(session.get(url)).rejects.toMatchObject({ code: 'ERRAND_BLOCKED_ADDRESS' });
  expect(web.calls).toEqual([]);
});

test('an answer without asking: the kept response of an earlier call', async () => {
  const web = scriptedWeb();
  web.get(url, { json: { asked: 1 } }).once();
  const kept = new Map<string, Awaited<ReturnType<Handler>>>();
  const keep: Middleware = (next) => async (request) => {
    const response = kept.get(request.url.href) ?? (await next(request));
    kept.set(request.url.href, response);
    return response;
  };
  await using session = web.session({ middleware: { request: [keep] } });
  for (let count = 0; count < 3; count++) expect(await session.get(url).json()).toEqual({ asked: 1 });
  expect(web.calls.length).toBe(1);
});

test('what it throws is what the caller gets, and is not tried again', async () => {
  const web = scriptedWeb();
  web.get(url, 200);
  let runs = 0;
  const own = new RangeError('own');
  for (const failing of [
    (() => () => {
      runs++;
      throw own;
    }) as Middleware,
    (() => async () => {
      runs++;
      throw own;
    }) as Middleware,
  ]) {
    for (const middleware of [{ request: [failing] }, { attempt: [failing] }]) {
      await using session = web.session({ ...quick, middleware });
      expect(await session.get(url).catch((error: unknown) => error)).toBe(own);
      await expect(session.fetch(url)).rejects.toMatchObject({ name: 'TypeError', cause: own });
      expect(session.stats()).toMatchObject({ inFlight: 0, failed: 2 });
    }
  }
  expect(runs).toBe(8);
});

test.each([['request'], ['attempt']] as const)('a %s middleware that hangs holds up nobody', async (place) => {
  const web = scriptedWeb();
  web.get(url, 200);
  const hanging: Middleware = () => () => new Promise(() => undefined);
  const session = web.session({ middleware: { [place]: [hanging] } });
  const aborting = new AbortController();
  const aborted = session.get(url, { signal: aborting.signal });
  aborting.abort();
  await expect(aborted).rejects.toThrow(AbortError);
  await expect(session.get(url, { timeout: 20 })).rejects.toThrow(TimeoutError);
  const closed = session.get(url);
  await Promise.all([expect(closed).rejects.toThrow(SessionClosedError), session.close({ grace: 0 })]);
  expect(session.stats().inFlight).toBe(0);
});

test('one that is late hands its stream back: nothing stays open', async () => {
  let left = false;
  const web = scriptedWeb();
  web.get(url, {
    body: (async function* () {
      try {
        for (;;) yield 'x'.repeat(1_000);
      } finally {
        left = true;
      }
    })(),
  });
  let go: () => void = () => undefined;
  const late: Middleware = (next) => async (request) => {
    const response = await next(request);
    await new Promise<void>((resolve) => {
      go = resolve;
    });
    return response;
  };
  const session = web.session({ middleware: { request: [late] } });
  const aborting = new AbortController();
  const streamed = session.stream(url, { signal: aborting.signal });
  await expect.poll(() => web.calls.length).toBe(1);
  await new Promise((resolve) => setImmediate(resolve));
  aborting.abort();
  await expect(streamed).rejects.toThrow(AbortError);
  go();
  await expect.poll(() => left).toBe(true);
  await session.close({ grace: 0 });
});

test('what is no list of functions is a TypeError when the session is made', () => {
  expect(() => new Session({ middleware: { request: [{} as never] } })).toThrow(TypeError);
});
