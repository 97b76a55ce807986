// JSON that is none: a ParseError that says where, with what stands there; the scanner agrees with JSON.parse on what is JSON.
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { ParseError } from '../src/errors.js';
import { locateJsonError } from '../src/parse/json-error.js';
import { createReadings } from '../src/parse/readings.js';
import { failure, responseOf } from './support/documents.js';

const readings = createReadings();
afterAll(() => readings.close());
const read = (body: string | Buffer, given = {}) => responseOf(readings, body, 'application/json', given).json();

describe('a ParseError says where', () => {
  it.each([
    ['{"a":1,}', 1, 8, 'a name in double quotes', "'}'"],
    ['{"a" 1}', 1, 6, "':'", "'1'"],
    ['{\n  "a": [1,\n  ]\n}', 3, 3, 'a value', "']'"],
    ['[1,2', 1, 5, "',' or ']'", 'the end'],
    ['[1 2]', 1, 4, "',' or ']'", "'2'"],
    ['[', 1, 2, "a value or ']'", 'the end'],
    ['{"a":tru}', 1, 9, "'true'", "'}'"],
    ['nul', 1, 4, "'null'", 'the end'],
    ['[1]x', 1, 4, 'nothing more', "'x'"],
    ['["a\nb"]', 1, 4, 'an escaped control character', 'U+000A'],
    ['["\\x"]', 1, 4, 'a known escape', "'x'"],
    ['"abc', 1, 5, "a closing '\"'", 'the end'],
    ['[-]', 1, 3, 'a digit', "']'"],
    ["{'a':1}", 1, 2, "a name in double quotes or '}'", "'''"],
    ['   ', 1, 4, 'a value', 'the end'],
    ['😀', 1, 1, 'a value', "'😀'"],
  ])('%j', async (body, line, column, expected, found) => {
    const error = (await failure(read(body))) as ParseError;
    expect(error).toBeInstanceOf(ParseError);
    expect(error).toMatchObject({
      code: 'ERRAND_PARSE',
      line,
      column,
      method: 'GET',
      url: 'http://host.test/document',
    });
    expect(error.message).toContain(`expected ${expected} at line ${line}, column ${column}, found ${found}`);
  });

  it('with the text around the place, shortened, on one line', async () => {
    const error = (await failure(read(`{"list":[${'1,'.repeat(100)}\n\n oops ${',2'.repeat(100)}]}`))) as ParseError;
    expect(error.excerpt).toMatch(/^….*1, oops ,2,2.*…$/);
    expect((error.excerpt as string).length).toBeLessThan(90);
    expect(error.toJSON()).toMatchObject({ line: 3, column: 2, excerpt: error.excerpt });
  });

  it('wherever JSON was broken', () => {
    fc.assert(
      fc.property(
        fc.json(),
        fc.nat(),
        fc.constantFrom('}', ']', ',', '"', ':', 'x', '\\', '\\u', '{', '.', 'e', '-', '0', ''),
        (json, at, piece) => {
          const place = at % (json.length + 1);
          const text = json.slice(0, place) + piece + json.slice(piece === '' ? place + 1 : place);
          try {
            JSON.parse(text);
          } catch (error) {
            const found = locateJsonError(text);
            const index = /at position (\d+)/.exec((error as Error).message)?.[1];
            if (index !== undefined) expect(found.column).toBe(Number(index) + 1);
            // What comes before the place is not what is wrong.
            expect(found.column).toBeGreaterThan(0);
            expect(found.column).toBeLessThanOrEqual(text.length + 1);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('of a large body as of a small one', async () => {
    const large = createReadings({ offload: '1kb' });
    const body = `[${'1,\n'.repeat(2_000)}}`;
    const error = (await failure(responseOf(large, body, 'application/json').json())) as ParseError;
    await large.close();
    expect(error).toMatchObject({ name: 'ParseError', line: 2_001, column: 1 });
    expect(error.message).toBe(((await failure(read(body))) as ParseError).message);
  });
});

describe('no body', () => {
  it.each([
    ['empty', {}, 'empty'],
    ['of a 204', { status: 204 }, 'status 204'],
    ['of a HEAD', { method: 'HEAD' }, 'HEAD'],
  ])('%s', async (_, given, words) => {
    const error = (await failure(read('', given))) as ParseError;
    expect(error).toBeInstanceOf(ParseError);
    expect(error.message).toContain(words);
  });
});

describe('JSON that is some', () => {
  it('is read with a byte order mark, in UTF-16, and with malformed bytes replaced', async () => {
    expect(await read(Buffer.from('\ufeff{"a":"é"}'))).toEqual({ a: 'é' });
    expect(await read(Buffer.from('\ufeff{"a":"é"}', 'utf16le'))).toEqual({ a: 'é' });
    expect(await read(Buffer.from('"\xff"', 'latin1'))).toBe('\ufffd');
  });

  it('keeps the names of prototypes as plain data', async () => {
    const value = (await read('{"__proto__":{"polluted":true},"constructor":1}')) as object;
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });
});

describe('depth', () => {
  it('is bounded by maxDepth, exactly where it is given', async () => {
    const shallow = createReadings({ maxDepth: 3 });
    expect(await responseOf(shallow, '[[[1]],"[[[[", {"a":{}}]').json()).toEqual([[[1]], '[[[[', { a: {} }]);
    for (const body of ['[[[[1]]]]', '[0,[0,[0,[0],0],0],0]', '{"a":{"b":{"c":{}}}}']) {
      const error = (await failure(responseOf(shallow, body).json())) as ParseError;
      expect(error).toBeInstanceOf(ParseError);
      expect(error.message).toContain('deeper than 3');
    }
    await shallow.close();
  });
});
