// Documents read without a response: the same charset, tree and extraction as a response's.
import { charsetOf, decodeText, extractFrom, ParseError, parseMarkup } from 'errand';
import { expect, test } from 'vitest';

test('the charset by byte order mark, Content-Type, what the document says, UTF-8', () => {
  const page = Buffer.from('<meta charset="windows-1251"><p>\xcf\xf0\xe8</p>', 'latin1');
  expect(charsetOf(page, 'text/html')).toBe('windows-1251');
  expect(decodeText(page, 'text/html')).toContain('<p>При</p>');
  expect(charsetOf(page, 'text/html; charset=latin1')).toBe('windows-1252');
  expect(charsetOf(page, 'text/css')).toBe('utf-8');
  expect(charsetOf(Buffer.from('\ufeff<meta charset="windows-1251">', 'utf16le'), 'text/html')).toBe('utf-16le');
  expect(decodeText(Buffer.from('\ufeffé'))).toBe('é');
});

test('a tree that can be changed, and what an extract map finds in it', async () => {
  const tree = await parseMarkup('<nav>x</nav><p>one<p>two');
  tree('nav').remove();
  expect(await extractFrom(tree, { all: ['p'], nav: 'nav' })).toEqual({ all: ['one', 'two'], nav: undefined });
  const feed = await parseMarkup('<link>https://a.example/</link>', { xml: true });
  expect(await extractFrom(feed, { link: 'link' })).toEqual({ link: 'https://a.example/' });
});

test('limits, and selectors that are none', async () => {
  await expect(parseMarkup('<div>'.repeat(600))).rejects.toThrow(ParseError);
  await expect(parseMarkup('<div>'.repeat(60), { maxDepth: 50 })).rejects.toThrow(/50 levels/);
  await expect(parseMarkup('x'.repeat(100_000), { maxMemory: '1mb' })).rejects.toThrow(ParseError);
  await expect(extractFrom(await parseMarkup('<p>'), { a: '[[' })).rejects.toThrow(TypeError);
});
