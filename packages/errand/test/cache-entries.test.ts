import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, encode } from '../src/middleware/cache/encoding.js';
import { MemoryEntries } from '../src/middleware/cache/entries.js';
import { resolveCache } from '../src/middleware/cache/options.js';
import { Variant } from '../src/middleware/cache/variant.js';

const text = fc.string();
const field = fc.oneof(text, fc.array(text, { maxLength: 3 }));
const stored = fc.record({
  status: fc.integer({ min: 200, max: 599 }),
  statusText: text,
  fields: fc.dictionary(text, field),
  body: fc.uint8Array({ maxLength: 200 }),
  requestedAt: fc.integer(),
  receivedAt: fc.integer(),
  vary: fc.array(fc.tuple(text, fc.option(text)), { maxLength: 3 }),
  authorization: text,
  guarded: fc.boolean(),
});

describe('stored responses as bytes', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.array(stored, { maxLength: 4 }), (responses) => {
        const back = decode(encode(responses));
        expect(back.map(({ fields, ...rest }) => ({ ...rest, fields: Object.entries(fields) }))).toEqual(
          responses.map(({ fields, ...rest }) => ({ ...rest, fields: Object.entries(fields) })),
        );
      }),
    );
  });

  it('are nothing where they are cut, of another version, or not ours', () => {
    const bytes = encode([
      {
        status: 200,
        statusText: '',
        fields: {},
        body: new Uint8Array(9),
        requestedAt: 1,
        receivedAt: 2,
        vary: [],
        authorization: '',
        guarded: true,
      },
    ]);
    expect(decode(bytes)).toHaveLength(1);
    for (let length = 0; length < bytes.length; length++) expect(decode(bytes.subarray(0, length))).toEqual([]);
    expect(decode(new Uint8Array([...bytes, 0]))).toEqual([]);
    expect(decode(Uint8Array.from(bytes, (byte, index) => (index === 0 ? 2 : byte)))).toEqual([]);
  });

  it('never throw, whatever they are', () => {
    const whole = encode([
      {
        status: 200,
        statusText: '',
        fields: { a: 'b' },
        body: new Uint8Array(3),
        requestedAt: 1,
        receivedAt: 2,
        vary: [['x', null]],
        authorization: '',
        guarded: true,
      },
    ]);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void decode(bytes)));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        const broken = whole.slice();
        broken[at] = byte;
        for (const { body, fields } of decode(broken))
          expect([body instanceof Uint8Array, typeof fields]).toEqual([true, 'object']);
      }),
    );
  });
});

describe('memory', () => {
  const variant = (size: number, name = 'v') =>
    new Variant(
      {
        status: 200,
        statusText: name,
        fields: {},
        body: new Uint8Array(size),
        requestedAt: 0,
        receivedAt: 0,
        vary: [],
        authorization: '',
        guarded: false,
      },
      false,
      undefined,
    );

  it('lets go of what was used longest ago', () => {
    const entries = new MemoryEntries(3 * variant(1000).size + 10);
    for (const key of ['a', 'b', 'c']) entries.put(key, [variant(1000)]);
    entries.get('a');
    entries.put('d', [variant(1000)]);
    expect(['a', 'b', 'c', 'd'].filter((key) => entries.get(key).length > 0)).toEqual(['a', 'c', 'd']);
  });

  it('keeps of one URL as many of the newest as there is room for', () => {
    const entries = new MemoryEntries(2 * variant(1000).size + 10);
    entries.put('a', [variant(1000, 'new'), variant(1000, 'newer'), variant(1000, 'old')]);
    expect(entries.get('a').map(({ stored: { statusText } }) => statusText)).toEqual(['new', 'newer']);
    entries.put('b', [variant(100_000)]);
    expect(entries.get('b')).toEqual([]);
  });

  it('never holds more than it may, and counts what it holds, against a model', () => {
    const step = fc.record({
      kind: fc.constantFrom('get', 'put', 'drop'),
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      size: fc.nat(3000),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const max = 6000;
        const entries = new MemoryEntries(max);
        let model: Array<[string, number]> = [];
        for (const { kind, key, size } of steps) {
          const known = model.find(([each]) => each === key);
          if (kind === 'get') expect(entries.get(key).length > 0).toBe(known !== undefined);
          const rest = model.filter(([each]) => each !== key);
          const added = variant(size).size + key.length;
          if (kind === 'get') model = known ? [...rest, known] : rest;
          else model = kind === 'put' ? [...rest, [key, added]] : rest;
          if (kind !== 'get') entries.put(key, kind === 'put' ? [variant(size)] : []);
          while (model.reduce((sum, [, each]) => sum + each, 0) > max) model.shift();
          expect(entries.size).toBe(model.reduce((sum, [, each]) => sum + each, 0));
        }
      }),
    );
  });
});

describe('the option cache', () => {
  it('is off, on, or has bounds', () => {
    expect(resolveCache(undefined)).toBeUndefined();
    expect(resolveCache(false)).toBeUndefined();
    expect(resolveCache(true)?.maxEntrySize).toBe(2 * 1024 * 1024);
    expect(resolveCache({ maxEntrySize: '1kb' })?.maxEntrySize).toBe(1024);
  });

  it.each([
    [null, 'cache'],
    ['yes', 'cache'],
    [{ maxSize: 'big' }, 'cache.maxSize'],
    [{ maxEntrySize: -1 }, 'cache.maxEntrySize'],
    [{ shared: 1 }, 'cache.shared'],
    [{ store: {} }, 'cache.store'],
    [{ store: null }, 'cache.store'],
  ])('%j is a TypeError that names it', (option, name) => {
    expect(() => resolveCache(option as never)).toThrow(TypeError);
    expect(() => resolveCache(option as never)).toThrow(name);
  });
});
