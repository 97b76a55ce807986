import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CookieJar } from '../src/middleware/cookies/jar.js';
import { parseSetCookie } from '../src/middleware/cookies/set-cookie.js';

const noon = Date.UTC(2026, 0, 1, 12);
const https = 'https://www.example.com/dir/page';

/** What a jar that was told `lines` by `from` sends to `to`. */
function sent(lines: string | string[], to = https, from = https): string {
  const jar = new CookieJar(() => noon);
  for (const line of [lines].flat()) jar.setCookie(line, from);
  return jar.getCookieString(to);
}

describe('the pair (RFC 6265bis 5.6)', () => {
  it.each([
    ['SID=31d4d96e407aad42', 'SID=31d4d96e407aad42'],
    ['a=b=c', 'a=b=c'],
    ['  a \t=\t b  ', 'a=b'],
    ['a=', 'a='],
    ['a="quoted value"', 'a="quoted value"'],
    ['a="b;c"', 'a="b'],
    ['nameless', 'nameless'],
    ['=nameless', 'nameless'],
    ['=a=b', 'a=b'],
    ['', ''],
    ['=', ''],
    [' ; Path=/', ''],
    ['a=tab\there', 'a=tab\there'],
    ['a=bell\x07', ''],
    ['a=b\r\nSet-Cookie: c=d', ''],
    ['a=\x7f', ''],
    ['ä=ö', 'ä=ö'],
    ['a=☃', ''],
    ['__proto__=x', '__proto__=x'],
    [`a=${'x'.repeat(4095)}`, `a=${'x'.repeat(4095)}`],
    [`a=${'x'.repeat(4096)}`, ''],
  ])('%j becomes %j', (line, expected) => {
    expect(sent(line)).toBe(expected);
  });

  it('a nameless cookie is not a named one with the same text', () => {
    expect(sent(['=a', 'a='])).toBe('a; a=');
  });
});

describe('the RFC’s own examples (RFC 6265 3.1)', () => {
  it('default and Path, Secure and HttpOnly, Domain and Expires', () => {
    const jar = new CookieJar(() => noon);
    jar.setCookie('SID=31d4d96e407aad42; Path=/; Secure; HttpOnly', 'https://example.com/x/y');
    jar.setCookie('lang=en-US; Path=/; Domain=example.com', 'https://example.com/x/y');
    expect(jar.getCookieString('https://example.com/')).toBe('SID=31d4d96e407aad42; lang=en-US');
    expect(jar.getCookieString('https://www.example.com/')).toBe('lang=en-US');
    jar.setCookie('lang=; Expires=Sun, 06 Nov 1994 08:49:37 GMT; Path=/; Domain=example.com', 'https://example.com/');
    expect(jar.getCookieString('https://example.com/')).toBe('SID=31d4d96e407aad42');
    expect(jar.size).toBe(1);
  });
});

