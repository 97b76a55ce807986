// The `proxy` option: URLs with their secrets, the environment, and who is asked directly all the same.
import { describe, expect, test } from 'vitest';
import { readNoProxy } from '../src/middleware/proxy/no-proxy.js';
import { type ProxyOptions, resolveProxy } from '../src/middleware/proxy/options.js';
import { readProxyUrl } from '../src/middleware/proxy/proxy-url.js';

describe('URLs', () => {
  test.each([
    ['http://proxy.test', { kind: 'http', host: 'proxy.test', port: 80, show: 'http://proxy.test:80' }],
    ['https://proxy.test', { kind: 'https', host: 'proxy.test', port: 443, show: 'https://proxy.test:443' }],
    ['socks5://PROXY.test.', { kind: 'socks5', host: 'proxy.test', port: 1080, show: 'socks5://proxy.test:1080' }],
    ['socks5h://[::1]:9050', { kind: 'socks5h', host: '::1', port: 9050, show: 'socks5h://[::1]:9050' }],
    ['proxy.test:3128', { kind: 'http', host: 'proxy.test', port: 3128, show: 'http://proxy.test:3128' }],
    ['socks://127.1:1', { kind: 'socks5', host: '127.0.0.1', port: 1, show: 'socks5://127.0.0.1:1' }],
  ])('%s', (text, expected) => {
    expect(readProxyUrl(text, 'proxy')).toEqual(expected);
  });

  test('username and password are decoded, and not shown', () => {
    const route = readProxyUrl('http://m%40e:p%3Aw@proxy.test:3128', 'proxy');
    expect(route).toMatchObject({ username: 'm@e', password: 'p:w', show: 'http://proxy.test:3128' });
  });

  test('the same URL is the same proxy', () => {
    expect(readProxyUrl('http://a:b@proxy.test', 'proxy')).toBe(readProxyUrl('http://a:b@proxy.test', 'proxy'));
    expect(readProxyUrl('http://a:b@proxy.test', 'proxy', true)).not.toBe(
      readProxyUrl('http://a:b@proxy.test', 'proxy'),
    );
  });

  test.each(['', 'ftp://proxy.test', 'socks4://proxy.test', 'http://', 'http://a b', 'http://proxy.test:99999'])(
    "'%s' is a TypeError that names the option",
    (text) => {
      expect(() => readProxyUrl(text, 'proxy.urls')).toThrow(TypeError);
      expect(() => readProxyUrl(text, 'proxy.urls')).toThrow('proxy.urls');
    },
  );

  test('no error shows a password', () => {
    for (const text of [
      'ftp://me:s3cret@proxy.test',
      'me:s3cret@:x',
      `socks5://me:${'s3cret'.repeat(60)}@proxy.test`,
    ]) {
      const error = attempt(() => readProxyUrl(text, 'proxy'));
      expect(error).toBeInstanceOf(TypeError);
      expect(String((error as Error).stack)).not.toContain('s3cret');
    }
  });

  test('a username that its protocol cannot carry is refused', () => {
    expect(() => readProxyUrl('http://a%3Ab:c@proxy.test', 'proxy')).toThrow('colon');
    expect(() => readProxyUrl('socks5://:c@proxy.test', 'proxy')).toThrow('1 to 255 bytes');
  });
});

describe('NO_PROXY', () => {
  const direct = (value: string, url: string) => readNoProxy(value)(new URL(url));

  test.each([
    ['example.com', 'http://example.com/'],
    ['example.com', 'http://EXAMPLE.com./'],
    ['example.com', 'http://sub.example.com:8080/'],
    ['EXAMPLE.COM.', 'http://example.com/'],
    ['.example.com', 'http://sub.example.com/'],
    ['*.example.com', 'http://a.b.example.com/'],
    ['a.test,example.com', 'http://example.com/'],
    ['a.test example.com', 'http://example.com/'],
    [' a.test , , example.com ', 'http://example.com/'],
    ['localhost', 'http://localhost/'],
    ['localhost.', 'http://localhost/'],
    ['localhost', 'http://localhost./'],
    ['example.com:8080', 'http://example.com:8080/'],
    ['example.com:80', 'http://example.com/'],
    ['example.com:443', 'https://example.com/'],
    ['127.0.0.0/8', 'http://127.1.2.3/'],
    ['127.0.0.0/8', 'http://0x7f.1/'],
    ['127.0.0.0/8', 'http://[::ffff:127.0.0.1]/'],
    ['127.0.0.1', 'http://127.0.0.1:3000/'],
    ['127.0.0.1:3000', 'http://127.0.0.1:3000/'],
    ['127.1', 'http://127.0.0.1/'],
    ['[::1]', 'http://[::1]/'],
    ['::1', 'http://[0:0::1]/'],
    ['[::1]:8080', 'http://[::1]:8080/'],
    ['fd00::/8', 'http://[fd00::1]/'],
    ['bücher.test', 'http://xn--bcher-kva.test/'],
    ['*', 'http://example.com/'],
  ])('%s: %s is asked directly', (value, url) => {
    expect(direct(value, url)).toBe(true);
  });

  test.each([
    ['', 'http://example.com/'],
    [',', 'http://example.com/'],
    ['example.com', 'http://notexample.com/'],
    ['example.com', 'http://example.com.evil.test/'],
    ['.example.com', 'http://example.com/'],
    ['*.example.com', 'http://example.com/'],
    ['example.com:8080', 'http://example.com/'],
    ['example.com:80', 'https://example.com/'],
    ['127.0.0.0/8', 'http://128.0.0.1/'],
    ['127.0.0.1', 'http://127.0.0.2/'],
    ['127.0.0.0/8', 'http://localhost/'],
    ['[::1]:8080', 'http://[::1]/'],
    ['127.0.0.0/99', 'http://127.0.0.1/'],
    ['http://example.com', 'http://example.com/'],
  ])('%s: %s is not', (value, url) => {
    expect(direct(value, url)).toBe(false);
  });
});

