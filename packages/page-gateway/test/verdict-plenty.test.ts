// A document that shows plenty of text is told from others at a glance, and never taken for one when a reader of all of it
// would see less.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDocument } from '../src/verdict/document.js';
import { judge } from '../src/verdict/judge.js';
import { showsPlenty } from '../src/verdict/plenty.js';

const enough = 60;
const words = 'Words of some length that anybody may read, and a few more of them after these.';

const tags = ['p', 'DIV', 'a', 'svg-icon', 'o:p', 'section', 'noscript', 'iframe', 'template', 'object', 'noembed'];
const rawTags = ['script', 'style', 'title', 'textarea', 'xmp', 'SCRIPT', 'Style'];
const attributes = [
  '',
  ' a',
  ' a=b',
  ' a = "x > y"',
  " a='</p>'",
  ' a=b/',
  ' a="<script>"',
  ' =x',
  ' a==b',
  ' a="',
  "'",
  '/',
  '\n',
];
const piece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(words, 'few', '&nbsp;', ' ', '\u00a0', '3 < 4', '>', '"', '=') },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom(...tags, ...rawTags), fc.array(fc.constantFrom(...attributes), { maxLength: 3 }))
      .map(([name, own]) => `<${name}${own.join('')}>`),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom(...tags, ...rawTags), fc.constantFrom('', ' ', '/', ' x', '-x', '\n'))
      .map(([name, rest]) => `</${name}${rest}>`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...['<!doctype html>', '<!-- > -->', '<!-->', '<!--->', '<!-- --!>', '<!--', '-->', '<!>', '<![CDATA[', ']]>'],
      ...['<?xml ?>', '</>', '</ p>', '<p', '<<p>', '</', '<', '<!', '</script', '<script'],
    ),
  },
);

describe('at a glance', () => {
  test('it never says yes where a reader would see less', () => {
    let said = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24, size: 'max' }), (pieces) => {
        const html = pieces.join('');
        if (!showsPlenty(html, enough)) return;
        said++;
        const { visible, complete } = readDocument(html, false, enough);
        expect(visible, html).toBeGreaterThanOrEqual(enough);
        expect(complete).toBe(false);
      }),
      { numRuns: 10_000 },
    );
    expect(said).toBeGreaterThan(100);
  });

  const page = `<!DOCTYPE html><!--[if IE]><p>old</p><![endif]--><html lang=en><head><title>Items > others</title>
    <script async src=/a.js></script><script>if (1 < 2) document.write('<p title="')</script><style>a > b {}</style>
    <link rel="icon" href="data:,"/></head><body><noscript><iframe src="/t"></iframe></noscript><svg-icon/><br/>`;
  const text = `<p class='a "b"' hidden>${words.repeat(30)}</p>`;

  test('it knows an ordinary page', () => {
    expect(showsPlenty(page + text, 1_500)).toBe(true);
    expect(showsPlenty(`${page}<p>${words}`, 1_500)).toBe(false);
  });

  test('an element that may have closed itself is none that holds text', () => {
    expect(showsPlenty(`<script/\n><object></script>${words}<p>`, enough)).toBe(false);
  });

  test('what a reader does not see does not count', () => {
    for (const tag of ['script', 'style', 'title', 'textarea', 'noscript', 'template', 'iframe', 'object']) {
      expect(showsPlenty(`${page}<${tag}>${words.repeat(30)}</${tag}>`, 1_500), tag).toBe(false);
    }
    expect(showsPlenty(`${page}<p title="${words.repeat(30)}">&nbsp;</p><!-- ${words.repeat(30)} --><p>`, 1_500)).toBe(
      false,
    );
  });

  test('a mark that counts on any page is found in one that shows plenty', () => {
    const answer = {
      status: 200,
      headers: [['content-type', 'text/html']] as const,
      url: 'https://www.google.com/sorry/index',
    };
    const body = Buffer.from(`${page}<form id="captcha-form"></form>${text}`);
    expect(judge({ ...answer, body })).toMatchObject({ vendor: 'google', kind: 'captcha' });
    expect(judge({ ...answer, body, url: 'https://example.com/' })).toMatchObject({ kind: 'page', confidence: 1 });
  });
});
