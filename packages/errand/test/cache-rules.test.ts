import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Directives } from '../src/middleware/cache/directives.js';
import { parseHttpDate } from '../src/middleware/cache/http-date.js';
import {
  ageAt,
  comparable,
  decide,
  isStorable,
  mayStandIn,
  noWishes,
  readWishes,
  termsOf,
  varyNames,
} from '../src/middleware/cache/rules.js';

const noon = Date.UTC(2026, 0, 1, 12);
const date = (seconds: number) => new Date(noon + seconds * 1000).toUTCString();
type Fields = Record<string, string | string[]>;
const head = (fields: Fields, status = 200) => ({ status, fields, requestedAt: noon, receivedAt: noon });
const lifetime = (fields: Fields, status = 200, shared = false) =>
  termsOf(head(fields, status), shared).lifetime / 1000;
const storable = (fields: Fields, status = 200, shared = false, authorized = false, request: string[] = []) =>
  isStorable(head(fields, status), readWishes(request), authorized, shared);

describe('dates (RFC 9110 5.6.7)', () => {
  it.each([
    'Sun, 06 Nov 1994 08:49:37 GMT',
    'Sunday, 06-Nov-94 08:49:37 GMT',
    'Sun Nov  6 08:49:37 1994',
    'SUN, 06 nov 1994 08:49:37 gmt',
    'Sun, 06 Nov 1994 08:49:37 UTC',
  ])('%s', (text) => {
    expect(parseHttpDate(text, noon)).toBe(784_111_777_000);
  });

  it('a two-digit year is at most fifty years ahead', () => {
    expect(parseHttpDate('Sunday, 06-Nov-76 08:49:37 GMT', noon)).toBe(Date.UTC(2076, 10, 6, 8, 49, 37));
    expect(parseHttpDate('Sunday, 06-Nov-77 08:49:37 GMT', noon)).toBe(Date.UTC(1977, 10, 6, 8, 49, 37));
  });

  it.each([
    '',
    '0',
    '-1',
    'now',
    '2026-01-01T12:00:00Z',
    'Sun, 31 Feb 2026 00:00:00 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:49:37 EST',
    'Sun, 06 Nov 1994 8:49:37 GMT',
  ])('%j is none', (text) => {
    expect(parseHttpDate(text, noon)).toBeUndefined();
  });

  it('reads whatever the platform writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
        expect(parseHttpDate(new Date(seconds * 1000).toUTCString(), noon)).toBe(seconds * 1000);
      }),
    );
  });
});

