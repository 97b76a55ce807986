// The same document gives the same answers and the same errors, whether it is read on this thread or in a worker.
import { afterAll, describe, expect, it } from 'vitest';
import { ContentTypeError, DecodeError, ErrandError, ParseError } from '../src/errors.js';
import { createReadings } from '../src/parse/readings.js';
import { failure, responseOf } from './support/documents.js';

const here = createReadings({ offload: Number.POSITIVE_INFINITY });
const away = createReadings({ offload: 0, workers: 1 });
afterAll(async () => {
  await here.close();
  await away.close();
});

const page = `<!doctype html><title>Café</title><ul><li><a href="/a">A</a><li><a href="/b">B &amp; b</a></ul>`;
const json = '{"items":[{"name":"a","price":1},{"name":"b","price":2}],"__proto__":{"x":1}}';

describe('a worker and this thread agree', () => {
  it('on what a JSONPath finds', async () => {
    for (const path of ['$.items[*].name', '$..price', '$.items[?@.price > 1].name', '$["__proto__"].x', '$.none']) {
      const expected = await responseOf(here, json, 'application/json').select(path);
      const before = away.offloaded;
      expect(await responseOf(away, json, 'application/json').select(path)).toEqual(expected);
      expect(away.offloaded).toBe(before + 1);
    }
    expect(await responseOf(away, json, 'application/json').select('$.items[*].name')).toEqual(['a', 'b']);
  });

  it('on numbers that JSON can read and cannot write', async () => {
    for (const body of ['[-0, 1]', '[1e999]', '{"a":[-1e999]}', '["-0"]']) {
      const expected = await responseOf(here, body, 'application/json').select('$');
      expect(await responseOf(away, body, 'application/json').select('$')).toStrictEqual(expected);
    }
    expect(await responseOf(away, '[-0]', 'application/json').select('$[0]')).toStrictEqual([-0]);
  });

  it('on what selectors find', async () => {
    const map = {
      title: 'title',
      links: [{ selector: 'a', value: 'href' }],
      items: [{ selector: 'li', value: { text: 'a', url: { selector: 'a', value: 'href' } } }],
      html: { selector: 'ul', value: 'outerHTML' },
      missing: 'table',
    } as const;
    const expected = {
      title: 'Café',
      links: ['/a', '/b'],
      items: [
        { text: 'A', url: '/a' },
        { text: 'B & b', url: '/b' },
      ],
      html: '<ul><li><a href="/a">A</a></li><li><a href="/b">B &amp; b</a></li></ul>',
      missing: undefined,
    };
    expect(await responseOf(here, page, 'text/html').extract(map)).toEqual(expected);
    expect(await responseOf(away, page, 'text/html').extract(map)).toEqual(expected);
  });

  it('on text in any charset', async () => {
    const body = Buffer.from('caf\xe9 \x80', 'latin1');
    for (const readings of [here, away]) {
      expect(await responseOf(readings, body, 'text/plain; charset=iso-8859-1').text()).toBe('café €');
    }
    expect(away.offloaded).toBeGreaterThan(0);
  });

  it.each([
    ['broken JSON', ParseError, (r: typeof here) => responseOf(r, '{"a":\n  [1,}', 'application/json').select('$')],
    ['another type', ContentTypeError, (r: typeof here) => responseOf(r, '<p>', 'text/html').select('$')],
    ['no page', ContentTypeError, (r: typeof here) => responseOf(r, '{}', 'application/json').extract({})],
    [
      'plain text that is no JSON',
      ContentTypeError,
      (r: typeof here) => responseOf(r, 'hello', 'text/plain').select('$'),
    ],
    [
      'a charset that cannot be',
      DecodeError,
      (r: typeof here) => responseOf(r, '{"é":1}', 'application/json; charset=hz-gb-2312').select('$'),
    ],
    ['no JSONPath', TypeError, (r: typeof here) => responseOf(r, '{}', 'application/json').select('items[')],
    ['no selector', TypeError, (r: typeof here) => responseOf(r, '<p>', 'text/html').extract({ a: 'p[' })],
    [
      'depth',
      ParseError,
      (r: typeof here) => responseOf(r, '['.repeat(600) + ']'.repeat(600), 'application/json').select('$'),
    ],
    [
      'deep markup',
      ParseError,
      (r: typeof here) => responseOf(r, '<div>'.repeat(600), 'text/html').extract({ a: 'p' }),
    ],
  ])('on the error: %s', async (_, type, read) => {
    const [local, remote] = [await failure(read(here)), await failure(read(away))];
    expect(local).toBeInstanceOf(type);
    expect(remote).toBeInstanceOf(type);
    if (local instanceof ErrandError) {
      const facts = (error: unknown) => ({ ...(error as ErrandError).toJSON(), elapsed: 0 });
      expect(facts(remote)).toEqual(facts(local));
      expect(local.url).toBe('http://host.test/document');
    } else expect((remote as Error).message).toBe((local as Error).message);
  });
});
