// Files from the web: bytes only, bounded, named after what they are.
import { attachment } from '@errand/discord';
import { BodyTooLargeError, Session } from 'errand';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kindOf } from '../src/kinds.js';
import { viewOf } from '../src/web.js';
import { simple, stage, startWeb, type Web } from './bots.js';

const png = Buffer.from('\x89PNG\r\n\x1a\n rest of the picture', 'latin1');
const files: Record<string, { body: Buffer | string; headers?: Record<string, string> }> = {
  '/a/picture.png': { body: png, headers: { 'content-type': 'image/png' } },
  '/liar.html': { body: png, headers: { 'content-type': 'text/html' } },
  '/photo.PNG?size=big': { body: png },
  '/': { body: png },
  '/%2e%2e%2fetc%2fpass%22wd': { body: 'root:x', headers: { 'content-type': 'text/plain' } },
  '/download': {
    body: '{"a":1}',
    headers: { 'content-type': 'application/json', 'content-disposition': 'attachment; filename="r.json"' },
  },
  '/named': { body: 'x', headers: { 'content-disposition': "attachment; filename*=UTF-8''na%C3%AFve.txt" } },
  '/unknown.xyz': { body: Buffer.from([1, 0, 255, 254, 3]) },
  '/page.php': { body: '<!DOCTYPE html><title>x</title>', headers: { 'content-type': 'text/html' } },
};

let web: Web;
let session: Session;

beforeAll(async () => {
  session = new Session({ guard: { allow: ['127.0.0.1'] } });
  web = await startWeb((request, response) => {
    if (request.url === '/endless') {
      response.writeHead(200, { 'content-type': 'image/png' });
      const more = () => response.write(Buffer.alloc(65_536), () => void (response.destroyed || setImmediate(more)));
      more();
      return;
    }
    if (request.url === '/moved') {
      response.writeHead(302, { location: '/a/picture.png' }).end();
      return;
    }
    const file = files[request.url ?? ''];
    response.writeHead(file ? 200 : 404, file?.headers).end(file?.body);
  });
});
afterAll(async () => {
  await session.close();
  await web[Symbol.asyncDispose]();
});

it.each([
  ['/a/picture.png', 'picture.png', 'image/png'],
  ['/liar.html', 'liar.png', 'image/png'],
  ['/photo.PNG?size=big', 'photo.PNG', 'image/png'],
  ['/', 'file.png', 'image/png'],
  ['/%2e%2e%2fetc%2fpass%22wd', 'passwd.txt', 'text/plain'],
  ['/download', 'r.json', 'application/json'],
  ['/named', 'naïve.txt', 'text/plain'],
  ['/unknown.xyz', 'unknown.bin', 'application/octet-stream'],
  ['/page.php', 'page.html', 'text/html'],
  ['/moved', 'picture.png', 'image/png'],
])('names %s %s, of type %s', async (path, name, contentType) => {
  const file = await attachment(session, `${web.url}${path}`);
  expect(file).toMatchObject({ name, contentType });
  expect(Buffer.isBuffer(file.attachment)).toBe(true);
});

it('takes a name, and still corrects its extension', async () => {
  const { name } = await attachment(session, `${web.url}/a/picture.png`, { name: 'map.exe' });
  expect(name).toBe('map.png');
  expect((await attachment(session, `${web.url}/a/picture.png`, { name: 'map' })).name).toBe('map.png');
});

it('reads no further than maxSize', async () => {
  await expect(attachment(session, `${web.url}/endless`, { maxSize: 200_000 })).rejects.toBeInstanceOf(
    BodyTooLargeError,
  );
  await expect(attachment(session, `${web.url}/a/picture.png`, { maxSize: 10 })).rejects.toMatchObject({ limit: 10 });
  expect((await attachment(session, `${web.url}/a/picture.png`, { maxSize: png.length })).attachment).toHaveLength(
    png.length,
  );
  await expect(attachment(session, `${web.url}/`, { maxSize: 0 })).rejects.toThrow(/maxSize/);
});

it('takes 10 MiB where nothing is said, and what the interaction allows where there is one', async () => {
  await expect(attachment(session, `${web.url}/endless`)).rejects.toMatchObject({ limit: 10 * 1024 * 1024 });
  const signal = new AbortController().signal;
  const view = viewOf(session, { id: '1', lane: 'l', signal, attachmentSizeLimit: 300_000 });
  await expect(attachment(view, `${web.url}/endless`)).rejects.toMatchObject({ limit: 300_000 });
});

it('goes through the guard, and opens no other scheme', async () => {
  await expect(attachment(session, 'http://169.254.169.254/latest')).rejects.toMatchObject({
    code: 'ERRAND_BLOCKED_ADDRESS',
  });
  for (const url of ['file:///etc/hostname', 'data:text/plain,x', '/etc/hostname']) {
    await expect(attachment(session, url)).rejects.toBeInstanceOf(TypeError);
  }
});

it('arrives in the channel', async () => {
  await using on = await stage([
    simple('picture', async (_, own) => ({
      embeds: [{ image: { url: 'attachment://picture.png' } }],
      files: [await attachment(own, `${web.url}/a/picture.png`)],
    })),
  ]);
  expect((await on.sandbox.slash('picture')).attachments).toMatchObject([
    { filename: 'picture.png', size: png.length },
  ]);
});

describe('kindOf', () => {
  const latin = (text: string) => Buffer.from(text, 'latin1');
  it.each([
    [latin('\xff\xd8\xff\xe0'), null, 'image/jpeg'],
    [latin('GIF89a'), 'text/html', 'image/gif'],
    [latin('RIFF\0\0\0\0WEBPVP8 '), null, 'image/webp'],
    [latin('RIFF\0\0\0\0WAVEfmt '), null, 'audio/wav'],
    [latin('\0\0\0\x20ftypisom'), null, 'video/mp4'],
    [latin('\0\0\0\x20ftypavif'), null, 'image/avif'],
    [latin('%PDF-1.7'), 'image/png', 'application/pdf'],
    [latin('PK\x03\x04'), null, 'application/zip'],
    [latin('<?xml version="1.0"?>\n<!-- x --><svg xmlns="x">'), 'text/plain', 'image/svg+xml'],
    [latin('<?xml version="1.0"?><rss/>'), null, 'application/xml'],
    [latin('a;b'), 'text/csv; charset=utf-8', 'text/csv'],
    [latin('{"a":1}'), 'application/ld+json', 'application/json'],
    [latin('{"a":1}'), 'image/png', 'text/plain'],
    [Buffer.from('ü'.repeat(4096)), null, 'text/plain'],
    [Buffer.alloc(0), null, 'text/plain'],
    [latin('\xe9t\xe9'), null, 'application/octet-stream'],
  ])('%#', (bytes, declared, contentType) => {
    expect(kindOf(bytes, declared).contentType).toBe(contentType);
  });
});
