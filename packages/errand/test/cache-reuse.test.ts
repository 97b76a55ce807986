import { describe, expect, it } from 'vitest';
import type { CacheMode } from '../src/core/policy.js';
import { BodyTooLargeError } from '../src/errors.js';
import { Cached } from './support/cached.js';
import { answer, bodyOf, Pieces } from './support/scripted.js';

const fresh = { 'cache-control': 'max-age=60' };
const counting = () => new Cached((_, count) => [200, fresh, `body ${count}`]);

describe('a fresh response', () => {
  it('is used again, with its Age, its head and its body, and says where it came from', async () => {
    const cached = new Cached((_, count) => [
      200,
      { ...fresh, etag: '"a"', age: '5', 'x-own': ['1', '2'] },
      `body ${count}`,
    ]);
    const first = await cached.get();
    expect([first.fromCache, await first.text()]).toEqual([false, 'body 1']);
    cached.later(10.9);
    const request = cached.request('http://a.test/x#part');
    const second = await cached.send(request);
    expect([second.fromCache, second.status, await second.text()]).toEqual([true, 200, 'body 1']);
    expect(second.fields).toEqual({ ...fresh, etag: '"a"', age: '15', 'x-own': ['1', '2'] });
    expect(second.call).toBe(request.call);
    expect(second.url).toBe('http://a.test/x');
    expect([cached.sent.length, cached.hits]).toEqual([1, 1]);
  });

  it('is no longer used when it is stale', async () => {
    const cached = counting();
    await cached.get();
    cached.later(60);
    expect(await (await cached.get()).text()).toBe('body 2');
  });

  it('is another for another URL', async () => {
    const cached = counting();
    for (const path of ['x', 'y', 'x?a', 'x?b', 'x?a']) await cached.get(`http://a.test/${path}`);
    expect(cached.sent).toHaveLength(4);
  });

  it('cannot be changed by those who get it', async () => {
    const cached = counting();
    (await cached.get()).bytesCollected.fill(0);
    (await cached.get()).bytesCollected.fill(0);
    expect(await (await cached.get()).text()).toBe('body 1');
  });

  it('answers HEAD without its body', async () => {
    const cached = counting();
    await cached.get();
    const head = await cached.get(undefined, { method: 'HEAD' });
    expect([head.fromCache, head.status, head.bytesCollected.length]).toEqual([true, 200, 0]);
    expect(cached.sent).toHaveLength(1);
  });

  it('answers streams', async () => {
    const cached = counting();
    await cached.get();
    expect((await cached.get(undefined, { streaming: true })).fromCache).toBe(true);
  });

  it('is bounded as the call asks', async () => {
    const cached = new Cached((request) => [request.url.pathname === '/x' ? 200 : 404, fresh, 'a body of 16 b..']);
    for (const path of ['x', 'gone']) await cached.get(`http://a.test/${path}`);
    const policy = { maxBodySize: 6 };
    await expect(cached.get(undefined, { policy })).rejects.toBeInstanceOf(BodyTooLargeError);
    const cut = await cached.get('http://a.test/gone', { policy });
    expect([cut.truncated, await cut.text()]).toEqual([true, 'a body']);
  });
});

describe('what is not stored', () => {
  it.each([
    ['no-store', [200, { 'cache-control': 'no-store, max-age=60' }, 'x']],
    ['a part', [206, { ...fresh, 'content-range': 'bytes 0-0/1' }, 'x']],
    ['what varies by everything', [200, { ...fresh, vary: '*' }, 'x']],
    ['what is too large', [200, fresh, 'x'.repeat(2000)]],
    ['a large head', [200, { ...fresh, 'x-large': 'x'.repeat(2000) }, 'x']],
  ] as Array<[string, [number, Record<string, string>, string]]>)('%s', async (_, given) => {
    const cached = new Cached(() => given, { maxEntrySize: '1kb' });
    await cached.get();
    await cached.get();
    expect(cached.sent).toHaveLength(2);
  });

  it('a body that was cut', async () => {
    const cached = new Cached((request) => answer(request, 404, fresh, 'x').with({ truncated: true }));
    await cached.get();
    await cached.get();
    expect(cached.sent).toHaveLength(2);
  });

  it('fields of the connection, and those that no-cache names', async () => {
    const fields = {
      'cache-control': 'max-age=60, no-cache="x-a, X-B"',
      connection: 'x-c, close',
      'keep-alive': 'timeout=5',
      'x-a': '1',
      'x-b': '1',
      'x-c': '1',
      'x-d': '1',
      'transfer-encoding': 'chunked',
      'set-cookie': ['a=1', 'b=2'],
    };
    const cached = new Cached(() => [200, fields]);
    await cached.get();
    const { fields: kept } = await cached.get();
    expect(Object.keys(kept).sort()).toEqual(['age', 'cache-control', 'set-cookie', 'x-d']);
  });

  it('requests with a body, other methods, and parts pass by', async () => {
    const cached = counting();
    await cached.get();
    await cached.get(undefined, { method: 'OPTIONS' });
    await cached.get(undefined, { fields: ['range', 'bytes=0-1'] });
    expect(cached.sent).toHaveLength(3);
    expect(cached.lastSent('range')).toBe('bytes=0-1');
    const withBody = cached.request();
    Object.defineProperty(withBody, 'body', { value: bodyOf('x') });
    await cached.send(withBody);
    expect(cached.sent).toHaveLength(4);
  });
});

