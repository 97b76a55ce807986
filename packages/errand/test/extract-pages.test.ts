// Extraction as cheerio's extract map has it, from HTML and XML, and the errors of what is neither.
import { load } from 'cheerio';
import { afterAll, describe, expect, it } from 'vitest';
import type { ExtractMap } from '../src/core/response.js';
import { ContentTypeError } from '../src/errors.js';
import { createReadings } from '../src/parse/readings.js';
import { failure, responseOf } from './support/documents.js';

const readings = createReadings({ workers: 1 });
afterAll(() => readings.close());
const extract = <const M extends ExtractMap>(
  map: M,
  body = page,
  type: string | undefined = 'text/html; charset=utf-8',
) => responseOf(readings, body, type).extract(map);

const page = `<!DOCTYPE html><html lang="en"><head><title>Café &amp; more</title>
<meta property="og:image" content="https://x.test/a.png"><link rel="canonical" href="/here"></head>
<body><h1 class="big main" data-id="7">Hello <b>world</b></h1>
<table><tr><td>1<td>2<tr><td>3</table>
<ul><li class=a><a href="/1">One</a><li><a href="https://y.test/2" title="&quot;two&quot;">Two é</a></ul>
<input type=checkbox checked value=5><p>unclosed<div>after</div><script>var x = "<p>no</p>";</script></body></html>`;

const maps: Record<string, ExtractMap> = {
  texts: { title: 'title', heading: 'h1', items: ['li'], none: 'aside', nones: ['aside'] },
  attributes: {
    image: { selector: 'meta[property="og:image"]', value: 'content' },
    links: [{ selector: 'a', value: 'href' }],
    titles: [{ selector: 'a', value: 'title' }],
    id: { selector: 'h1', value: 'data-id' },
    className: { selector: 'h1', value: 'class' },
    checked: { selector: 'input', value: 'checked' },
    tag: { selector: '.main', value: 'tagName' },
  },
  markup: {
    inner: { selector: 'h1', value: 'innerHTML' },
    outer: [{ selector: 'li', value: 'outerHTML' }],
    table: { selector: 'table', value: 'outerHTML' },
    script: { selector: 'script', value: 'outerHTML' },
    text: { selector: 'ul', value: 'innerText' },
  },
  nested: {
    rows: [{ selector: 'tr', value: { cells: ['td'], first: 'td' } }],
    list: { selector: 'ul', value: { links: [{ selector: 'a', value: 'href' }] } },
  },
  selectors: {
    has: 'li:has(a[title])',
    after: 'p + div',
    second: 'li:nth-of-type(2) a',
    contains: 'a:contains("One")',
    not: ['li:not(.a)'],
    many: ['title, h1'],
  },
};

it.each(Object.keys(maps))('%s are what cheerio finds', async (name) => {
  const map = maps[name] as ExtractMap;
  const expected = load(page).extract(map as Parameters<ReturnType<typeof load>['extract']>[0]);
  expect(await extract(map)).toEqual(expected);
});

it('types tell what comes back', async () => {
  const found = await extract({
    title: 'title',
    items: ['li'],
    list: { selector: 'ul', value: { links: [{ selector: 'a', value: 'href' }] } },
  });
  const title: string | undefined = found.title;
  const items: string[] = found.items;
  const links: string[] | undefined = found.list?.links;
  expect([title, items.length, links]).toEqual(['Café & more', 2, ['/1', 'https://y.test/2']]);
});

describe('XML', () => {
  const feed = `<?xml version="1.0" encoding="UTF-8"?><rss><channel><title>Feed</title>
    <item><title>First</title><link>https://x.test/1</link><Date>2024</Date><note><![CDATA[a < b]]></note></item><item><title>Second</title><link/></item></channel></rss>`;
  const map = {
    title: 'channel > title',
    items: [{ selector: 'item', value: { title: 'title', link: 'link', date: 'Date', note: 'note' } }],
  } as const;
  const expected = {
    title: 'Feed',
    items: [
      { title: 'First', link: 'https://x.test/1', date: '2024', note: 'a < b' },
      { title: 'Second', link: '', date: undefined, note: undefined },
    ],
  };

  it.each(['application/rss+xml', 'text/xml; charset=utf-8', 'application/octet-stream'])(
    'under %s keeps its own rules',
    async (type) => {
      expect(await extract(map, feed, type)).toEqual(expected);
    },
  );
});

describe('what is no page', () => {
  it.each([
    ['application/json', '{}'],
    ['image/png', '\x89PNG'],
    ['text/plain', 'hello'],
  ])('%s is a ContentTypeError', async (type, body) => {
    const error = (await failure(extract({ a: 'a' }, body, type))) as ContentTypeError;
    expect(error).toBeInstanceOf(ContentTypeError);
    expect(error).toMatchObject({ expected: 'text/html', actual: type });
  });

  it('but a page under a type that says little is read', async () => {
    expect(await extract({ t: 'title' }, page, 'text/plain')).toEqual({ t: 'Café & more' });
    expect(await responseOf(readings, page).extract({ t: 'title' })).toEqual({ t: 'Café & more' });
  });

  it('an empty page has nothing', async () => {
    expect(await extract({ t: 'title', l: ['a'] }, '')).toEqual({ t: undefined, l: [] });
  });
});

describe('a mistake in the call is a TypeError', () => {
  it.each([
    ['a broken selector', { a: 'p[' }],
    ['an unknown pseudo-class', { a: 'p:nope' }],
    ['a value that is a node', { a: { selector: 'a', value: 'parent' } }],
    ['no map', undefined as unknown as ExtractMap],
  ])('%s', async (_, map) => {
    expect(await failure(extract(map))).toBeInstanceOf(TypeError);
  });
});
