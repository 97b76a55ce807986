// Copies in files: found again after a restart, bounded, and none where a file is not whole.
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Copies, type CopiesOptions } from '../src/cache/copies.js';
import { CopyFiles } from '../src/cache/copy-files.js';
import { MemoryIndex } from '../src/cache/copy-index.js';
import type { Page } from '../src/core/page.js';
import { openStore } from '../src/store/store.js';
import { page, request } from './formats-pages.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'copies-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const signal = new AbortController().signal;
const files = async () => (await readdir(join(folder, 'copies'))).sort();

/** Asks one service that begins and ends. */
async function once(name: string, got: Page, options: CopiesOptions = {}, cacheTtl = 60_000) {
  const copies = new Copies({ folder, ...options });
  try {
    return await copies.get(request({ url: `https://site.example/${name}`, cacheTtl }), async () => got, { signal });
  } finally {
    await copies.close();
  }
}

test('a copy outlives the process, with all that belongs to the page', async () => {
  const rendered = {
    screenshot: Buffer.from('png'),
    pdf: undefined,
    screenshots: [Buffer.from('1')],
    blocked: 2,
    warnings: ['w'],
  };
  const whole = page(new Uint8Array([0, 255, 7]), 'text/html', {
    engine: 'browser',
    rendered,
    history: [{ url: 'u', status: 301 }],
  });
  expect((await once('a', whole)).cache).toBe('miss');
  const again = await once('a', page('other'));
  expect(again.cache).toBe('hit');
  expect(Buffer.from(again.page.fetched.body)).toEqual(Buffer.from([0, 255, 7]));
  expect(again.page.attempts).toEqual(whole.attempts);
  expect(again.page.fetched.rendered).toEqual(rendered);
  expect((await once('a', page('other'), { now: () => Date.now() + 60_001 })).cache).toBe('miss');
});

test('nobody else may read them', async () => {
  await once('a', page('x'));
  const [name = ''] = await files();
  expect((await stat(join(folder, 'copies'))).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder, 'copies', name))).mode & 0o777).toBe(0o600);
});

test.each<[string, (file: string) => Promise<void>]>([
  ['cut', (file) => truncate(file, 60)],
  ['cut in its head', (file) => truncate(file, 3)],
  ['empty', (file) => truncate(file, 0)],
  [
    'changed',
    async (file) => {
      const bytes = await readFile(file);
      bytes[bytes.length - 9] = (bytes[bytes.length - 9] as number) ^ 1;
      await writeFile(file, bytes);
    },
  ],
  ['something else', (file) => writeFile(file, 'something else that is long enough for a head')],
])('a file that is %s is no copy, and is replaced', async (_, damage) => {
  await once('a', page('one'));
  const [name = ''] = await files();
  await damage(join(folder, 'copies', name));
  expect((await once('a', page('two'))).cache).toBe('miss');
  const again = await once('a', page('three'));
  expect(again.cache).toBe('hit');
  expect(Buffer.from(again.page.fetched.body).toString()).toBe('two');
});

test('a file that vanishes under a running service is no copy', async () => {
  const copies = new Copies({ folder, memoryLimit: 0 });
  const ask = () => copies.get(request({ cacheTtl: 60_000 }), async () => page('x'), { signal });
  await ask();
  await expect.poll(files).toHaveLength(1);
  expect((await ask()).cache).toBe('hit');
  await rm(join(folder, 'copies', (await files())[0] as string));
  expect((await ask()).cache).toBe('miss');
  await copies.close();
});

test('what a killed process left unfinished goes; what is not ours stays', async () => {
  await once('a', page('x'));
  const [name = ''] = await files();
  await writeFile(join(folder, 'copies', `${name}.77-1.part`), 'half');
  await writeFile(join(folder, 'copies', 'README'), 'hello');
  expect((await once('a', page('y'))).cache).toBe('hit');
  expect(await files()).toEqual([name, 'README'].sort());
});

test('files are bounded: those not asked for longest go', async () => {
  // A clock on which no two moments are the same: file systems have coarser ones.
  let at = Date.now();
  const options = { diskLimit: 20_000, memoryLimit: 0, index: new MemoryIndex(), now: () => ++at };
  const body = () => page('x'.repeat(8_000));
  await once('a', body(), options);
  await once('b', body(), options);
  await once('c', body(), options);
  expect(await files()).toHaveLength(2);
  expect((await once('a', body(), options)).cache).toBe('miss');
  expect((await once('c', body(), options)).cache).toBe('hit');
  await once('huge', page('x'.repeat(30_000)), options);
  expect((await once('c', body(), options)).cache).toBe('hit');
});

