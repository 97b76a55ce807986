// `html` and `raw`: UTF-8, a base where one is needed, and otherwise the page as it came.
import { afterAll, expect, test } from 'vitest';
import { Formats } from '../src/formats/formats.js';
import { page, request } from './formats-pages.js';

const formats = new Formats({ workers: 1 });
afterAll(() => formats.close());

async function html(body: string | Uint8Array, type?: string, fetched = {}) {
  const converted = await formats.convert(request(), page(body, type, fetched));
  return { text: Buffer.from(converted.body).toString(), contentType: converted.contentType };
}
const base = '<base href="https://site.example/dir/page">';

test('a page that needs nothing is the very bytes that came', async () => {
  const body = Buffer.from('<!doctype html><p>é <a href="https://a.example/">x</a><a href="#top">y</a>');
  const { fetched, ...rest } = page(body);
  const converted = await formats.convert(request(), { fetched, ...rest });
  expect(Buffer.compare(converted.body, body)).toBe(0);
  expect(converted.contentType).toBe('text/html; charset=utf-8');
});

test.each([
  ['Content-Type', 'text/html; charset=windows-1251', Buffer.from('<p>\xcf\xf0\xe8', 'latin1'), '<p>При'],
  [
    'a meta element, which is corrected',
    'text/html',
    Buffer.from('<meta charset="windows-1251"><p>\xcf\xf0\xe8', 'latin1'),
    '<meta charset="utf-8"><p>При',
  ],
  [
    'http-equiv, which is corrected',
    'text/html',
    Buffer.from('<meta http-equiv=content-type content="text/html; charset=koi8-r"><p>\xf0', 'latin1'),
    '<meta http-equiv=content-type content="text/html; charset=utf-8"><p>П',
  ],
  ['a byte order mark before all', 'text/html; charset=latin1', Buffer.from('\ufeff<p>é'), '<p>é'],
  ['UTF-16', 'text/html', Buffer.from('\ufeff<p>é', 'utf16le'), '<p>é'],
  [
    'Content-Type before meta',
    'text/html; charset=utf-8',
    Buffer.from('<meta charset=latin1><p>é'),
    '<meta charset=utf-8><p>é',
  ],
  ['malformed bytes as browsers read them', 'text/html', Buffer.from('<p>\xff', 'latin1'), '<p>\ufffd'],
  ['no meta in a comment', 'text/html', '<!-- <meta charset=latin1> --><p>é', '<!-- <meta charset=latin1> --><p>é'],
])('UTF-8 by %s', async (_, type, body, expected) => {
  expect(await html(body, type)).toEqual({ text: expected, contentType: 'text/html; charset=utf-8' });
});

test.each([
  ['<head><title>t</title></head><a href="x">', `<head>${base}<title>t</title></head><a href="x">`],
  [
    '<!doctype html>\n<html lang="a>b">\n<head prefix="x">\n<link href=/x.css>',
    `<!doctype html>\n<html lang="a>b">\n<head prefix="x">${base}\n<link href=/x.css>`,
  ],
  ['<!-- <head> --><p><img src="//cdn.example/x">', `<!-- <head> -->${base}<p><img src="//cdn.example/x">`],
  ['<base href="/other/"><a href="x">', '<base href="https://site.example/other/"><a href="x">'],
  ["<head><BASE target=_top HREF='sub/'>", '<head><base href="https://site.example/dir/sub/" target="_top">'],
  ['<base href="https://cdn.example/a"><a href="x">', '<base href="https://cdn.example/a"><a href="x">'],
  [
    '<script>"<base href=/no>"</script><!--<base href=/no>--><a href="x">',
    `${base}<script>"<base href=/no>"</script><!--<base href=/no>--><a href="x">`,
  ],
  [
    '<base target=_top><base href="b/"><base href="c/">',
    '<base target=_top><base href="https://site.example/dir/b/"><base href="c/">',
  ],
  ['<base href="javascript:1"><a href=x>', '<base href="https://site.example/dir/page"><a href=x>'],
])('the base of %s', async (body, expected) => {
  expect((await html(body)).text).toBe(expected);
});

test('the address in a base is escaped', async () => {
  const { text } = await html('<a href=x>', undefined, { url: 'https://site.example/?a=1&b="' });
  expect(text).toBe('<base href="https://site.example/?a=1&amp;b=&quot;"><a href=x>');
});

test('what is no HTML passes as it is, with its own type', async () => {
  expect(await html('{"a":1}', 'application/json')).toEqual({ text: '{"a":1}', contentType: 'application/json' });
  expect((await html('<svg/>', 'image/svg+xml')).contentType).toBe('image/svg+xml');
  expect((await html('plain', 'text/plain; charset=latin1')).contentType).toBe('text/plain; charset=latin1');
  expect((await html('<a href="x"/>', 'application/xhtml+xml')).text).toBe(
    '<base href="https://site.example/dir/page"/><a href="x"/>',
  );
});

test('without a Content-Type the bytes say it', async () => {
  expect((await html('\n<!-- x --><html>', '')).contentType).toBe('text/html; charset=utf-8');
  expect((await html('just text', '')).contentType).toBe('text/plain');
  expect((await html(new Uint8Array([0, 1, 2]), '')).contentType).toBe('application/octet-stream');
  expect(await html('', '')).toEqual({ text: '', contentType: 'text/html; charset=utf-8' });
});

test('a rendered page is UTF-8, whatever its server said', async () => {
  const { text } = await html(
    '<html><head><meta charset="latin1"></head><body>é</body></html>',
    'text/html; charset=latin1',
    { engine: 'browser' },
  );
  expect(text).toBe('<html><head><meta charset="utf-8"></head><body>é</body></html>');
});

test('raw is the bytes, charset untouched', async () => {
  const body = Buffer.from('<base href=/x><p>\xe9', 'latin1');
  const converted = await formats.convert(request({ format: 'raw' }), page(body, 'text/html; charset=latin1'));
  expect(converted).toEqual({ body, contentType: 'text/html; charset=latin1' });
});

test('long pages are looked through in a worker, with the same outcome', async () => {
  const long = `<a href="x">\u00e9</a>${'<p>text</p>'.repeat(80_000)}`;
  expect((await html(long)).text).toBe(base + long);
});

test('pictures and PDFs pass through; without one the answer says why', async () => {
  const rendered = {
    screenshot: Buffer.from('png'),
    pdf: Buffer.from('pdf'),
    screenshots: [],
    blocked: 0,
    warnings: ['no such element'],
  };
  const of = (parts: object) => page('<p>', 'text/html', { engine: 'browser', rendered: { ...rendered, ...parts } });
  expect(await formats.convert(request({ format: 'screenshot' }), of({}))).toEqual({
    body: rendered.screenshot,
    contentType: 'image/png',
  });
  expect(await formats.convert(request({ format: 'pdf' }), of({}))).toEqual({
    body: rendered.pdf,
    contentType: 'application/pdf',
  });
  await expect(formats.convert(request({ format: 'screenshot' }), of({ screenshot: undefined }))).rejects.toThrow(
    /no such element/,
  );
});
