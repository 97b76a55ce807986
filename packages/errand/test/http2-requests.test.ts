// HTTP/2 where it is asked for: one connection an origin, bodies both ways, bounds, streams that are broken off, and
// connections that make room and are not kept for ever.
import http2 from 'node:http2';
import { gzipSync } from 'node:zlib';
import {
  AbortError,
  BodyTooLargeError,
  DisconnectedError,
  HttpError,
  Session,
  type SessionOptions,
  TimeoutError,
} from 'errand';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { fixture, listening } from './support/peers.js';

async function serve(): Promise<{ url: string; port: number; sessions: () => number }> {
  const server = http2.createSecureServer({ cert: fixture('good'), key: fixture('good-key'), allowHTTP1: true });
  let sessions = 0;
  const together: http2.ServerHttp2Stream[] = [];
  server.on('session', () => sessions++);
  server.on('sessionError', () => undefined);
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    const respond = (more: http2.OutgoingHttpHeaders = {}) => stream.respond({ ':status': 200, ...more });
    const answers: Record<string, () => void> = {
      '/echo': () => {
        let length = 0;
        stream.on('data', (piece) => (length += piece.length));
        stream.on('end', () => {
          respond({ 'content-type': 'application/json' });
          stream.end(
            JSON.stringify({ length, said: headers['content-length'] ?? null, type: headers['content-type'] }),
          );
        });
      },
      '/reset': () => {
        respond();
        stream.write('abc', () => setTimeout(() => stream.destroy(new Error('broken off')), 5));
      },
      '/reset-at-once': () => stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR),
      '/big': () => {
        respond();
        stream.end(Buffer.alloc(2_000_000, 'a'));
      },
      '/held': () => {
        respond();
        stream.write('abc');
      },
      '/silent': () => undefined,
      '/together': () => {
        if (together.push(stream) < 60) return;
        for (const each of together) {
          each.respond({ ':status': 200 });
          each.end('all here');
        }
      },
      '/gzip': () => {
        respond({ 'content-encoding': 'gzip' });
        stream.end(gzipSync('hello'));
      },
      '/404': () => {
        stream.respond({ ':status': 404 });
        stream.end('no such thing');
      },
    };
    const answer = answers[headers[':path'] as string];
    if (answer !== undefined) answer();
    else {
      respond();
      stream.end(`ok ${headers[':path']}`);
    }
  });
  const { port } = await listening(server);
  return { url: `https://127.0.0.1:${port}`, port, sessions: () => sessions };
}

function open({ connection, ...options }: SessionOptions = {}): Session {
  const session = new Session({
    guard: false,
    retry: false,
    tls: { ca: fixture('ca') },
    connection: { http2: true, ...connection },
    limits: { '*': { concurrency: 100 } },
    ...options,
  });
  onTestFinished(() => session.close({ grace: 0 }));
  return session;
}

test('sixty at once share one connection, each with its own answer', async () => {
  const { url, sessions } = await serve();
  const session = open();
  const bodies = await Promise.all(Array.from({ length: 60 }, (_, index) => session.get(`${url}/${index}`).text()));
  expect(bodies).toEqual(Array.from({ length: 60 }, (_, index) => `ok /${index}`));
  const together = await Promise.all(Array.from({ length: 60 }, () => session.get(`${url}/together`).text()));
  expect(together).toEqual(Array(60).fill('all here'));
  expect(sessions()).toBe(1);
});

test('bodies go up and come down, packed, streamed and refused', async () => {
  const { url } = await serve();
  const session = open();
  expect(await session.post(`${url}/echo`, { json: { a: 1 } }).json()).toEqual({
    length: 7,
    said: '7',
    type: 'application/json',
  });
  const pieces = async function* () {
    for (let index = 0; index < 20; index++) yield Buffer.alloc(10_000);
  };
  expect(await session.post(`${url}/echo`, { body: pieces() }).json()).toMatchObject({ length: 200_000, said: null });
  expect(await session.get(`${url}/gzip`).text()).toBe('hello');
  let length = 0;
  for await (const piece of await session.stream(`${url}/big`)) length += piece.length;
  expect(length).toBe(2_000_000);
  const error = await session.get(`${url}/404`).catch((reason) => reason);
  expect(error).toBeInstanceOf(HttpError);
  expect(await error.response.text()).toBe('no such thing');
});

describe('what ends one exchange leaves the connection to the others', () => {
  test('bounds, resets, silence, aborts and readers that leave', async () => {
    const { url, sessions } = await serve();
    const session = open();
    const other = await session.stream(`${url}/held`);
    await expect(session.get(`${url}/big`, { maxBodySize: '1mb' })).rejects.toThrow(BodyTooLargeError);
    await expect(session.get(`${url}/reset`)).rejects.toThrow(DisconnectedError);
    await expect(session.get(`${url}/reset-at-once`)).rejects.toThrow(DisconnectedError);
    const silent = await session.get(`${url}/silent`, { timeout: { headers: 50 } }).catch((reason) => reason);
    expect(silent).toBeInstanceOf(TimeoutError);
    expect(silent.phase).toBe('headers');
    const controller = new AbortController();
    const held = session.get(`${url}/held`, { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await expect(held).rejects.toThrow(AbortError);
    const left = await session.stream(`${url}/big`);
    for await (const _ of left) break;
    expect(await session.get(`${url}/after`).text()).toBe('ok /after');
    await other.close();
    expect(sessions()).toBe(1);
  });
});

test('a connection that idles makes room for another host', async () => {
  const { url, port } = await serve();
  const session = open({ maxConnections: 1 });
  expect(await session.get(`${url}/a`).text()).toBe('ok /a');
  expect(session.stats().connections).toEqual({ open: 1, idle: 1 });
  expect(await session.get(`https://localhost:${port}/b`).text()).toBe('ok /b');
  expect(await session.get(`${url}/c`).text()).toBe('ok /c');
});

test('a connection is kept as long as keepAlive says, and for as many requests as maxRequests says', async () => {
  const { url, sessions } = await serve();
  const session = open({ connection: { keepAlive: 40 } });
  await session.get(url);
  await vi.waitFor(() => expect(session.stats().connections.open).toBe(0), { interval: 5, timeout: 3_000 });
  const counted = open({ connection: { maxRequests: 2 } });
  for (let index = 0; index < 4; index++) await counted.get(url);
  expect(sessions()).toBe(3);
});

test('where a server does not offer it, HTTP/1.1 is spoken', async () => {
  const { createServer } = await import('node:https');
  const server = createServer({ cert: fixture('good'), key: fixture('good-key') }, (request, response) =>
    response.end(request.httpVersion),
  );
  const { port } = await listening(server);
  expect(await open().get(`https://127.0.0.1:${port}/`).text()).toBe('1.1');
});
