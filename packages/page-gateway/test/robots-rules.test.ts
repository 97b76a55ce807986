// Patterns and groups of robots.txt against RFC 9309: which group, which rule, what is the same path; and that no file and
// no path, however hostile, holds up the program.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { comparablePath, patternOf } from '../src/robots/pattern.js';
import { readRules } from '../src/robots/rules.js';

const token = 'ErrandPageGateway';

function allowed(file: string, path: string): boolean {
  const { rules } = readRules(Buffer.from(file), token);
  const wanted = comparablePath(new URL(path, 'https://shop.example'));
  return rules.find(({ pattern }) => pattern.matches(wanted))?.allow ?? true;
}

const matches = (pattern: string, path: string) =>
  patternOf(pattern).matches(comparablePath(new URL(path, 'https://shop.example')));

describe('patterns', () => {
  test.each([
    ['/', '/anything', true],
    ['/fish', '/fish.html', true],
    ['/fish', '/Fish.asp', false],
    ['/fish*', '/fishheads/yummy.html', true],
    ['/fish/', '/fish', false],
    ['/*.php', '/folder/filename.php?parameters', true],
    ['/*.php', '/windows.PHP', false],
    ['/*.php$', '/folder/filename.php', true],
    ['/*.php$', '/filename.php?parameters', false],
    ['/*.php$', '/filename.php5', false],
    ['/fish*.php', '/fishheads/catfish.php?parameters', true],
    ['/fish*.php', '/Fish.PHP', false],
    ['/$', '/', true],
    ['/$', '/index', false],
    ['*', '/x', true],
    ['/a*b*b$', '/ab', false],
    ['/a*b*b$', '/abb', true],
    ['/a*aab', '/aaaaab', true],
    ['/*$', '/x', true],
    ['/a$b', '/a$bc', true],
    ['/a$b', '/ab', false],
    ['/path/file-with-a-%2A.html', '/path/file-with-a-*.html', true],
    ['/path/file-with-a-%2a.html', '/path/file-with-a-x.html', false],
    ['/path/%24', '/path/$', true],
    [
      '/*abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz1',
      '/abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz1',
      true,
    ],
    ['/foo/bar?baz=https://foo.bar', '/foo/bar?baz=https://foo.bar', true],
    ['/foo/bar/ツ', '/foo/bar/%E3%83%84', true],
    ['/foo/bar/%e3%83%84', '/foo/bar/ツ', true],
    ['/foo/bar/%62%61%7A', '/foo/bar/baz', true],
    ['/~joe', '/%7ejoe/index.html', true],
    ['/a%3cd', '/a%3Cd', true],
    ['/a%2fb', '/a/b', false],
    ['/a b', '/a%20b', true],
    ['/%zz', '/%zz', true],
  ])('%s on %s: %s', (pattern, path, expected) => expect(matches(pattern, path)).toBe(expected));

  test('mean what a regular expression would', () => {
    const letters = (alphabet: string[]) =>
      fc.array(fc.constantFrom(...alphabet), { maxLength: 40 }).map((all) => all.join(''));
    fc.assert(
      fc.property(letters(['a', 'a', 'b', '*']), fc.boolean(), letters(['a', 'a', 'b']), (pattern, anchored, path) => {
        const expression = new RegExp(`^/${pattern.replace(/\*+/g, '.*')}${anchored ? '$' : ''}`);
        expect(matches(`/${pattern}${anchored ? '$' : ''}`, `/${path}`)).toBe(expression.test(`/${path}`));
      }),
      { numRuns: 3_000 },
    );
    const long = (repeat: number) => `/*${'ab'.repeat(repeat)}c*${'aab'.repeat(repeat)}$`;
    expect(matches(long(20), `/${'ab'.repeat(50)}c${'aab'.repeat(60)}`)).toBe(true);
    expect(matches(long(20), `/${'ab'.repeat(50)}c${'aab'.repeat(19)}`)).toBe(false);
  });
});

describe('the rule that decides', () => {
  test('is the longest, wherever it stands', () => {
    const file = 'User-agent: *\nDisallow: /shop\nAllow: /shop/open\nDisallow: /shop/open/never\n';
    expect(allowed(file, '/shop')).toBe(false);
    expect(allowed(file, '/shop/open/1')).toBe(true);
    expect(allowed(file, '/shop/open/never/1')).toBe(false);
    expect(allowed(file, '/other')).toBe(true);
  });

  test('allows, of two that are equally long', () => {
    expect(allowed('User-agent: *\nDisallow: /a\nAllow: /a', '/a')).toBe(true);
    expect(allowed('User-agent: *\nAllow: /a*\nDisallow: /ab', '/ab')).toBe(true);
  });

  test('is none where the value is empty or no path', () => {
    expect(allowed('User-agent: *\nDisallow:\n', '/a')).toBe(true);
    expect(allowed('User-agent: *\nDisallow: a\n', '/a')).toBe(true);
  });
});

