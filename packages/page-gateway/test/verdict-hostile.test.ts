// Judging never throws, is the same each time, and takes time that grows with a bounded part of the body, whatever it is.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Answer, judge } from '../src/verdict/judge.js';
import { codeOf } from '../src/verdict/script-code.js';

const kinds = ['page', 'rate', 'block', 'captcha', 'challenge', 'shell'];
const html: Answer['headers'] = [['content-type', 'text/html']];

/** @returns The milliseconds of CPU that it took: others use this machine too. */
function judged(body: string | Uint8Array, status = 403): number {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const before = process.cpuUsage();
  const verdict = judge({ status, headers: html, body: bytes, url: 'https://shop.example/' });
  expect(kinds).toContain(verdict.kind);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

const markup = fc.constantFrom(
  '<',
  '>',
  '</',
  '<!--',
  '-->',
  '<![CDATA[',
  '<?',
  '"',
  "'",
  '=',
  '&',
  '&nbsp',
  ' ',
  '\n',
  '\0',
  'é',
  '…',
  '<script>',
  '</script>',
  '<script src="',
  '<noscript>',
  '</noscript>',
  '<title>',
  '<iframe src=',
  '<div id="px-captcha">',
  '<meta http-equiv=refresh content="',
  '0;url=',
  '<template>',
  '</template>',
  '<body>',
  '<input name=',
  'class="cf-error-code"',
  'window._cf_chl_opt=',
  '{',
  '}',
  '/*',
  '*/',
  '//',
  '`',
  '\\',
  'dd={',
  "'t':'bv'",
  'captcha-delivery.com',
  '<textarea>',
  '<style>',
);
const fields = fc.constantFrom(
  'content-type',
  'cf-mitigated',
  'x-datadome',
  'server',
  'location',
  'retry-after',
  'x-iinfo',
  'Content-Type',
  '__proto__',
  'constructor',
);
const values = fc.oneof(
  fc.constantFrom(
    'text/html',
    'text/html; charset=utf-16be',
    'challenge',
    'cloudflare',
    '/login',
    'https://consent.x/',
    '',
  ),
  fc.string({ unit: 'binary' }),
);

describe('any answer', () => {
  test('has a verdict, and the same one again', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1, max: 999 }),
        fc.array(fc.tuple(fc.oneof(fields, fc.string()), values), { maxLength: 8 }),
        fc.oneof(
          fc.uint8Array({ maxLength: 400 }),
          fc.array(markup, { maxLength: 60 }).map((parts) => Buffer.from(parts.join(''))),
        ),
        fc.oneof(fc.webUrl(), fc.string()),
        (status, headers, body, url) => {
          const verdict = judge({ status, headers, body, url });
          expect(kinds).toContain(verdict.kind);
          expect(verdict.confidence).toBeGreaterThan(0);
          expect(verdict.confidence).toBeLessThanOrEqual(1);
          expect(verdict.evidence.every((words) => words !== '' && words.length < 1_000)).toBe(true);
          expect(judge({ status, headers, body, url })).toEqual(verdict);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  test('shows no more of an address than its path', () => {
    const body = Buffer.from(
      '<html><body><iframe src="https://geo.captcha-delivery.com/captcha/?cid=secret"></iframe></body></html>',
    );
    const { evidence } = judge({ status: 403, headers: html, body, url: 'https://shop.example/?token=secret' });
    expect(evidence).toEqual(['frame https://geo.captcha-delivery.com/captcha/']);
  });
});

describe('code without what it quotes', () => {
  test('is as long as the script, and keeps what is code', () => {
    fc.assert(
      fc.property(fc.array(markup, { maxLength: 60 }), (parts) => {
        const script = parts.join('');
        const code = codeOf(script);
        expect(code.length).toBe(script.length);
        for (let at = 0; at < code.length; at++) expect([' ', script[at]]).toContain(code[at]);
      }),
    );
  });

  test.each([
    ['a = "b = 1"; c = 2', 'a =; c = 2'],
    ['a = 4 / 2; b = "x" / 3 // c = 1', 'a = 4 / 2; b = / 3'],
    ["x = /a'[/]b/; y = 1", 'x =; y = 1'],
    ['a /* b = 1 */ = `c\n= 2` + d', 'a = + d'],
    ["a = 'it\\'s = 1', b = 2", 'a =, b = 2'],
  ])('%j', (script, code) => {
    expect(
      codeOf(script)
        .replace(/ +/g, ' ')
        .replace(/ (?=[;,])/g, '')
        .trim(),
    ).toBe(code);
  });
});

describe('hostile documents', () => {
  const size = 5 * 1024 * 1024;
  const repeated = (part: string) => part.repeat(Math.ceil(size / part.length)).slice(0, size);
  test.each([
    ['less-than signs', repeated('<')],
    ['nested elements', repeated('<div>')],
    ['closing tags', repeated('<b>') + repeated('</i>')],
    ['one attribute', `<div class="${repeated('a')}">`],
    ['one class list', `<div class="${repeated('a ')}">`],
    ['attributes', `<div ${repeated('a=b ')}>`],
    ['ids', repeated('<i id=a>')],
    ['entities', repeated('&')],
    ['blanks', repeated(' ')],
    ['no-break spaces', repeated('&nbsp;')],
    ['comments', repeated('<!--')],
    ['scripts of a vendor', repeated('<script>window._pxAppId ;</script>')],
    ['a script of quotes', `<script>_px${repeated('"\\')}</script>`],
    ['a script of slashes', `<script>_px${repeated('=/[')}</script>`],
    ['a script of names', `<script>${repeated('_cf_chl_opt      ')}</script>`],
    ['script sources', repeated('<script src="/cdn-cgi/challenge-platform/"></script>')],
    ['one long source', `<script src="${repeated('/cdn-cgi/challenge-platform/')}"></script>`],
    ['frames', repeated('<iframe src="//captcha-delivery.com/?captcha-delivery.com/&"></iframe>')],
    ['links', repeated('<a href="https://shop.example/policies">x</a>')],
    ['titles', repeated('<title>Just a moment')],
    ['refreshes', repeated('<meta http-equiv=refresh content="1;1;1;url=x">')],
  ])('%s', (_name, body) => {
    const bytes = Buffer.from(body);
    expect(Math.min(judged(bytes), judged(bytes), judged(bytes, 200))).toBeLessThan(500);
  });

  test('a long page costs hardly more than a short one', () => {
    const page = Buffer.from(
      `<html><head><title>News</title></head><body>${'<p>Words that people read, one after the other.</p>'.repeat(40_000)}</body></html>`,
    );
    const best = Math.min(...Array.from({ length: 20 }, () => judged(page, 200)));
    expect(page.length).toBeGreaterThan(2_000_000);
    expect(best).toBeLessThan(20);
  });
});
