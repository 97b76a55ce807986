import { describe, expect, it } from 'vitest';
import { AbortError, BlockedAddressError, ConnectError, TimeoutError } from '../src/errors.js';
import { Cached, noon } from './support/cached.js';
import { answer, Pieces } from './support/scripted.js';

describe('a stale response', () => {
  it('is asked for by its validators, and used again where it still holds', async () => {
    const cached = new Cached((_, count) =>
      count === 1
        ? [
            200,
            { 'cache-control': 'max-age=10', etag: 'W/"a"', 'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT' },
            'body',
          ]
        : [304, { 'cache-control': 'max-age=100', etag: '"a"' }],
    );
    await cached.get();
    cached.later(10);
    const second = await cached.get();
    expect([second.status, second.fromCache, await second.text()]).toEqual([200, true, 'body']);
    expect(cached.lastSent('if-none-match')).toBe('W/"a"');
    expect(cached.lastSent('if-modified-since')).toBe('Thu, 01 Jan 2026 00:00:00 GMT');
    cached.later(99);
    expect((await cached.get()).fromCache).toBe(true);
    expect(cached.sent).toHaveLength(2);
  });

  it('takes over the head of the 304, but not how its body is built', async () => {
    const given = {
      'cache-control': 'max-age=1',
      etag: '"a"',
      'content-type': 'text/plain',
      'content-length': '4',
      'content-encoding': 'gzip',
      'x-old': 'kept',
      'x-new': '1',
      age: '1',
    };
    const cached = new Cached((_, count) =>
      count === 1
        ? [200, given, 'body']
        : [
            304,
            {
              'cache-control': 'max-age=60',
              etag: '"a"',
              'content-type': 'text/html',
              'content-length': '0',
              'content-encoding': 'br',
              'x-new': '2',
              connection: 'x-hop',
              'x-hop': '1',
            },
          ],
    );
    await cached.get();
    cached.later(5);
    for (const _ of [1, 2]) {
      expect((await cached.get()).fields).toEqual({
        ...given,
        'cache-control': 'max-age=60',
        'content-type': 'text/html',
        'x-new': '2',
        age: '0',
      });
    }
    expect(cached.sent).toHaveLength(2);
  });

  it('is fresh from the 304’s own Date on, even where that has none', async () => {
    const date = new Date(noon).toUTCString();
    const cached = new Cached((_, count) =>
      count === 1 ? [200, { 'cache-control': 'max-age=10', etag: '"a"', date }, 'body'] : [304, { etag: '"a"' }],
    );
    await cached.get();
    cached.later(100);
    await cached.get();
    await cached.get();
    expect(cached.sent).toHaveLength(2);
  });

  it('is replaced where another came, and forgotten where that may not be stored', async () => {
    const cached = new Cached((_, count) => [
      200,
      count === 3 ? { 'cache-control': 'no-store' } : { 'cache-control': 'max-age=10', etag: `"${count}"` },
      `body ${count}`,
    ]);
    await cached.get();
    cached.later(10);
    expect(await (await cached.get()).text()).toBe('body 2');
    expect(await (await cached.get()).text()).toBe('body 2');
    cached.later(10);
    expect(await (await cached.get()).text()).toBe('body 3');
    await cached.get();
    expect(cached.lastSent('if-none-match')).toBeUndefined();
  });

  it('keeps its own entity tag where the 304 names another', async () => {
    const cached = new Cached((_, count) =>
      count === 1 ? [200, { 'cache-control': 'max-age=10', etag: '"a-gzip"' }, 'body'] : [304, { etag: '"a"' }],
    );
    await cached.get();
    for (const _ of [1, 2]) {
      cached.later(10);
      expect(await (await cached.get()).text()).toBe('body');
      expect(cached.lastSent('if-none-match')).toBe('"a-gzip"');
    }
    expect(cached.sent).toHaveLength(3);
  });

  it('without validators is asked for plainly, and a 304 is then just an answer', async () => {
    const cached = new Cached((_, count) => (count === 1 ? [200, { 'cache-control': 'max-age=10' }, 'x'] : [304]));
    await cached.get();
    cached.later(10);
    expect((await cached.get()).status).toBe(304);
    expect(cached.lastSent('if-none-match')).toBeUndefined();
  });

  it('closes the body of the 304 of a stream', async () => {
    const body = new Pieces();
    const cached = new Cached((request, count) =>
      count === 1 ? [200, { 'cache-control': 'max-age=10', etag: '"a"' }, 'x'] : answer(request, 304, {}, body),
    );
    await cached.get();
    cached.later(10);
    expect((await cached.get(undefined, { streaming: true })).status).toBe(200);
    expect(body.closed).toBe(true);
  });

  it('is asked for every time where it says no-cache', async () => {
    const cached = new Cached((_, count) =>
      count === 1 ? [200, { 'cache-control': 'max-age=60, no-cache', etag: '"a"' }, 'body'] : [304],
    );
    await cached.get();
    for (const _ of [1, 2]) expect(await (await cached.get()).text()).toBe('body');
    expect(cached.sent).toHaveLength(3);
  });
});