describe('the group that counts', () => {
  test.each([
    [
      'its own before that of all',
      'User-agent: *\nDisallow: /\n\nUser-agent: ErrandPageGateway\nDisallow: /own\n',
      true,
    ],
    [
      'its own, in any case and with a version',
      'User-agent: *\nAllow: /\nUser-agent: errandpagegateway/2.0 (x)\nDisallow: /',
      false,
    ],
    [
      'not one that begins alike',
      'User-agent: Errand\nDisallow: /\nUser-agent: ErrandPageGatewayPro\nDisallow: /',
      true,
    ],
    ['not one of another', 'User-agent: OtherBot\nDisallow: /', true],
    ['one of several names', 'User-agent: OtherBot\nUser-agent: ErrandPageGateway\nDisallow: /', false],
    ['an empty one of its own', 'User-agent: *\nDisallow: /\nUser-agent: ErrandPageGateway\n', true],
    [
      'all of its own together',
      'User-agent: ErrandPageGateway\nDisallow: /x\nUser-agent: *\nAllow: /\nUser-agent: ErrandPageGateway\nDisallow: /',
      false,
    ],
    [
      'across lines that it does not know',
      'User-agent: ErrandPageGateway\nSitemap: https://shop.example/map.xml\nUser-agent: OtherBot\nNoindex: /x\nDisallow: /',
      false,
    ],
    ['none before the first name', 'Disallow: /\nUser-agent: *\nAllow: /x', true],
    ['behind a byte order mark', '\ufeffUser-agent: *\nDisallow: /', false],
    ['with other line ends', 'User-agent: *\r\rDisallow: /', false],
    ['with comments and blanks', '  user-AGENT :  *   # all\n\tDISALLOW\t:/ # everything', false],
    ['with forgotten colons', 'User-agent *\nDisallow /', false],
    ['with common misspellings', 'useragent: *\ndissallow: /', false],
    ['none of a page in its place', '<!doctype html><pre>\nUser-agent: *\nDisallow: /\n</pre>', true],
    [
      'none of a field that every object has',
      'constructor: *\n__proto__: /\nUser-agent: constructor\nDisallow: /',
      true,
    ],
  ])('%s', (_name, file, expected) => expect(allowed(file, '/page')).toBe(expected));
});

test('a crawl delay is told in milliseconds, and is a minute at most', () => {
  const delay = (text: string) =>
    readRules(Buffer.from(`User-agent: *\nCrawl-delay: ${text}\nDisallow: /x`), token).crawlDelay;
  expect(delay('2')).toBe(2_000);
  expect(delay('0.5')).toBe(500);
  expect(delay('86400')).toBe(60_000);
  for (const text of ['', '-1', 'soon', '1e9', 'Infinity']) expect(delay(text)).toBeUndefined();
  const own = 'User-agent: *\nCrawl-delay: 9\nUser-agent: ErrandPageGateway\nDisallow: /x';
  expect(readRules(Buffer.from(own), token).crawlDelay).toBeUndefined();
});

test('what stands beyond 500 KiB is not read, and no line is read in half', () => {
  const rule = 'Disallow: /private/and/more\n';
  const filler = `#${'x'.repeat(500 * 1024 - 'User-agent: *\n#\n'.length - 'Disallow: /private'.length)}\n`;
  expect(allowed(`User-agent: *\n${filler}${rule}`, '/private')).toBe(true);
  expect(allowed(`User-agent: *\n${rule}${filler}${rule}`, '/private/and/more')).toBe(false);
});

describe('hostile files', () => {
  const size = 500 * 1024;
  const repeated = (part: string) => part.repeat(size / part.length);
  test.each([
    ['stars', `User-agent: *\nDisallow: /${'*'.repeat(size)}b`],
    ['stars and letters', `User-agent: *\nDisallow: /${repeated('a*')}b`],
    ['one long pattern', `User-agent: *\nDisallow: /*${'a'.repeat(4_000)}b`],
    ['names', repeated('User-agent: *\n')],
    ['line ends', repeated('\r\n')],
    ['blanks', repeated(' ')],
    ['broken octets', `User-agent: *\nDisallow: /${repeated('%')}`],
    ['no text', 'a\0'.repeat(size / 2)],
  ])('%s', (_name, file) => {
    const before = process.cpuUsage();
    allowed(file, `/${'a'.repeat(8_000)}`);
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(1_000);
  });

  test('any bytes are a file', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (bytes, path) => {
        for (const { pattern } of readRules(bytes, token).rules)
          pattern.matches(comparablePath(new URL(`/${path}`, 'https://shop.example')));
      }),
    );
  });
});
