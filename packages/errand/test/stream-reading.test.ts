// Streams as their readers have them: pieces, lines and web streams, backpressure that the server feels, codings, bounds,
// and leaving at any moment.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { BodyTooLargeError, DecodeError, DisconnectedError, HttpError, Session } from 'errand';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serve, type TestServer } from './support/server.js';

const text = 'to be fetched, piece by piece. '.repeat(5_000);
const packed: Record<string, Buffer> = {
  gzip: gzipSync(text),
  deflate: deflateSync(text),
  br: brotliCompressSync(text),
  'gzip, br': brotliCompressSync(gzipSync(text)),
};
const bomb = gzipSync(Buffer.alloc(30_000_000));

let server: TestServer;
let session: Session;
let written = 0;
beforeAll(async () => {
  server = await serve(answer);
  session = new Session({ guard: false, retry: false, timeout: '10s' });
});
afterAll(async () => {
  await session.close({ grace: 0 });
  await server[Symbol.asyncDispose]();
});

function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = decodeURIComponent((request.url as string).slice(1));
  const [kind, coding] = path.split('/') as [string, string];
  if (kind === 'lines') {
    for (const piece of ['a\r', '\nb\n\nc', 'd\re', 'ä'].map((each) => Buffer.from(each))) response.write(piece);
    response.end();
  } else if (kind === 'packed') response.setHeader('content-encoding', coding).end(packed[coding]);
  else if (kind === 'cut')
    response.setHeader('content-encoding', coding).end((packed[coding] as Buffer).subarray(0, -20));
  else if (kind === 'bomb') response.setHeader('content-encoding', 'gzip').end(bomb);
  else if (kind === 'endless') {
    written = 0;
    const more = () => {
      let room = true;
      while (room && !response.destroyed) {
        room = response.write(Buffer.alloc(65_536));
        written += 65_536;
      }
    };
    response.on('drain', more);
    more();
  } else if (kind === 'broken') {
    response.writeHead(200, { 'content-length': 10 });
    response.write('abc');
    setTimeout(() => response.destroy(), 30);
  } else if (kind === 'long') {
    for (let index = 0; index < 100; index++) response.write('x'.repeat(65_536));
    response.end('\nlast');
  } else if (kind === '404') response.writeHead(404).end('no such thing');
  else response.end('small');
}

async function read(path: string, options = {}): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of await session.stream(`${server.url}/${path}`, options)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

it('a body that breaks off while its reader waits is an error, in a loop and as a web stream', async () => {
  await expect(read('broken')).rejects.toThrow(DisconnectedError);
  const { body } = await session.stream(`${server.url}/broken`);
  await expect(new Response(body).text()).rejects.toThrow(DisconnectedError);
});

describe('lines', () => {
  it('end in any way, across pieces, and the last one counts', async () => {
    const lines: string[] = [];
    for await (const line of (await session.stream(`${server.url}/lines`)).lines()) lines.push(line);
    expect(lines).toEqual(['a', 'b', '', 'cd', 'eä']);
  });

  it('may be as long as they like', async () => {
    const lengths: number[] = [];
    const begun = performance.now();
    for await (const line of (await session.stream(`${server.url}/long`)).lines()) lengths.push(line.length);
    expect(lengths).toEqual([6_553_600, 4]);
    expect(performance.now() - begun).toBeLessThan(3_000);
  });
});

it('a reader who does not read holds the server back', async () => {
  const response = await session.stream(`${server.url}/endless`);
  let before = -1;
  while (written !== before) {
    before = written;
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  // What the two kernels' buffers hold, and little more.
  expect(written).toBeLessThan(16 * 1024 ** 2);
  const held = written;
  const reader = response.body.getReader();
  for (let length = 0; length < held + 1_000_000; ) length += (await reader.read()).value?.length ?? 0;
  expect(written).toBeGreaterThan(held);
  await response.close();
});

describe('codings', () => {
  it.each(Object.keys(packed))('%s is undone as it is read', async (coding) => {
    expect(await read(`packed/${encodeURIComponent(coding)}`)).toBe(text);
    expect(await session.get(`${server.url}/packed/${encodeURIComponent(coding)}`).text()).toBe(text);
  });

  it.each(['gzip', 'deflate', 'br'])('%s that is cut off is no whole body', async (coding) => {
    await expect(read(`cut/${coding}`)).rejects.toThrow(DecodeError);
    await expect(session.get(`${server.url}/cut/${coding}`)).rejects.toThrow(DecodeError);
  });

  it('what is larger unpacked than it may be is refused before it is unpacked', async () => {
    await expect(session.get(`${server.url}/bomb`, { maxBodySize: '1mb' })).rejects.toThrow(BodyTooLargeError);
    await expect(read('bomb', { maxBodySize: '1mb' })).rejects.toThrow(BodyTooLargeError);
  });
});

describe('leaving', () => {
  it('a small body, read, half read or unread, gives its connection back', async () => {
    const before = server.connections;
    for (const reads of [0, 1, 2]) {
      await using response = await session.stream(`${server.url}/small`);
      const pieces = response[Symbol.asyncIterator]();
      for (let index = 0; index < reads; index++) await pieces.next();
    }
    expect(await session.get(`${server.url}/small`).text()).toBe('small');
    expect(server.connections - before).toBeLessThanOrEqual(1);
  });

  it('a large one is closed, and nothing waits for it', async () => {
    {
      await using response = await session.stream(`${server.url}/endless`);
      for await (const _ of response) break;
    }
    await (await session.stream(`${server.url}/endless`)).body.cancel();
    expect(session.stats().inFlight).toBe(0);
  });

  it('a body is read once', async () => {
    await using response = await session.stream(`${server.url}/small`);
    expect(response.body).toBe(response.body);
    await expect(response[Symbol.asyncIterator]().next()).rejects.toThrow(TypeError);
  });
});

it('a status of 400 or more rejects with its body, or is streamed where asked to', async () => {
  const error = await session.stream(`${server.url}/404`).catch((reason) => reason);
  expect(error).toBeInstanceOf(HttpError);
  expect(await error.response.text()).toBe('no such thing');
  expect(await read('404', { throwHttpErrors: false })).toBe('no such thing');
});
