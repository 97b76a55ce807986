import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseBlocks } from '../page/markdown/blocks.js';
import { parseInline, webAddress } from '../page/markdown/inline.js';
import type { Block, Inline } from '../page/markdown/nodes.js';

/** A short notation of what was read: `strong(a)`. */
function inlines(nodes: readonly Inline[]): string {
  return nodes
    .map((node) => {
      switch (node.kind) {
        case 'text':
          return node.text;
        case 'link':
          return `link(${node.href}|${inlines(node.children)})`;
        case 'mention':
          return `${node.what}(${node.id})`;
        case 'time':
          return `time(${node.seconds},${node.style})`;
        case 'command':
        case 'emoji':
          return `${node.kind}(${node.name})`;
        case 'code':
        case 'everyone':
          return `${node.kind}(${node.text})`;
        default:
          return `${node.kind}(${inlines(node.children)})`;
      }
    })
    .join('');
}

test.each([
  ['**a**', 'strong(a)'],
  ['*a* _b_', 'em(a) em(b)'],
  ['***a***', 'strong(em(a))'],
  ['__a__ ~~b~~ ||c||', 'underline(a) strike(b) spoiler(c)'],
  ['**a *b* c**', 'strong(a em(b) c)'],
  ['`**a**`', 'code(**a**)'],
  ['``a`b``', 'code(a`b)'],
  ['\\*a\\*', '*a*'],
  ['snake_case_name', 'snake_case_name'],
  ['2 * 3 * 4', '2 * 3 * 4'],
  ['[a](https://b.c/)', 'link(https://b.c/|a)'],
  ['[a](<https://b.c/>  "t")', 'link(https://b.c/|a)'],
  ['[**a**](https://b.c/x_(y))', 'link(https://b.c/x_(y)|strong(a))'],
  ['[a](javascript:alert(1))', '[a](javascript:alert(1))'],
  ['[a](data:text/html,x)', '[a](data:text/html,x)'],
  ['https://b.c/d.', 'link(https://b.c/d|https://b.c/d).'],
  ['(https://b.c/d)', '(link(https://b.c/d|https://b.c/d))'],
  ['<https://b.c/>', 'link(https://b.c/|https://b.c/)'],
  ['xhttps://b.c', 'xhttps://b.c'],
  ['<@1> <@!2> <@&3> <#4>', 'user(1) user(2) role(3) channel(4)'],
  ['</weather now:5> <a:wave:6>', 'command(weather now) emoji(wave)'],
  ['@everyone and @heretic', 'everyone(@everyone) and @heretic'],
  ['<t:1700000000:R> <t:5>', 'time(1700000000,R) time(5,f)'],
  ['<t:99999999999999:R>', '<t:99999999999999:R>'],
  ['**open', '**open'],
  ['<b>x</b>', '<b>x</b>'],
])('%s', (source, expected) => {
  expect(inlines(parseInline(source))).toBe(expected);
});

const kinds = (blocks: readonly Block[]) => blocks.map((block) => block.kind);

test('headings, quotes, lists and code stand on lines of their own', () => {
  const blocks = parseBlocks('# One\ntext\n> q1\n> q2\n- a\n- b\n  - c\n1. x\n```ts\ncode **b**\n```\n-# small\n#none');
  expect(kinds(blocks)).toEqual([
    'heading',
    'paragraph',
    'quote',
    'list',
    'list',
    'code-block',
    'subtext',
    'paragraph',
  ]);
  expect(blocks[5]).toEqual({ kind: 'code-block', language: 'ts', text: 'code **b**' });
  expect(blocks[3]).toMatchObject({ ordered: false, items: [{}, { nested: [{ items: [{}] }] }] });
});

test('>>> quotes everything that follows', () => {
  expect(parseBlocks('a\n>>> b\nc\n# d')).toMatchObject([
    { kind: 'paragraph' },
    { kind: 'quote', blocks: [{ kind: 'paragraph' }, { kind: 'heading' }] },
  ]);
});

const pieces = fc.constantFrom(
  '*',
  '**',
  '_',
  '__',
  '~~',
  '||',
  '`',
  '```',
  '[',
  '](',
  ')',
  '<',
  '>',
  '@',
  '\n',
  '- ',
  '> ',
  '# ',
  'a',
  ' ',
  '\\',
  'https://x.y',
  'javascript:z',
);
const texts = fc.array(pieces, { maxLength: 60 }).map((each) => each.join(''));

/** Everything that a reader sees or can hover over. */
function words(nodes: readonly Inline[]): string {
  return nodes
    .map((node) => {
      const inside = 'children' in node ? words(node.children) : 'text' in node ? node.text : '';
      return node.kind === 'link' ? `${inside}${node.href}${node.title}` : inside;
    })
    .join('');
}

function* addresses(nodes: readonly Inline[]): Generator<string> {
  for (const node of nodes) {
    if (node.kind === 'link') yield node.href;
    if ('children' in node) yield* addresses(node.children);
  }
}

test('whatever is written, a link is http or https, and nothing but marks is lost', () => {
  fc.assert(
    fc.property(texts, (source) => {
      const nodes = parseInline(source);
      for (const address of addresses(nodes)) expect(address).toMatch(/^https?:\/\//);
      const letters = (text: string) => text.split('a').length;
      expect(letters(words(nodes))).toBeGreaterThanOrEqual(letters(source.replace(/javascript:z/g, '')));
      parseBlocks(source);
    }),
    { numRuns: 500 },
  );
});

test('hostile texts of the greatest length are read in no time', () => {
  const hostile = [
    '*',
    '**',
    '_',
    '[',
    '](',
    '`',
    '||',
    '> ',
    '- ',
    '  - ',
    '<',
    '<t:',
    '```',
    '***a',
    '[a](https://b',
    '~~_*',
  ];
  const started = performance.now();
  for (const piece of hostile) parseBlocks(piece.repeat(Math.floor(6_000 / piece.length)));
  expect(performance.now() - started).toBeLessThan(2_000);
});

test('only web addresses become addresses', () => {
  for (const bad of [
    'javascript:1',
    'data:text/html,1',
    'file:///etc/passwd',
    'attachment://a.png',
    '',
    'no',
    undefined,
    null,
  ]) {
    expect(webAddress(bad)).toBeUndefined();
  }
  expect(webAddress('HTTPS://Example.com')).toBe('https://example.com/');
});