test('what has expired is removed', async () => {
  const index = new MemoryIndex();
  const store = new CopyFiles({ folder: join(folder, 'copies'), limit: 1e6, index });
  await store.set('a'.repeat(64), { page: page('x'), stored: 1, expires: 10 });
  await store.set('b'.repeat(64), { page: page('x'), stored: 1, expires: 20 });
  await store.expire(15);
  expect(await files()).toEqual(['b'.repeat(64)]);
  expect([...index.keys()]).toEqual(['b'.repeat(64)]);
  await store.close();
});

test('a folder that cannot be used costs the copies, not the callers', async () => {
  await writeFile(join(folder, 'copies'), 'a file in the way');
  const errors: unknown[] = [];
  const copies = new Copies({ folder, onError: (error) => errors.push(error) });
  const ask = () => copies.get(request({ cacheTtl: 60_000 }), async () => page('x'), { signal });
  expect((await ask()).cache).toBe('miss');
  expect((await ask()).cache).toBe('hit');
  await copies.close();
  expect(errors.length).toBeGreaterThan(0);
});

test('index and folder say the same, whatever is done in whatever order', async () => {
  const keys = ['a', 'b', 'c'].map((each) => each.repeat(64));
  const step = fc.record({
    what: fc.constantFrom('set', 'get', 'delete', 'expire'),
    key: fc.constantFrom(...keys),
    size: fc.nat(3_000),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const here = await mkdtemp(join(folder, 'run-'));
      const index = new MemoryIndex();
      const store = new CopyFiles({
        folder: here,
        limit: 6_000,
        index,
        onError: (error) => {
          throw error;
        },
      });
      await Promise.all(
        steps.map(({ what, key, size }, time) => {
          if (what === 'set') return store.set(key, { page: page('x'.repeat(size)), stored: time, expires: time + 4 });
          if (what === 'get') return store.get(key, time);
          return what === 'delete' ? store.delete(key) : store.expire(time);
        }),
      );
      await store.close();
      expect([...index.keys()].sort()).toEqual((await readdir(here)).sort());
      expect(index.total()).toBeLessThanOrEqual(6_000);
      for (const key of index.keys()) expect((await stat(join(here, key))).size).toBe(index.find(key)?.bytes);
    }),
    { numRuns: 40 },
  );
});

test('an index that fails costs the copies, not the callers', async () => {
  const broken = new MemoryIndex();
  for (const name of ['find', 'put', 'touch', 'expired', 'leastUsed', 'total'] as const) {
    broken[name] = () => {
      throw new Error('disk full');
    };
  }
  const errors: unknown[] = [];
  const copies = new Copies({ folder, index: broken, memoryLimit: 0, onError: (error) => errors.push(error) });
  const ask = () => copies.get(request({ cacheTtl: 60_000 }), async () => page('x'), { signal });
  expect((await ask()).cache).toBe('miss');
  expect((await ask()).page.fetched.status).toBe(200);
  await copies.close();
  expect(errors.length).toBeGreaterThan(0);
});

test('an index that cannot forget ends nothing but the making of room', async () => {
  const stuck = new MemoryIndex();
  stuck.remove = () => {
    throw new Error('disk full');
  };
  const store = new CopyFiles({ folder: join(folder, 'copies'), limit: 4_000, index: stuck });
  for (const key of ['a', 'b']) {
    await store.set(key.repeat(64), { page: page('x'.repeat(3_000)), stored: 1, expires: 9 });
  }
  await store.close();
});

test('copies indexed in the store are found again, and what another process removed is not', async () => {
  const store = openStore({ folder });
  const index = store.copies;
  try {
    await once('a', page('x'), { index });
    await once('b', page('x'), { index });
    expect([...index.keys()].sort()).toEqual(await files());
    await rm(join(folder, 'copies', (await files())[0] as string));
    const found = [await once('a', page('y'), { index }), await once('b', page('y'), { index })];
    expect(found.map(({ cache }) => cache).sort()).toEqual(['hit', 'miss']);
    expect([...index.keys()].sort()).toEqual(await files());
    const sizes = await Promise.all(
      (await files()).map(async (name) => (await stat(join(folder, 'copies', name))).size),
    );
    expect(index.total()).toBe(sizes.reduce((sum, size) => sum + size, 0));
  } finally {
    store.close();
  }
});