describe('entries are kept apart', () => {
  it('by Authorization', async () => {
    const cached = new Cached((_, count) => [200, { 'cache-control': 'max-age=60, public' }, `body ${count}`]);
    const by = async (...fields: string[]) => (await cached.get(undefined, { fields })).text();
    expect(await by('Authorization', 'Bearer a')).toBe('body 1');
    expect(await by('authorization', 'Bearer b')).toBe('body 2');
    expect(await by()).toBe('body 3');
    expect(await by('authorization', 'Bearer a')).toBe('body 1');
    expect(await by()).toBe('body 3');
  });

  it('by the fields that Vary names', async () => {
    const cached = new Cached((_, count) => [200, { ...fresh, vary: 'Foo, Bar' }, `body ${count}`]);
    const by = async (...fields: string[]) => (await cached.get(undefined, { fields })).text();
    expect(await by('Foo', '1, 2', 'Other', 'a')).toBe('body 1');
    expect(await by('foo', '1', 'Foo', '2', 'other', 'b')).toBe('body 1');
    expect(await by('Foo', '2')).toBe('body 2');
    expect(await by()).toBe('body 3');
    expect(await by('Foo', '1,2', 'Bar', '')).toBe('body 4');
    expect(await by('Foo', ' 1 ,2')).toBe('body 1');
  });

  it('by what middleware further down will send', async () => {
    let cookie: string | null = 'a=1';
    const cached = new Cached(
      (_, count) => [200, { ...fresh, vary: 'Cookie' }, `body ${count}`],
      {},
      (name) => (name === 'cookie' ? cookie : undefined),
    );
    expect(await (await cached.get()).text()).toBe('body 1');
    expect(await (await cached.get()).text()).toBe('body 1');
    cookie = 'a=2';
    expect(await (await cached.get()).text()).toBe('body 2');
    cookie = null;
    expect(await (await cached.get()).text()).toBe('body 3');
    expect(await (await cached.get()).text()).toBe('body 4');
    cookie = 'a=1';
    expect(await (await cached.get()).text()).toBe('body 1');
  });

  it('by the guard: a guarded call takes nothing that it could not have asked for', async () => {
    const cached = counting();
    const guard = { refuseUrl: () => undefined, refuseAddress: () => undefined, trustsHost: () => true };
    await cached.get(undefined, { policy: { guard: undefined } });
    await cached.get(undefined, { policy: { guard } });
    expect(cached.sent).toHaveLength(2);
    await cached.get(undefined, { policy: { guard } });
    await cached.get(undefined, { policy: { guard: undefined } });
    expect(cached.sent).toHaveLength(2);
    await cached.get(undefined, { policy: { guard: { ...guard } } });
    expect(cached.sent).toHaveLength(3);
  });

  it('and bounded in number', async () => {
    const cached = new Cached((_, count) => [200, { ...fresh, vary: 'foo' }, `body ${count}`]);
    for (let index = 0; index < 100; index++) await cached.get(undefined, { fields: ['foo', String(index)] });
    await cached.get(undefined, { fields: ['foo', '99'] });
    expect(cached.sent).toHaveLength(100);
    await cached.get(undefined, { fields: ['foo', '0'] });
    expect(cached.sent).toHaveLength(101);
  });
});