describe('stale-while-revalidate', () => {
  const given = (count: number) => ({ 'cache-control': 'max-age=10, stale-while-revalidate=60', etag: `"${count}"` });

  it('answers at once and asks in the background, once at a time, on behalf of a call of its own', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const cached = new Cached(async (_, count) => {
      if (count === 2) await held;
      return [200, given(count), `body ${count}`];
    });
    await cached.get();
    cached.later(10);
    const asked = cached.request();
    const responses = await Promise.all([cached.send(asked), cached.get(), cached.get()]);
    expect(await Promise.all(responses.map((each) => each.text()))).toEqual(['body 1', 'body 1', 'body 1']);
    expect(cached.sent).toHaveLength(2);
    expect(cached.lastSent('if-none-match')).toBe('"1"');
    expect(cached.background).toHaveLength(1);
    expect(cached.background[0]?.call).not.toBe(asked.call);
    release();
    await cached.background[0]?.done;
    expect(await (await cached.get()).text()).toBe('body 2');
    expect(cached.sent).toHaveLength(2);
  });

  it('survives a failure in the background, and asks again', async () => {
    const cached = new Cached((_, count) => {
      if (count === 2) throw new ConnectError('refused');
      return [200, given(count), `body ${count}`];
    });
    await cached.get();
    cached.later(10);
    await cached.get();
    await cached.background[0]?.done;
    await cached.get();
    await cached.background[1]?.done;
    expect(await (await cached.get()).text()).toBe('body 3');
  });
});

describe('stale-if-error', () => {
  const origin = (failure: () => never | [number]) => (_: unknown, count: number) =>
    count === 1
      ? ([200, { 'cache-control': 'max-age=10, stale-if-error=60', etag: '"a"' }, 'body'] as [
          number,
          Record<string, string>,
          string,
        ])
      : failure();
  const fail = (error: Error) => () => {
    throw error;
  };

  it.each([
    ['refused', fail(new ConnectError('refused'))],
    ['slow', fail(new TimeoutError('headers', 5))],
    ['500', () => [500] as [number]],
    ['503', () => [503] as [number]],
    ['504', () => [504] as [number]],
  ])('stands in for %s, within its time', async (_, failure) => {
    const cached = new Cached(origin(failure));
    await cached.get();
    cached.later(70);
    const response = await cached.get();
    expect([response.status, response.fromCache, await response.text()]).toEqual([200, true, 'body']);
    cached.later(1);
    await cached.get().then(
      (late) => expect(late.status).toBeGreaterThanOrEqual(500),
      (error) => expect(error).toHaveProperty('code'),
    );
  });

  it.each([
    ['404', () => [404] as [number], 404],
    ['501', () => [501] as [number], 501],
  ])('not for %s', async (_, failure, status) => {
    const cached = new Cached(origin(failure));
    await cached.get();
    cached.later(20);
    expect((await cached.get()).status).toBe(status);
  });

  it('not for what the guard or the caller refused', async () => {
    for (const error of [new BlockedAddressError('a.test', 'private'), new AbortError('enough')]) {
      const cached = new Cached(origin(fail(error)));
      await cached.get();
      cached.later(20);
      await expect(cached.get()).rejects.toBe(error);
    }
  });

  it('not where it must be revalidated, nor where nobody allowed it', async () => {
    for (const more of ['max-age=10, stale-if-error=60, must-revalidate', 'max-age=10']) {
      const cached = new Cached((_, count) =>
        count === 1 ? [200, { 'cache-control': more, etag: '"a"' }, 'body'] : [503],
      );
      await cached.get();
      cached.later(20);
      expect((await cached.get()).status).toBe(503);
    }
  });
});

