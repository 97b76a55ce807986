import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addressFrom, shownAddress } from '../src/address.js';
import { bytes, codeBlock, linkTo, plain, shorten } from '../src/text.js';

it('shows fetched text as it is written', () => {
  expect(plain('**bold** _i_ `c` ||s|| ~~d~~ [l](http://x) <@1> @everyone')).toBe(
    '\\*\\*bold\\*\\* \\_i\\_ \\`c\\` \\|\\|s\\|\\| \\~\\~d\\~\\~ \\[l\\](http://x) \\<@\u200b1> @\u200beveryone',
  );
  expect(plain('# head')).toBe('\\# head');
  expect(plain('- item')).toBe('\\- item');
  expect(plain('1. item')).toBe('1\\. item');
  expect(plain('> quote')).toBe('\\> quote');
  expect(plain(' a\n\n b ')).toBe('a b');
});

it('lets no fetched text format, mention or close a block', () => {
  const text = fc.string({
    unit: fc.constantFrom('*', '_', '`', '|', '~', '[', ']', '<', '@', '\\', 'a', ' ', '😀'),
    maxLength: 60,
  });
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 40 }), (given, limit) => {
      const shown = plain(given, limit);
      expect(shown.replace(/\\[\\*_~`|<[\]]/g, '')).not.toMatch(/[*_~`|<[\]\\]|@(?!\u200b)/);
      expect(codeBlock(given).match(/```/g)).toHaveLength(2);
      expect(shorten(given, limit).length).toBeLessThanOrEqual(limit);
      expect(shorten(given, limit)).not.toMatch(/\p{Surrogate}/u);
    }),
  );
});

it('links only where it can be trusted to stay a link', () => {
  expect(linkTo('a [b]', 'https://x.example/(1) 2')).toBe('[a \\[b\\]](https://x.example/%281%29%202)');
  expect(linkTo('a', 'javascript:alert(1)')).toBe('a');
});

it('takes addresses as people type them', () => {
  expect(addressFrom(' example.org/a ').href).toBe('https://example.org/a');
  expect(addressFrom('<http://example.org>').href).toBe('http://example.org/');
  expect(addressFrom('localhost:8080').href).toBe('https://localhost:8080/');
  for (const bad of ['', 'http://', 'ftp://example.org', 'javascript:alert(1)', 'a b']) {
    expect(() => addressFrom(bad)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_URL' }));
  }
  expect(shownAddress('https://me:secret@example.org/')).toBe('https://example.org/');
});

it('tells sizes in the language of the reader', () => {
  expect(bytes(1536, 'de')).toBe('1,5 kB');
  expect(bytes(3 * 1024 ** 2, 'en')).toBe('3 MB');
});