describe('the ways of RequestOptions.cache', () => {
  const by = (cached: Cached, cache: CacheMode, fields: string[] = []) =>
    cached.get(undefined, { policy: { cache }, fields });

  it('no-store neither looks nor stores', async () => {
    const cached = counting();
    await by(cached, 'no-store');
    await by(cached, 'default');
    expect(await (await by(cached, 'no-store')).text()).toBe('body 3');
    expect(await (await by(cached, 'default')).text()).toBe('body 2');
  });

  it('reload does not look, and stores', async () => {
    const cached = counting();
    await by(cached, 'default');
    expect(await (await by(cached, 'reload')).text()).toBe('body 2');
    expect(cached.lastSent('cache-control')).toBe('no-cache');
    expect(await (await by(cached, 'default')).text()).toBe('body 2');
    await by(cached, 'reload', ['cache-control', 'max-age=7']);
    expect(cached.lastSent('cache-control')).toBe('max-age=7');
  });

  it('no-cache asks first, but for what is immutable and fresh', async () => {
    const cached = new Cached((_, count) => [
      200,
      { 'cache-control': `max-age=60${count === 1 ? '' : ', immutable'}` },
      `body ${count}`,
    ]);
    await by(cached, 'default');
    expect(await (await by(cached, 'no-cache')).text()).toBe('body 2');
    expect(cached.lastSent('cache-control')).toBe('max-age=0');
    expect(await (await by(cached, 'no-cache')).text()).toBe('body 2');
    cached.later(60);
    expect(await (await by(cached, 'no-cache')).text()).toBe('body 3');
  });

  it('force-cache takes whatever is stored, and asks where nothing is', async () => {
    const cached = counting();
    expect(await (await by(cached, 'force-cache')).text()).toBe('body 1');
    cached.later(1000);
    expect(await (await by(cached, 'force-cache')).text()).toBe('body 1');
  });

  it('only-if-cached takes whatever is stored, else is a 504', async () => {
    const cached = counting();
    const none = await by(cached, 'only-if-cached');
    expect([none.status, none.fromCache, cached.sent.length]).toEqual([504, false, 0]);
    await by(cached, 'default');
    cached.later(1000);
    expect(await (await by(cached, 'only-if-cached')).text()).toBe('body 1');
    expect((await by(cached, 'only-if-cached', ['range', 'bytes=0-'])).status).toBe(504);
  });

  it('only-if-cached in the request’s Cache-Control takes what is fresh, else is a 504', async () => {
    const cached = counting();
    const fields = ['cache-control', 'only-if-cached'];
    expect((await by(cached, 'default', fields)).status).toBe(504);
    await by(cached, 'default');
    expect((await by(cached, 'default', fields)).status).toBe(200);
    cached.later(1000);
    expect((await by(cached, 'default', fields)).status).toBe(504);
    expect(cached.sent).toHaveLength(1);
  });

  it('no-store in the request’s Cache-Control is kept', async () => {
    const cached = counting();
    await by(cached, 'default');
    expect(await (await by(cached, 'default', ['cache-control', 'no-store'])).text()).toBe('body 2');
    expect(await (await by(cached, 'default')).text()).toBe('body 1');
  });
});

describe('streams', () => {
  const drain = async (cached: Cached, url?: string) => {
    const response = await cached.get(url, { streaming: true });
    const { body } = response;
    if (body instanceof Uint8Array) return 'cached';
    while ((await body.pull()) !== undefined);
    return body;
  };

  it('are stored when they were read to the end', async () => {
    const cached = new Cached((request) => answer(request, 200, fresh, new Pieces('one ', 'two')));
    const response = await cached.get(undefined, { streaming: true });
    const { body } = response;
    if (body instanceof Uint8Array) throw new Error('expected a stream');
    const piece = await body.pull();
    expect(cached.sent).toHaveLength(1);
    piece?.fill(0);
    while ((await body.pull()) !== undefined);
    expect(await (await cached.get()).text()).toBe('one two');
    expect(cached.sent).toHaveLength(1);
  });

  it('are stored when all came that was announced, asked for its end or not', async () => {
    const bodies = [new Pieces('one ', 'two'), new Pieces(), new Pieces('one ', 'two')];
    const heads: Array<[number, Record<string, string>]> = [
      [200, { ...fresh, 'content-length': '7' }],
      [204, fresh],
      [200, { ...fresh, 'content-length': '7', 'content-encoding': 'gzip' }],
    ];
    const cached = new Cached((request) => {
      const index = Number(request.url.searchParams.get('i'));
      return answer(request, ...(heads[index] as [number, Record<string, string>]), bodies[index] ?? '');
    });
    for (const index of [0, 1, 2]) {
      const url = `http://a.test/?i=${index}`;
      const { body } = await cached.get(url, { streaming: true });
      if (body instanceof Uint8Array) throw new Error('expected a stream');
      if (index !== 1) for (const _ of [1, 2]) await body.pull();
      await body.close();
      expect(cached.sent).toHaveLength(index + 1);
      if (index < 2) expect((await cached.get(url)).fromCache).toBe(true);
      else expect((await cached.get(url)).fromCache).toBe(false);
    }
  });

  it('are not stored when they were left early, broken, or too long', async () => {
    const broken = { pull: () => Promise.reject(new Error('cut')), close: async () => {} };
    const bodies = [new Pieces('one ', 'two'), broken, new Pieces('x'.repeat(900), 'x'.repeat(900))];
    const cached = new Cached((request, count) => answer(request, 200, fresh, bodies[count - 1] ?? 'last'), {
      maxEntrySize: '1kb',
    });
    const left = await cached.get(undefined, { streaming: true });
    await left[Symbol.asyncDispose]();
    expect((bodies[0] as Pieces).closed).toBe(true);
    await expect(drain(cached)).rejects.toThrow('cut');
    await drain(cached);
    expect(await (await cached.get()).text()).toBe('last');
    expect(cached.sent).toHaveLength(4);
  });
});