describe('the environment', () => {
  const way = (environment: Record<string, string>, url: string) =>
    resolveProxy('env', environment)?.choose(new URL(url), 0)?.show;

  test('by the scheme of the URL, with ALL_PROXY for the rest', () => {
    const environment = { HTTP_PROXY: 'http://plain:1', HTTPS_PROXY: 'http://secure:2' };
    expect(way(environment, 'http://a.test/')).toBe('http://plain:1');
    expect(way(environment, 'https://a.test/')).toBe('http://secure:2');
    expect(way({ ALL_PROXY: 'socks5://all:3' }, 'https://a.test/')).toBe('socks5://all:3');
    expect(way({ ALL_PROXY: 'socks5://all:3', HTTP_PROXY: 'plain:1' }, 'http://a.test/')).toBe('http://plain:1');
    expect(way({ HTTP_PROXY: 'http://plain:1' }, 'https://a.test/')).toBeUndefined();
  });

  test('lower case counts first, what is empty does not', () => {
    expect(way({ https_proxy: 'http://low:1', HTTPS_PROXY: 'http://up:2' }, 'https://a.test/')).toBe('http://low:1');
    expect(way({ https_proxy: '', HTTPS_PROXY: 'http://up:2' }, 'https://a.test/')).toBe('http://up:2');
    expect(resolveProxy('env', { HTTPS_PROXY: '' })).toBeUndefined();
    expect(resolveProxy('env', {})).toBeUndefined();
  });

  test('NO_PROXY is asked directly', () => {
    const environment = { ALL_PROXY: 'http://all:1', NO_PROXY: 'internal.test,10.0.0.0/8' };
    expect(way(environment, 'http://x.internal.test/')).toBeUndefined();
    expect(way(environment, 'http://10.1.1.1/')).toBeUndefined();
    expect(way(environment, 'http://a.test/')).toBe('http://all:1');
  });

  test('a header that a CGI server turned into HTTP_PROXY is not believed', () => {
    expect(way({ REQUEST_METHOD: 'GET', HTTP_PROXY: 'http://evil:1' }, 'http://a.test/')).toBeUndefined();
    expect(way({ REQUEST_METHOD: 'GET', http_proxy: 'http://own:1' }, 'http://a.test/')).toBe('http://own:1');
  });

  test('what cannot be read is a TypeError that names the variable', () => {
    expect(() => resolveProxy('env', { HTTPS_PROXY: 'ftp://x' })).toThrow(/^HTTPS_PROXY: /);
    expect(() => resolveProxy('env', { ALL_PROXY: 'ftp://x' })).toThrow(/^ALL_PROXY: /);
  });
});

test('none where there is none', () => {
  expect(resolveProxy(false)).toBeUndefined();
  expect(resolveProxy(undefined)).toBeUndefined();
});

test.each([
  [{ urls: [] }, 'proxy: '],
  [{}, 'proxy: '],
  [7, 'proxy: '],
  [{ urls: ['ftp://x'] }, 'proxy.urls'],
  [{ urls: ['http://a'], rotate: 'random' }, 'proxy.rotate'],
  [{ urls: ['http://a'], cooldown: 'soon' }, 'proxy.cooldown'],
  [{ urls: ['http://a'], noProxy: 'b' }, 'proxy.noProxy'],
  [{ urls: ['http://a'], noProxy: ['a b'] }, 'proxy.noProxy'],
  [{ urls: ['http://a'], tunnel: 1 }, 'proxy.tunnel'],
])('%j is a TypeError that names the option', (option, name) => {
  const error = attempt(() => resolveProxy(option as unknown as ProxyOptions));
  expect(error).toBeInstanceOf(TypeError);
  expect((error as Error).message).toContain(name);
});

function attempt(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}