describe('Domain', () => {
  it.each([
    ['example.com', 'https://www.example.com/', 'https://other.example.com/', true],
    ['.example.com', 'https://www.example.com/', 'https://example.com/', true],
    ['EXAMPLE.com', 'https://www.example.com/', 'https://example.com/', true],
    ['', 'https://www.example.com/', 'https://example.com/', false],
    ['', 'https://www.example.com/', 'https://www.example.com/', true],
    ['www.example.com', 'https://example.com/', 'https://www.example.com/', false],
    ['ample.com', 'https://example.com/', 'https://ample.com/', false],
    ['other.com', 'https://example.com/', 'https://other.com/', false],
    ['com', 'https://example.com/', 'https://other.com/', false],
    ['com', 'https://example.com/', 'https://example.com/', false],
    ['.com', 'https://example.com/', 'https://example.com/', false],
    ['co.uk', 'https://shop.co.uk/', 'https://shop.co.uk/', false],
    ['github.io', 'https://someone.github.io/', 'https://other.github.io/', false],
    ['github.io', 'https://github.io/', 'https://github.io/', true],
    ['github.io', 'https://github.io/', 'https://other.github.io/', false],
    ['local', 'https://a.local/', 'https://b.local/', false],
    ['corp', 'https://a.corp/', 'https://b.corp/', false],
    ['example.com.', 'https://example.com/', 'https://example.com/', false],
    ['127.0.0.1', 'https://127.0.0.1/', 'https://127.0.0.1/', true],
    ['0.0.1', 'https://127.0.0.1/', 'https://127.0.0.1/', false],
    ['[::1]', 'https://[::1]/', 'https://[::1]/', true],
    ['bücher.example', 'https://xn--bcher-kva.example/', 'https://xn--bcher-kva.example/', false],
  ])('Domain=%s from %s goes to %s: %s', (domain, from, to, goes) => {
    expect(sent(`a=1; Path=/; Domain=${domain}`, to, from)).toBe(goes ? 'a=1' : '');
  });

  it('the last one named counts', () => {
    expect(sent('a=1; Domain=other.com; Domain=example.com', https)).toBe('a=1');
    expect(sent('a=1; Domain=example.com; Domain=', 'https://x.example.com/dir/')).toBe('');
  });

  it('hosts are the same however they are spelt, and ports make no difference', () => {
    expect(sent('a=1; Path=/', 'https://WWW.EXAMPLE.COM.:8443/', https)).toBe('a=1');
    expect(sent('a=1; Path=/', 'https://0x7f.1/', 'https://127.0.0.1/')).toBe('a=1');
  });

  it('an address has no hosts below it', () => {
    expect(sent('a=1; Path=/', 'https://1.127.0.0.1.nip.io/', 'https://127.0.0.1/')).toBe('');
  });
});

describe('Path', () => {
  it.each([
    ['/dir', '/dir', true],
    ['/dir', '/dir/', true],
    ['/dir', '/dir/deep', true],
    ['/dir', '/directory', false],
    ['/dir/', '/dir', false],
    ['/', '/anything', true],
    ['', '/dir/other', true],
    ['', '/', false],
    ['relative', '/dir/x', true],
    ['relative', '/relative', false],
  ])('Path=%s goes to %s: %s', (path, to, goes) => {
    expect(sent(`a=1; Path=${path}`, `https://www.example.com${to}`)).toBe(goes ? 'a=1' : '');
  });

  it('longer paths are sent first, then older cookies', () => {
    const lines = ['a=1; Path=/', 'b=2; Path=/dir', 'c=3; Path=/', 'd=4; Path=/dir/page', 'a=5; Path=/'];
    expect(sent(lines)).toBe('d=4; b=2; a=5; c=3');
  });
});

describe('Secure and the prefixes', () => {
  const http = 'http://www.example.com/dir/page';
  it.each([
    ['a=1; Secure', https, https, 'a=1'],
    ['a=1; Secure', https, http, ''],
    ['a=1; Secure', http, https, ''],
    ['a=1', https, http, 'a=1'],
    ['__Secure-a=1; Secure', https, https, '__Secure-a=1'],
    ['__Secure-a=1', https, https, ''],
    ['__secure-a=1', https, https, ''],
    ['__Secure-a=1; Secure', http, http, ''],
    ['__Host-a=1; Secure; Path=/', https, https, '__Host-a=1'],
    ['__Host-a=1; Secure', https, https, ''],
    ['__Host-a=1; Secure; Path=/dir', https, https, ''],
    ['__Host-a=1; Path=/', https, https, ''],
    ['__Host-a=1; Secure; Path=/; Domain=www.example.com', https, https, ''],
    ['__HOST-a=1; Secure; Path=/; Domain=example.com', https, https, ''],
    ['=__Host-a=1; Secure; Path=/', https, https, ''],
    ['__Secure-a', https, https, ''],
  ])('%s from %s to %s: %j', (line, from, to, expected) => {
    expect(sent(line, to, from)).toBe(expected);
  });

  it('plain http on this machine is plain http', () => {
    expect(sent('a=1; Secure', 'http://127.0.0.1/', 'http://127.0.0.1/')).toBe('');
  });

  it('plain http cannot lay a cookie over a secure one', () => {
    const jar = new CookieJar(() => noon);
    jar.setCookie('a=good; Secure; Path=/dir; Domain=example.com', https);
    expect(jar.setCookie('a=evil; Path=/dir', http)).toBe(false);
    expect(jar.setCookie('a=evil; Path=/dir/deep; Domain=example.com', http)).toBe(false);
    expect(jar.setCookie('a=other; Path=/', http)).toBe(true);
    expect(jar.getCookieString(https)).toBe('a=good; a=other');
  });
});