describe('Cache-Control', () => {
  const maxAge = (header: string) => new Directives(header).duration('max-age');
  it.each([
    ['max-age=60', 60_000],
    ['MaX-aGe=60', 60_000],
    ['foobar, max-age=60', 60_000],
    [' max-age=60 ,no-transform', 60_000],
    ['max-age="60"', 60_000],
    ['max-age=0060', 60_000],
    ['max-age=60, max-age=60', 60_000],
    ['extension="max-age=3600", max-age=1', 1000],
    ['max-age=1, extension="max-age=3600"', 1000],
    ['extension="a\\", max-age=3600", max-age=1', 1000],
    ['max-age=99999999999999999999', 2 ** 31 * 1000],
    ['public', undefined],
    ['', undefined],
    ['max-ages=60', undefined],
    ['max-age', 0],
    ['max-age=', 0],
    ['max-age=-60', 0],
    ['max-age=60a', 0],
    ['max-age=6.0', 0],
    ["max-age='60'", 0],
    ['max-age =60', 0],
    ['max-age= 60', 0],
    ['max-age=60, max-age=1', 0],
    ['max-age=1, max-age=60', 0],
  ])('%s: max-age is %s', (header, expected) => {
    expect(maxAge(header)).toBe(expected);
  });

  it('tells a directive about fields from one about the whole', () => {
    const some = new Directives('no-cache="a, B", private');
    expect([some.hasWhole('no-cache'), some.hasWhole('private')]).toEqual([false, true]);
    expect(some.fieldsOf('no-cache')).toEqual(['a', 'b']);
    expect(new Directives('no-cache="a", no-cache').hasWhole('no-cache')).toBe(true);
    expect(new Directives('no-cache=""').hasWhole('no-cache')).toBe(true);
  });

  it('is read without error whatever it is, and never invents freshness', () => {
    const piece = fc.constantFrom('max-age', '=', '"', ',', ' ', '60', '\\', 'no-store', 'x', '\t', "'");
    fc.assert(
      fc.property(
        fc.array(piece).map((all) => all.join('')),
        (header) => {
          const read = maxAge(header);
          if (read !== undefined && read > 0) expect(header).toMatch(/max-age="?\\?(60)+/);
        },
      ),
    );
  });
});

describe('how long a response is fresh (RFC 9111 4.2.1)', () => {
  it.each([
    [{ 'cache-control': 'max-age=60', expires: date(10), date: date(0) }, 60],
    [{ 'cache-control': ['s-maxage=9', 'max-age=60'] }, 60],
    [{ expires: date(30), date: date(0) }, 30],
    [{ expires: date(30), date: date(10) }, 20],
    [{ expires: date(30) }, 30],
    [{ expires: date(-30), date: date(0) }, 0],
    [{ expires: '0', date: date(0), 'last-modified': date(-1000) }, 0],
    [{ expires: [date(30), date(60)], date: date(0) }, 0],
    [{ expires: [date(30), date(30)], date: date(0) }, 30],
    [{ 'cache-control': 'max-age=0', expires: date(30) }, 0],
    [{ 'cache-control': 'max-age=60', expires: '0' }, 60],
    [{ 'last-modified': date(-1000), date: date(0) }, 100],
    [{ 'last-modified': date(-1000) }, 100],
    [{ 'last-modified': date(-100 * 24 * 3600), date: date(0) }, 24 * 3600],
    [{ 'last-modified': date(1000), date: date(0) }, 0],
    [{ 'last-modified': 'yesterday' }, 0],
    [{}, 0],
  ] as Array<[Fields, number]>)('%j: %i s', (fields, expected) => {
    expect(lifetime(fields)).toBe(expected);
  });

  it('a shared cache goes by s-maxage', () => {
    expect(lifetime({ 'cache-control': 'max-age=60, s-maxage=9' }, 200, true)).toBe(9);
    expect(lifetime({ 'cache-control': 'max-age=60' }, 200, true)).toBe(60);
  });

  it.each([200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501])('%i may be fresh without being told', (status) => {
    expect(lifetime({ 'last-modified': date(-1000), date: date(0) }, status)).toBe(100);
  });

  it.each([201, 202, 302, 303, 307, 403, 500, 502, 503, 504, 599])('%i only where it says so', (status) => {
    const fields = { 'last-modified': date(-1000), date: date(0) };
    expect(lifetime(fields, status)).toBe(0);
    expect(lifetime({ ...fields, 'cache-control': 'public' }, status)).toBe(100);
    expect(lifetime({ ...fields, 'cache-control': 'max-age=5' }, status)).toBe(5);
  });
});

describe('how old a response is (RFC 9111 4.2.3)', () => {
  it.each([
    [{ age: '30' }, 30],
    [{ age: '30, 0' }, 30],
    [{ age: ['30', '0'] }, 30],
    [{ age: '0, 30' }, 0],
    [{ age: '-30' }, 0],
    [{ age: '30.0' }, 0],
    [{ age: 'old' }, 0],
    [{ date: date(-20) }, 20],
    [{ date: date(-20), age: '30' }, 30],
    [{ date: date(-40), age: '30' }, 40],
    [{ date: date(40) }, 0],
    [{ date: 'today' }, 0],
  ] as Array<[Fields, number]>)('%j: %i s', (fields, expected) => {
    const terms = termsOf(head(fields), false);
    expect(ageAt(terms, noon) / 1000).toBe(expected);
    expect(ageAt(terms, noon + 5000) / 1000).toBe(expected + 5);
    expect(ageAt(terms, noon - 5000) / 1000).toBe(expected);
  });

  it('the time that the answer took counts, the part of a second that Date leaves out does not', () => {
    const slow = { status: 200, fields: { date: date(0), age: '1' }, requestedAt: noon, receivedAt: noon + 2500 };
    expect(ageAt(termsOf(slow, false), noon + 2500)).toBe(3500);
    const soon = { status: 200, fields: { date: date(0) }, requestedAt: noon + 900, receivedAt: noon + 900 };
    expect(ageAt(termsOf(soon, false), noon + 900)).toBe(0);
  });
});

describe('what may be stored (RFC 9111 3)', () => {
  const fresh = { 'cache-control': 'max-age=60' };
  it.each([
    [fresh, true],
    [{ expires: date(60) }, true],
    [{ etag: '"a"' }, true],
    [{ 'last-modified': date(-1000) }, true],
    [{}, false],
    [{ 'cache-control': 'max-age=0' }, false],
    [{ 'cache-control': 'max-age=0', etag: '"a"' }, true],
    [{ 'cache-control': 'no-cache', etag: '"a"' }, true],
    [{ 'cache-control': 'no-cache' }, false],
    [{ 'cache-control': 'max-age=0, stale-if-error=60' }, true],
    [{ 'cache-control': 'max-age=0, stale-if-error=60, must-revalidate' }, false],
    [{ 'cache-control': 'max-age=60, no-store' }, false],
    [{ 'cache-control': 'max-age=60, NO-store' }, false],
    [{ 'cache-control': 'private, max-age=60' }, true],
    [{ 'cache-control': 'max-age=60', vary: '*' }, false],
    [{ 'cache-control': 'max-age=60', vary: ['', '*'] }, false],
    [{ 'cache-control': 'max-age=60', vary: 'a' }, true],
    [{ 'cache-control': 'max-age=60, must-understand, no-store' }, true],
  ] as Array<[Fields, boolean]>)('%j: %s', (fields, expected) => {
    expect(storable(fields)).toBe(expected);
  });

  it('by status', () => {
    const stored = [
      100, 103, 200, 203, 204, 206, 299, 301, 302, 303, 304, 307, 308, 400, 404, 410, 416, 499, 500, 503, 599,
    ].filter((status) => storable(fresh, status));
    expect(stored).toEqual([200, 203, 204, 299, 301, 302, 303, 307, 308, 400, 404, 410, 499, 500, 503, 599]);
    expect(storable({ 'cache-control': 'max-age=60, must-understand, no-store' }, 299)).toBe(false);
    expect(storable({ etag: '"a"' }, 302)).toBe(false);
  });

  it('not where the request says no-store', () => {
    expect(storable(fresh, 200, false, false, ['cache-control', 'no-store'])).toBe(false);
  });

  it('a shared cache leaves alone what is private, or was authorized without a word', () => {
    expect(storable({ 'cache-control': 'private, max-age=60' }, 200, true)).toBe(false);
    expect(storable({ 'cache-control': 'private="x", max-age=60' }, 200, true)).toBe(true);
    expect(storable(fresh, 200, true, true)).toBe(false);
    for (const word of ['public', 'must-revalidate', 's-maxage=60']) {
      expect(storable({ 'cache-control': `max-age=60, ${word}` }, 200, true, true)).toBe(true);
    }
    expect(storable(fresh, 200, false, true)).toBe(true);
  });
});

describe('what may be done with it', () => {
  const after = (seconds: number, cacheControl: string, wishes: string[] = []) =>
    decide(termsOf(head({ 'cache-control': cacheControl }), false), readWishes(wishes), noon + seconds * 1000);
  const cc = (value: string) => ['cache-control', value];

  it.each([
    [9, 'max-age=10', [], 'use'],
    [10, 'max-age=10', [], 'ask'],
    [0, 'max-age=10, no-cache', [], 'ask'],
    [0, 'max-age=10, no-cache="set-cookie"', [], 'use'],
    [10, 'max-age=10, stale-while-revalidate=5', [], 'refresh'],
    [15, 'max-age=10, stale-while-revalidate=5', [], 'ask'],
    [10, 'max-age=10, stale-while-revalidate=5, must-revalidate', [], 'ask'],
    [10, 'max-age=10, stale-while-revalidate=5', cc('max-age=5'), 'ask'],
    [1, 'max-age=10', cc('no-cache'), 'ask'],
    [1, 'max-age=10', ['pragma', 'no-cache'], 'ask'],
    [1, 'max-age=10', ['pragma', 'no-cache', 'cache-control', 'max-age=5'], 'use'],
    [0, 'max-age=10', cc('max-age=0'), 'ask'],
    [5, 'max-age=10', cc('max-age=5'), 'use'],
    [6, 'max-age=10', cc('max-age=5'), 'ask'],
    [4, 'max-age=10', cc('min-fresh=5'), 'use'],
    [5, 'max-age=10', cc('min-fresh=5'), 'ask'],
    [11, 'max-age=10', cc('max-stale=5'), 'use'],
    [15, 'max-age=10', cc('max-stale=5'), 'use'],
    [16, 'max-age=10', cc('max-stale=5'), 'ask'],
    [9999, 'max-age=10', cc('max-stale'), 'use'],
    [11, 'max-age=10, must-revalidate', cc('max-stale=5'), 'ask'],
    [11, 'max-age=10', cc('max-stale=x'), 'ask'],
  ] as Array<[number, string, string[], string]>)('%i s after %s, asked %j: %s', (seconds, given, wishes, expected) => {
    expect(after(seconds, given, wishes)).toBe(expected);
  });

  it.each([
    [10, 'max-age=10, stale-if-error=5', [], true],
    [15, 'max-age=10, stale-if-error=5', [], true],
    [16, 'max-age=10, stale-if-error=5', [], false],
    [11, 'max-age=10', [], false],
    [11, 'max-age=10', cc('stale-if-error=5'), true],
    [11, 'max-age=10, must-revalidate, stale-if-error=5', [], false],
    [11, 'max-age=10, no-cache, stale-if-error=5', [], false],
    [11, 'max-age=10, stale-if-error=5', cc('no-cache'), false],
    [11, 'max-age=10, stale-if-error=5', cc('max-age=5'), false],
  ] as Array<[number, string, string[], boolean]>)(
    'stands in for an error %i s after %s, asked %j: %s',
    (seconds, given, wishes, expected) => {
      const terms = termsOf(head({ 'cache-control': given }), false);
      expect(mayStandIn(terms, readWishes(wishes), noon + seconds * 1000)).toBe(expected);
    },
  );

  it('s-maxage and proxy-revalidate bind a shared cache', () => {
    for (const word of ['s-maxage=10', 'proxy-revalidate']) {
      const fields = { 'cache-control': `max-age=10, ${word}, stale-while-revalidate=60` };
      expect(decide(termsOf(head(fields), true), noWishes, noon + 11_000)).toBe('ask');
      expect(decide(termsOf(head(fields), false), noWishes, noon + 11_000)).toBe('refresh');
    }
  });

  it('never uses a stale response unless somebody allowed it, whatever the numbers', () => {
    const seconds = fc.integer({ min: 0, max: 100 });
    fc.assert(
      fc.property(seconds, seconds, seconds, seconds, (maxAge, age, initial, passed) => {
        const terms = termsOf(head({ 'cache-control': `max-age=${maxAge}`, age: `${initial}` }), false);
        const how = decide(terms, { ...noWishes, maxAge: age * 1000 }, noon + passed * 1000);
        expect(how === 'use').toBe(initial + passed < maxAge && initial + passed <= age && age > 0);
      }),
    );
  });
});

describe('Vary', () => {
  it('names fields, or everything', () => {
    expect(varyNames({})).toEqual([]);
    expect(varyNames({ vary: 'Accept-Language , COOKIE,accept-language' })).toEqual(['accept-language', 'cookie']);
    for (const star of ['*', '*, *', ', *', '*, Foo', 'Foo, *']) expect(varyNames({ vary: star })).toBe('*');
  });

  it('compares fields without white space around commas', () => {
    expect(comparable('1,2')).toBe(comparable(' 1 ,  2 '));
    expect(comparable('1,2')).not.toBe(comparable('1 2'));
    expect(comparable(undefined)).toBeNull();
    expect(comparable('')).toBe('');
  });
});
