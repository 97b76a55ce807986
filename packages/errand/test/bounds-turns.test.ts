// A large body that a peer sends as fast as it can is read a megabyte a turn of the event loop, and arrives whole.
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import http2 from 'node:http2';
import { gzipSync } from 'node:zlib';
import { Session } from 'errand';
import { expect, onTestFinished, test, vi } from 'vitest';
import { fixture, listening } from './support/peers.js';

const megabyte = 2 ** 20;
const body = randomBytes(6 * megabyte + 12_345);
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function answer(request: Pick<IncomingMessage, 'url'>, response: ServerResponse): void {
  if (request.url === '/length') response.setHeader('content-length', body.length);
  if (request.url === '/small') response.setHeader('content-length', 500_000);
  if (request.url === '/gzip') response.setHeader('content-encoding', 'gzip');
  response.end(request.url === '/small' ? body.subarray(0, 500_000) : request.url === '/gzip' ? gzipSync(body) : body);
}

async function origin(): Promise<string> {
  const server = createServer(answer);
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(await listening(server)).port}`;
}

/** How often the loop was let in for the sake of what was read. */
async function turnsFor(work: () => Promise<void>): Promise<number> {
  const spy = vi.spyOn(globalThis, 'setImmediate');
  onTestFinished(() => spy.mockRestore());
  await work();
  return spy.mock.calls.filter(([callback]) => callback.toString().includes('feed.resume')).length;
}

test.each(['/length', '/chunked', '/gzip'])('%s', async (path) => {
  const url = await origin();
  await using session = new Session({ guard: false });
  const turns = await turnsFor(async () => {
    for (const _ of [1, 2]) expect(digest(await session.get(url + path).bytes())).toBe(digest(body));
  });
  expect(turns).toBe(12);
  expect(session.stats().connections.open).toBe(1);
});

test('over HTTP/2, beside another', async () => {
  const server = http2.createSecureServer({ cert: fixture('good'), key: fixture('good-key') });
  server.on('stream', (stream) => {
    stream.respond({ ':status': 200 });
    stream.end(body);
  });
  onTestFinished(() => void server.close());
  const url = `https://127.0.0.1:${(await listening(server)).port}/`;
  await using session = new Session({ guard: false, connection: { http2: true }, tls: { ca: fixture('ca') } });
  const turns = await turnsFor(async () => {
    const both = await Promise.all([session.get(url).bytes(), session.get(url).bytes()]);
    expect(both.map(digest)).toEqual([digest(body), digest(body)]);
  });
  expect(turns).toBe(12);
});

test('a small one costs no turn, and one that streams stops where its reader does', async () => {
  const url = await origin();
  await using session = new Session({ guard: false });
  const turns = await turnsFor(async () => {
    expect((await session.get(`${url}/small`).bytes()).length).toBe(500_000);
    const response = await session.stream(`${url}/length`);
    const pieces: Uint8Array[] = [];
    for await (const piece of response) pieces.push(piece);
    expect(digest(Buffer.concat(pieces))).toBe(digest(body));
  });
  expect(turns).toBe(0);
});

test('a call that is given up while it stops leaves nothing behind', async () => {
  const url = await origin();
  await using session = new Session({ guard: false });
  const given = new AbortController();
  const seen: number[] = [];
  const onProgress = ({ bytes }: { bytes: number }) => {
    seen.push(bytes);
    if (bytes > 2 * megabyte) given.abort();
  };
  await expect(session.get(`${url}/length`, { signal: given.signal, onProgress })).rejects.toMatchObject({
    code: 'ERRAND_ABORTED',
  });
  expect(seen.at(-1)).toBeLessThan(3 * megabyte);
  expect((await session.get(`${url}/small`).bytes()).length).toBe(500_000);
  expect(session.stats().inFlight).toBe(0);
});
