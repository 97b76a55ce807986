import { describe, expect, it } from 'vitest';
import { ConnectError } from '../src/errors.js';
import type { CacheStore } from '../src/middleware/cache/store-entries.js';
import { Cached } from './support/cached.js';

/** An origin that answers when the test says so. */
function held(answers: (count: number) => [number, Record<string, string>?, string?]) {
  const waiting: Array<() => void> = [];
  const cached = new Cached(async (request, count) => {
    await new Promise<void>((resolve, reject) => {
      waiting.push(resolve);
      request.call.register({ cancel: reject });
    });
    return answers(count);
  });
  return { cached, release: () => waiting.splice(0).forEach((go) => void go()) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const texts = (responses: Array<Promise<{ text(): Promise<string> }>>) =>
  Promise.all(responses.map(async (each) => (await each).text()));

describe('many callers, one URL, nothing stored', () => {
  it('are answered by one request', async () => {
    const { cached, release } = held((count) => [200, { 'cache-control': 'max-age=60' }, `body ${count}`]);
    const responses = Array.from({ length: 20 }, () => cached.get());
    await settled();
    expect(cached.sent).toHaveLength(1);
    release();
    expect(new Set(await texts(responses))).toEqual(new Set(['body 1']));
    const came = await Promise.all(responses);
    expect(came.filter(({ fromCache }) => fromCache)).toHaveLength(19);
    expect(new Set(came.map(({ bytesCollected }) => bytesCollected.buffer)).size).toBe(20);
    expect([cached.sent.length, cached.hits]).toEqual([1, 19]);
  });

  it('go themselves where the answer may not be shared, all at once, and do not wait for one another again', async () => {
    const { cached, release } = held((count) => [200, { 'cache-control': 'no-store' }, `body ${count}`]);
    const first = Array.from({ length: 5 }, () => cached.get());
    await settled();
    expect(cached.sent).toHaveLength(1);
    release();
    await settled();
    expect(cached.sent).toHaveLength(5);
    release();
    expect(new Set(await texts(first)).size).toBe(5);
    const second = Array.from({ length: 5 }, () => cached.get());
    await settled();
    expect(cached.sent).toHaveLength(10);
    release();
    await Promise.all(second);
    cached.later(61);
    const third = Array.from({ length: 5 }, () => cached.get());
    await settled();
    expect(cached.sent).toHaveLength(11);
    release();
    await settled();
    release();
    await Promise.all(third);
  });

  it('the first leaves: the others are answered all the same', async () => {
    const { cached, release } = held((count) => [200, { 'cache-control': 'max-age=60' }, `body ${count}`]);
    const leader = cached.request();
    const gone = cached.send(leader).catch((error: { code: string }) => error.code);
    const others = Array.from({ length: 4 }, () => cached.get());
    await settled();
    leader.call.aborted('enough');
    expect(await gone).toBe('ERRAND_ABORTED');
    release();
    expect(new Set(await texts(others))).toEqual(new Set(['body 1']));
    expect(cached.sent).toHaveLength(1);
  });

  it('all leave: the request is cancelled', async () => {
    const { cached } = held(() => [200]);
    const requests = [cached.request(), cached.request()];
    const codes = requests.map((request) => cached.send(request).catch((error: { code: string }) => error.code));
    await settled();
    for (const request of requests) request.call.aborted('enough');
    expect(await Promise.all(codes)).toEqual(['ERRAND_ABORTED', 'ERRAND_ABORTED']);
    expect(cached.sent[0]?.call.failure).toBeDefined();
  });

  it('fail together', async () => {
    const cached = new Cached(async () => {
      await settled();
      throw new ConnectError('refused');
    });
    const codes = await Promise.all([1, 2, 3].map(() => cached.get().catch((error: { code: string }) => error.code)));
    expect(codes).toEqual(['ERRAND_CONNECT', 'ERRAND_CONNECT', 'ERRAND_CONNECT']);
    expect(cached.sent).toHaveLength(1);
  });

  it('ask once whether a stale response still holds', async () => {
    const { cached, release } = held((count) =>
      count === 1 ? [200, { 'cache-control': 'max-age=10', etag: '"a"' }, 'body'] : [304],
    );
    const first = cached.get();
    await settled();
    release();
    await first;
    cached.later(10);
    const responses = Array.from({ length: 20 }, () => cached.get());
    await settled();
    release();
    expect(new Set(await texts(responses))).toEqual(new Set(['body']));
    expect(cached.sent).toHaveLength(2);
  });

  it('wait for nobody where they ask something else, or stream', async () => {
    const { cached, release } = held(() => [200, { 'cache-control': 'max-age=60' }, 'x']);
    void cached.get();
    void cached.get(undefined, { fields: ['accept-language', 'et'] });
    void cached.get(undefined, { fields: ['authorization', 'Bearer a'] });
    void cached.get(undefined, { streaming: true });
    await settled();
    expect(cached.sent).toHaveLength(4);
    release();
  });
});

describe('a store of the caller’s', () => {
  const mapStore = (): CacheStore & { map: Map<string, Uint8Array>; ttls: number[] } => {
    const map = new Map<string, Uint8Array>();
    const ttls: number[] = [];
    return {
      map,
      ttls,
      get: async (key) => map.get(key),
      async set(key, entry, ttl) {
        ttls.push(ttl);
        map.set(key, entry);
      },
      async delete(key) {
        map.delete(key);
      },
    };
  };
  const origin = (_: unknown, count: number) =>
    [200, { 'cache-control': 'max-age=60', vary: 'foo' }, `body ${count}`] as [number, Record<string, string>, string];

  it('is shared between sessions, holds every variant, and sees no secret', async () => {
    const store = mapStore();
    const one = new Cached(origin, { store });
    const two = new Cached(origin, { store });
    const url = 'http://a.test/x?token=hidden';
    for (const foo of ['1', '2']) {
      const fields = ['foo', foo, 'authorization', 'Bearer hidden'];
      expect((await one.get(url, { fields })).fromCache).toBe(false);
      const again = await two.get(url, { fields });
      expect([again.fromCache, await again.text()]).toEqual([true, `body ${foo}`]);
    }
    expect(store.map.size).toBe(1);
    expect(store.ttls).toEqual([60_000, 60_000]);
    const [[key, entry]] = [...store.map] as [[string, Uint8Array]];
    expect(key + Buffer.from(entry).toString('latin1')).not.toContain('hidden');
    await one.get(url, { method: 'DELETE' });
    expect(store.map.size).toBe(0);
  });

  it('may answer synchronously', async () => {
    const map = new Map<string, Uint8Array>();
    const store: CacheStore = {
      get: (key) => map.get(key),
      set: (key, entry) => void map.set(key, entry),
      delete: (key) => void map.delete(key),
    };
    const cached = new Cached(origin, { store });
    await cached.get();
    expect((await cached.get()).fromCache).toBe(true);
  });

  it('guards what guarded calls get out of it', async () => {
    const store = mapStore();
    const cached = new Cached(origin, { store });
    const guard = { refuseUrl: () => undefined, refuseAddress: () => undefined, trustsHost: () => true };
    await cached.get();
    expect((await cached.get(undefined, { policy: { guard } })).fromCache).toBe(false);
    expect((await cached.get(undefined, { policy: { guard } })).fromCache).toBe(true);
  });

  it('that fails, or holds nonsense, is as if it were empty', async () => {
    const fails = () => Promise.reject(new Error('away'));
    const throws = () => {
      throw new Error('away');
    };
    const stores: CacheStore[] = [
      { get: fails, set: fails, delete: fails },
      { get: throws, set: throws, delete: throws },
      { get: () => new Uint8Array([1, 2, 3]), set() {}, delete() {} },
      { get: () => 'text' as never, set() {}, delete() {} },
    ];
    for (const store of stores) {
      const cached = new Cached(origin, { store });
      for (const count of [1, 2]) expect(await (await cached.get()).text()).toBe(`body ${count}`);
      await cached.get(undefined, { method: 'POST' });
    }
  });

  it('that never answers does not outlast the call', async () => {
    const never = () => new Promise<never>(() => {});
    const cached = new Cached(origin, { store: { get: never, set: never, delete: never } });
    const request = cached.request();
    const code = cached.send(request).catch((error: { code: string }) => error.code);
    await settled();
    request.call.aborted('enough');
    expect(await code).toBe('ERRAND_ABORTED');
  });

  it('is given no more of one URL than one entry may take', async () => {
    const store = mapStore();
    const cached = new Cached(
      (_, count) => [200, { 'cache-control': 'max-age=60', vary: 'foo' }, `${count}`.repeat(1000)],
      { store, maxEntrySize: 5000 },
    );
    for (let index = 0; index < 9; index++) await cached.get(undefined, { fields: ['foo', String(index)] });
    for (const entry of store.map.values()) expect(entry.length).toBeLessThan(6000);
    expect((await cached.get(undefined, { fields: ['foo', '8'] })).fromCache).toBe(true);
    expect((await cached.get(undefined, { fields: ['foo', '0'] })).fromCache).toBe(false);
  });
});