describe('a failure that nothing stands in for', () => {
  it('leaves what is stored, to be asked for again', async () => {
    const cached = new Cached((_, count) =>
      count === 2 ? [500] : [200, { 'cache-control': 'max-age=10', etag: '"a"' }, 'body'],
    );
    await cached.get();
    cached.later(10);
    expect((await cached.get()).status).toBe(500);
    await cached.get();
    expect(cached.lastSent('if-none-match')).toBe('"a"');
  });

  it('is the call’s own end: a stale response is no answer to it', async () => {
    const cached = new Cached((request, count) => {
      if (count === 1) return [200, { 'cache-control': 'max-age=10, stale-if-error=60' }, 'body'];
      const timeout = new TimeoutError('total', 5);
      request.call.cancel(timeout);
      throw timeout;
    });
    await cached.get();
    cached.later(20);
    await expect(cached.get(undefined, { streaming: true })).rejects.toMatchObject({ phase: 'total' });
    expect(cached.hits).toBe(0);
  });
});

describe('the caller’s own conditional requests', () => {
  it('go out untouched, and their 304 is theirs', async () => {
    const cached = new Cached((_, count) =>
      count === 1 ? [200, { 'cache-control': 'max-age=60', etag: '"a"' }, 'body'] : [304, { etag: '"mine"' }],
    );
    await cached.get();
    const response = await cached.get(undefined, { fields: ['If-None-Match', '"mine"'] });
    expect([response.status, response.fromCache]).toEqual([304, false]);
    expect(cached.lastSent('if-none-match')).toBe('"mine"');
  });

  it('freshen what is stored where they speak of it, and make it go where they do not', async () => {
    for (const [etag, requests] of [
      ['"a"', 2],
      ['"b"', 3],
    ] as const) {
      const cached = new Cached((_, count) =>
        count === 2
          ? [304, { etag, 'cache-control': 'max-age=60' }]
          : [200, { 'cache-control': 'max-age=10', etag: '"a"' }, 'body'],
      );
      await cached.get();
      cached.later(10);
      await cached.get(undefined, { fields: ['if-none-match', '"a"'] });
      await cached.get();
      expect(cached.sent).toHaveLength(requests);
    }
  });

  it('store a whole answer', async () => {
    const cached = new Cached(() => [200, { 'cache-control': 'max-age=60' }, 'body']);
    await cached.get(undefined, { fields: ['if-modified-since', cached.date(-10)] });
    expect((await cached.get()).fromCache).toBe(true);
  });
});