describe('how long', () => {
  const at = (line: string, later: number) => {
    let now = noon;
    const jar = new CookieJar(() => now);
    jar.setCookie(line, https);
    now += later;
    return jar.getCookieString(https);
  };
  const day = 24 * 60 * 60 * 1000;

  it.each([
    ['a=1; Max-Age=10', 9_999, true],
    ['a=1; Max-Age=10', 10_000, false],
    ['a=1; Max-Age=0', 0, false],
    ['a=1; Max-Age=-1', 0, false],
    ['a=1; Max-Age=x', 10 * day, true],
    ['a=1; Max-Age=1.5', 10 * day, true],
    ['a=1; Max-Age=', 10 * day, true],
    ['a=1; Max-Age=10; Expires=Wed, 09 Jun 2100 10:18:14 GMT', 20_000, false],
    ['a=1; Expires=Thu, 01 Jan 2026 12:00:01 GMT', 0, true],
    ['a=1; Expires=Thu, 01 Jan 2026 12:00:01 GMT', 1000, false],
    ['a=1; Expires=01-Jan-26 12:00:01', 0, true],
    ['a=1; Expires=Sun, 06 Nov 1994 08:49:37 GMT', 0, false],
    ['a=1; Expires=never', 500 * day, true],
    ['a=1', 500 * day, true],
    ['a=1; Max-Age=99999999999999999999', 399 * day, true],
    ['a=1; Max-Age=99999999999999999999', 400 * day, false],
    ['a=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT', 400 * day, false],
  ])('%s after %i ms: %s', (line, later, there) => {
    expect(at(line, later)).toBe(there ? 'a=1' : '');
  });

  it('being sent does not make a cookie live longer', () => {
    let now = noon;
    const jar = new CookieJar(() => now);
    jar.setCookie('a=1; Max-Age=10', https);
    for (let second = 1; second < 10; second++) {
      now += 1000;
      expect(jar.getCookieString(https)).toBe('a=1');
    }
    now += 1000;
    expect(jar.getCookieString(https)).toBe('');
    expect(jar.size).toBe(0);
  });
});

describe('bounds', () => {
  it('of one site: 180, the least recently used and not secure going first', () => {
    const jar = new CookieJar(() => noon);
    jar.setCookie('keep=secure; Secure', https);
    for (let index = 0; index < 500; index++)
      jar.setCookie(`c${index}=1; Domain=example.com`, `https://h${index}.example.com/`);
    expect(jar.size).toBe(180);
    const header = jar.getCookieString(https);
    expect(header).toContain('keep=secure');
    expect(header).toContain('c499=1');
    expect(header).not.toContain('c320=1');
  });

  it('of all, in number and in bytes, with 5 000 of 4 kB', () => {
    const jar = new CookieJar(() => noon);
    let bytes = 0;
    for (let index = 0; index < 5000; index++) {
      jar.setCookie(`c${index}=${'x'.repeat(4000)}`, `https://h${index % 50}.site${index % 500}.example.com/`);
    }
    for (let index = 0; index < 5000; index++) jar.setCookie(`c=${'x'.repeat(4000)}`, `https://site${index}.com/`);
    for (const { value } of jar.toJSON()) bytes += value.length;
    expect(bytes).toBeLessThan(4 * 1024 * 1024);
    for (let index = 0; index < 4000; index++) jar.setCookie('c=1', `https://small${index}.com/`);
    expect(jar.size).toBeLessThanOrEqual(3300);
    expect(jar.getCookieString('https://small3999.com/')).toBe('c=1');
  });

  it('of a header: no more than servers take', () => {
    const lines = Array.from({ length: 50 }, (_, index) => `c${index}=${'x'.repeat(1000)}`);
    expect(sent(lines).length).toBeLessThanOrEqual(8000);
    expect(sent(lines)).toMatch(/^c0=/);
    const small = Array.from({ length: 50 }, (_, index) => `c${index}=${'x'.repeat(100)}`);
    expect(sent(small).split('; ')).toHaveLength(50);
  });
});

