// JSONPath by RFC 9535, and which paths are trusted on this thread.
import { afterAll, describe, expect, it } from 'vitest';
import { ContentTypeError } from '../src/errors.js';
import { createReadings } from '../src/parse/readings.js';
import { costsLittle } from '../src/parse/select.js';
import { failure, responseOf } from './support/documents.js';

const readings = createReadings({ workers: 1 });
afterAll(() => readings.close());

// The example document of RFC 9535, 1.5, with the answers of its figure 2.
const store = {
  store: {
    book: [
      { category: 'reference', author: 'Nigel Rees', title: 'Sayings of the Century', price: 8.95 },
      { category: 'fiction', author: 'Evelyn Waugh', title: 'Sword of Honour', price: 12.99 },
      { category: 'fiction', author: 'Herman Melville', title: 'Moby Dick', isbn: '0-553-21311-3', price: 8.99 },
      {
        category: 'fiction',
        author: 'J. R. R. Tolkien',
        title: 'The Lord of the Rings',
        isbn: '0-395-19395-8',
        price: 22.99,
      },
    ],
    bicycle: { color: 'red', price: 399 },
  },
};
const select = (path: string) => responseOf(readings, JSON.stringify(store), 'application/json').select(path);
const titles = store.store.book.map(({ title }) => title);

it('counts characters, not the units of UTF-16', async () => {
  const body = JSON.stringify(['𝄞', 'é', 'ab']);
  expect(await responseOf(readings, body, 'application/json').select('$[?length(@) == 1]')).toEqual(['𝄞', 'é']);
});

it.each([
  ['$.store.book[*].author', store.store.book.map(({ author }) => author)],
  ['$..author', store.store.book.map(({ author }) => author)],
  ['$.store..price', [399, 8.95, 12.99, 8.99, 22.99]],
  ['$..book[2].title', [titles[2]]],
  ['$..book[-1].title', [titles[3]]],
  ['$..book[0,1].title', titles.slice(0, 2)],
  ['$..book[:2].title', titles.slice(0, 2)],
  ['$..book[?@.isbn].title', titles.slice(2)],
  ['$..book[?@.price<10].title', [titles[0], titles[2]]],
  ['$.store.book[?length(@.title) > 15].title', [titles[0], titles[3]]],
  ['$.store.book[?match(@.author, ".* Rees")].title', [titles[0]]],
  ['$.store.book[?search(@.author, "[RW]")].title', [titles[0], titles[1], titles[3]]],
  ['$.store.bicycle[?match(@, "399")]', []],
  ['$.store.bicycle[?search(@, "9")]', []],
  ['$.store.bicycle[?length(@) == 3]', ['red']],
  ['$.store.book[?count(@.*) == 4].title', titles.slice(0, 2)],
  ['$.none[*]', []],
])('%s', async (path, expected) => {
  const found = await select(path);
  // Members of an object come in no particular order.
  const sorted = (values: unknown[]) => values.map((value) => JSON.stringify(value)).sort();
  expect(sorted(found)).toEqual(sorted(expected));
});

describe('a mistake in the call is a TypeError', () => {
  it.each([
    ...[
      'store',
      '$.',
      '$[?@.a = 1]',
      '$.a[?match(@.b)]',
      '',
      ' $',
      '$ ',
      '$[01]',
      '$[-0]',
      '$[9007199254740992]',
      '$[?true]',
    ],
    ...[
      '$[?@.a==01]',
      '$[?@.*==1]',
      '$[?length(@.*)<3]',
      '$[?count (@.*)==1]',
      '$.. a',
      "$['\\u00']",
      '$["\t"]',
      '$..',
    ],
    ...[
      '$.a-b',
      '$.a[?@.b-c]',
      '$..a-b',
      '$[?count(@.a, )==1]',
      '$[?!!@.a]',
      '$[?!@.a==1]',
      '$[?(@.a)==true]',
      '$[?1==(@.a)]',
    ],
    ...[
      '$[?(@.a==1)==true]',
      '$[?1==1==1]',
      '$[?@.a==@.b==@.c]',
      '$[?(count(@.a))==1]',
      '$[?@[?1<2<3]]',
      '$[?count(@[?1<2<3])==1]',
    ],
  ])('%j', async (path) => {
    const error = (await failure(select(path))) as Error;
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain('JSONPath');
  });

  it.each([
    ["$[?@['a-b']=='c-d']", [{ 'a-b': 'c-d' }]],
    ["$['a-b', 'x, )']", []],
    ['$[?@.a==-1.5e-2]', []],
    ["$[?!(!@['a-b'])]", [{ 'a-b': 'c-d' }]],
    ["$[?(@['a-b']=='c-d') && (count(@.*) == 1)]", [{ 'a-b': 'c-d' }]],
    ["$[?@['a-b'] == '(' || ')' == @.b || length(value(@.*)) == 3]", [{ 'a-b': 'c-d' }]],
    ["$[?@['a-b'] != '!!' && !search(@.b, '<')]", [{ 'a-b': 'c-d' }]],
  ])('but %s is none', async (path, expected) => {
    expect(await responseOf(readings, '[{"a-b":"c-d"}]', 'application/json').select(path)).toEqual(expected);
  });

  it('such as a path that is no string', async () => {
    expect(await failure(select(undefined as unknown as string))).toBeInstanceOf(TypeError);
  });
});

it('what is no JSON is a ContentTypeError', async () => {
  expect(await failure(responseOf(readings, '<p>', 'text/html').select('$'))).toBeInstanceOf(ContentTypeError);
});

it('paths whose cost a document can multiply are not trusted on this thread', () => {
  for (const path of ['$.a[*].b', '$..name', '$[?@.a > 1]', '$.a[?length(@.b) < 3].c'])
    expect(costsLittle(path)).toBe(true);
  for (const path of [
    '$..a..b',
    '$..[?@.a]',
    '$[?match(@.a, "x")]',
    '$[?search(@, "y")]',
    '$[?@.a == $.b]',
    '$[?count(@..*) > 1]',
  ]) {
    expect(costsLittle(path)).toBe(false);
  }
});