describe('HEAD', () => {
  it('goes out where what is stored is stale, and freshens it', async () => {
    const cached = new Cached((request) =>
      request.method === 'HEAD'
        ? [200, { 'cache-control': 'max-age=60', etag: '"a"', 'content-length': '4', 'x-new': '1' }]
        : [200, { 'cache-control': 'max-age=10', etag: '"a"', 'content-length': '4' }, 'body'],
    );
    await cached.get();
    cached.later(10);
    expect((await cached.get(undefined, { method: 'HEAD' })).fromCache).toBe(false);
    const response = await cached.get();
    expect([response.fromCache, response.field('x-new'), await response.text()]).toEqual([true, '1', 'body']);
  });

  it('makes what is stored go where it speaks of another', async () => {
    for (const change of [
      { etag: '"b"' },
      { 'content-length': '5' },
      { 'last-modified': 'Fri, 02 Jan 2026 00:00:00 GMT' },
    ]) {
      const given = {
        'cache-control': 'max-age=10',
        etag: '"a"',
        'content-length': '4',
        'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
      };
      const cached = new Cached((request) => [
        200,
        request.method === 'HEAD' ? { ...given, ...change } : given,
        request.method === 'HEAD' ? '' : 'body',
      ]);
      await cached.get();
      cached.later(10);
      await cached.get(undefined, { method: 'HEAD' });
      await cached.get();
      expect(cached.lastSent('if-none-match')).toBeUndefined();
    }
  });

  it('is never stored itself', async () => {
    const cached = new Cached(() => [200, { 'cache-control': 'max-age=60' }]);
    await cached.get(undefined, { method: 'HEAD' });
    expect((await cached.get()).fromCache).toBe(false);
  });
});

describe('unsafe methods', () => {
  const origin = (answerToUnsafe: [number, Record<string, string>?]) => (request: { method: string }) =>
    request.method === 'GET'
      ? ([200, { 'cache-control': 'max-age=60' }, 'x'] as [number, Record<string, string>, string])
      : answerToUnsafe;
  const after = async (method: string, given: [number, Record<string, string>?], url = 'http://a.test/x') => {
    const cached = new Cached(origin(given));
    await cached.get(url);
    await cached.get('http://a.test/x', { method });
    return (await cached.get(url)).fromCache;
  };

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'M-SEARCH'])('%s makes what is stored go', async (method) => {
    expect(await after(method, [200])).toBe(false);
    expect(await after(method, [303, { location: '/y' }])).toBe(false);
  });

  it('not where they fail, and not by safe methods', async () => {
    expect(await after('POST', [500])).toBe(true);
    expect(await after('POST', [404])).toBe(true);
    expect(await after('OPTIONS', [200])).toBe(true);
  });

  it.each([
    ['location', '/y', 'http://a.test/y', false],
    ['content-location', 'http://a.test/y', 'http://a.test/y', false],
    ['location', 'http://b.test/y', 'http://b.test/y', true],
    ['location', 'http://[bad', 'http://a.test/y', true],
  ])('and what %s: %s names, within the origin', async (name, value, url, kept) => {
    expect(await after('POST', [201, { [name]: value }], url)).toBe(kept);
  });

  it.each([
    [{ 'cache-control': 'max-age=60', 'content-location': '/x' }, true],
    [{ 'cache-control': 'max-age=60', 'content-location': '/y' }, false],
    [{ 'cache-control': 'max-age=60' }, false],
    [{ etag: '"a"', 'content-location': '/x' }, false],
  ])('POST answered with %j: a GET takes that answer: %s', async (fields, taken) => {
    const cached = new Cached((request) => [200, request.method === 'POST' ? fields : {}, request.method]);
    await cached.get(undefined, { method: 'POST' });
    expect((await cached.get()).fromCache).toBe(taken);
  });

  it('an answer that was under way meanwhile is not stored', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const cached = new Cached(async (request, count) => {
      if (count === 1) await held;
      return [200, request.method === 'GET' ? { 'cache-control': 'max-age=60' } : {}, `body ${count}`];
    });
    const early = cached.get();
    await cached.get(undefined, { method: 'POST' });
    release();
    await early;
    expect(await (await cached.get()).text()).toBe('body 3');
    expect(await (await cached.get()).text()).toBe('body 3');
  });
});