describe('changes', () => {
  it('tells whether a cookie changed', () => {
    const jar = new CookieJar(() => noon);
    expect(jar.setCookie('a=1', https)).toBe(true);
    expect(jar.setCookie('a=1; Max-Age=50', https)).toBe(false);
    expect(jar.setCookie('a=2', https)).toBe(true);
    expect(jar.setCookie('b=2; Max-Age=0', https)).toBe(false);
    expect(jar.setCookie('a=2; Max-Age=0', https)).toBe(true);
    expect(jar.setCookie('a=2; Domain=com', https)).toBe(false);
  });

  it('survives as JSON, expired ones left out', () => {
    let now = noon;
    const jar = new CookieJar(() => now);
    jar.setCookie('s=1; Secure; HttpOnly; Path=/', https);
    jar.setCookie('d=2; Domain=example.com; Path=/; Expires=Fri, 31 Dec 2100 23:59:59 GMT', https);
    jar.setCookie('gone=3; Max-Age=1', https);
    now += 1000;
    const again = CookieJar.fromJSON(JSON.parse(JSON.stringify(jar)));
    expect(again.toJSON()).toEqual(jar.toJSON());
    expect(again.size).toBe(2);
    for (const wrong of [null, {}, [null], [{ name: 'a' }], [{ ...jar.toJSON()[0], value: 'a\nb' }]]) {
      expect(() => CookieJar.fromJSON(wrong as never)).toThrow(TypeError);
    }
    again.clear();
    expect(again.getCookieString(https)).toBe('');
  });
});

describe('whatever comes', () => {
  const piece = fc.constantFrom(
    'a',
    '=',
    ';',
    ' ',
    '"',
    'Domain',
    'Path',
    '/',
    'Max-Age',
    'Expires',
    'com',
    'example.com',
    '.',
    '__Host-',
    'Secure',
    ',',
    '\t',
    '1',
    '-',
  );
  const line = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 20 }).map((all) => all.join('')),
  );

  it('the parser never throws, and what it gives fits a header', () => {
    fc.assert(
      fc.property(line, (text) => {
        const cookie = parseSetCookie(text, noon);
        if (cookie === undefined) return;
        expect(`${cookie.name}${cookie.value}`).toMatch(/^[\t\x20-\x7e\x80-\xff]+$/);
        expect(`${cookie.name}${cookie.value}`).not.toContain(';');
      }),
    );
  });

  it('a cookie goes only to the host that set it or, by its Domain, to hosts of the same site', () => {
    const host = fc.constantFrom(
      'example.com',
      'www.example.com',
      'a.www.example.com',
      'other.com',
      'shop.co.uk',
      '127.0.0.1',
      'b.github.io',
    );
    fc.assert(
      fc.property(line, host, host, (text, from, to) => {
        const jar = new CookieJar(() => noon);
        jar.setCookie(`${text}; Path=/`, `https://${from}/`);
        if (from === to || jar.getCookieString(`https://${to}/`) === '') return;
        expect(from.endsWith('example.com') && to.endsWith('example.com')).toBe(true);
      }),
    );
  });
});
