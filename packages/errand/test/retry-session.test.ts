// Retries as a session's users meet them, against real servers: what is sent how often, and what comes back.
import { DisconnectedError, HttpError, Session, type SessionOptions } from 'errand';
import { describe, expect, it } from 'vitest';
import { serve, serveRaw } from './support/server.js';

const sessionWith = (options: SessionOptions = {}) =>
  new Session({ guard: { allow: ['127.0.0.1'] }, retry: { backoff: { base: 1 } }, ...options });

describe('Retry-After', () => {
  const limited = (moments: number[]) =>
    serve((_, response) => {
      moments.push(performance.now());
      if (moments.length > 1) response.end('at last');
      else response.writeHead(429, { 'retry-after': '1' }).end('not so fast');
    });

  it('is waited for in full where there is time', async () => {
    const moments: number[] = [];
    await using server = await limited(moments);
    await using session = sessionWith();
    const response = await session.get(server.url);
    expect(await response.text()).toBe('at last');
    const [first, second] = moments as [number, number];
    expect(second - first).toBeGreaterThanOrEqual(995);
    expect(response.trace.attempts.map(({ status }) => status)).toEqual([429, 200]);
    expect(response.trace.attempts[0]?.retryDelay).toBeGreaterThanOrEqual(1_000);
    expect(session.stats()).toMatchObject({ requests: 1, retried: 1, succeeded: 1, failed: 0 });
  });

  it('fails at once, with the 429 in hand, where there is not', async () => {
    const moments: number[] = [];
    await using server = await limited(moments);
    await using session = sessionWith();
    const began = performance.now();
    const error = await session.get(server.url, { timeout: 900 }).catch((error: unknown) => error);
    expect(performance.now() - began).toBeLessThan(500);
    expect(error).toBeInstanceOf(HttpError);
    expect(error).toMatchObject({ status: 429, attempts: 1 });
    expect(await (error as HttpError).response.text()).toBe('not so fast');
    expect(moments).toHaveLength(1);
  });
});

it('answers with the last response when the attempts are used up', async () => {
  let count = 0;
  await using server = await serve((_, response) => response.writeHead(503).end(String(++count)));
  await using session = sessionWith();
  const error = (await session.get(server.url).catch((error: unknown) => error)) as HttpError;
  expect(error).toMatchObject({ status: 503, attempts: 3, retryable: true });
  expect(await error.response.text()).toBe('3');
  const response = await session.get(server.url, { throwHttpErrors: false, retry: 2 });
  expect(await response.text()).toBe('5');
});

it('tries a truncated body again, and gives the slot back meanwhile', async () => {
  let count = 0;
  await using server = await serve((_, response) => {
    if (++count > 1) {
      response.end('whole');
      return;
    }
    response.writeHead(200, { 'content-length': '100' });
    response.write('cut', () => response.socket?.destroy());
  });
  await using session = sessionWith({ limits: { '*': { concurrency: 1 } } });
  const response = await session.get(server.url);
  expect(await response.text()).toBe('whole');
  expect(response.trace.attempts.map(({ error }) => error)).toEqual(['ERRAND_DISCONNECTED', undefined]);
});

it('lets others ask the host while a retry waits', async () => {
  const paths: string[] = [];
  await using server = await serve((request, response) => {
    paths.push(request.url as string);
    if (paths.length === 1) response.writeHead(503).end();
    else response.end();
  });
  await using session = sessionWith({ limits: { '*': { concurrency: 1 } } });
  const controller = new AbortController();
  const waiting = session
    .get(`${server.url}/waits`, {
      retry: { backoff: { base: '1h', max: '1h' } },
      timeout: Number.POSITIVE_INFINITY,
      signal: controller.signal,
    })
    .catch((error: unknown) => error);
  await session.get(`${server.url}/other`);
  expect(paths).toEqual(['/waits', '/other']);
  controller.abort();
  expect(await waiting).toMatchObject({ code: 'ERRAND_ABORTED', attempts: 1 });
});

describe('a connection that the server closes before it answers', () => {
  const closing = () =>
    serveRaw((socket) => {
      socket.once('data', () => socket.destroy());
    });

  it.each(['GET', 'DELETE', 'PUT'])('%s is sent as often as retry says', async (method) => {
    await using server = await closing();
    await using session = sessionWith();
    await expect(session.request(method, server.url)).rejects.toMatchObject({
      code: 'ERRAND_DISCONNECTED',
      attempts: 3,
    });
    expect(server.connections).toBe(3);
    await expect(session.request(method, server.url, { retry: false })).rejects.toBeInstanceOf(DisconnectedError);
    expect(server.connections).toBe(4);
  });

  it('POST is sent once', async () => {
    await using server = await closing();
    await using session = sessionWith();
    await expect(session.post(server.url, { json: 1 })).rejects.toMatchObject({ attempts: 1 });
    expect(server.connections).toBe(1);
  });

  it('POST with an Idempotency-Key is sent again', async () => {
    await using server = await closing();
    await using session = sessionWith();
    const headers = { 'idempotency-key': '1' };
    await expect(session.post(server.url, { json: 1, headers })).rejects.toMatchObject({ attempts: 3 });
  });
});

describe('a kept connection that dies', () => {
  /** Answers the first request of its first connection, and destroys that connection when the second comes. */
  const dying = () =>
    serveRaw((socket, index) => {
      let requests = 0;
      socket.on('data', () => {
        if (++requests === 2 && index === 0) socket.destroy();
        else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
      });
    });

  it('is replaced without waiting for what may be sent twice', async () => {
    await using server = await dying();
    await using session = sessionWith({ retry: { backoff: { base: '1h', max: '1h' } } });
    await session.get(server.url);
    const response = await session.get(server.url);
    expect(await response.text()).toBe('ok');
    expect(response.trace.attempts[0]).toMatchObject({ reusedConnection: true, retryDelay: 0 });
    expect(server.connections).toBe(2);
  });

  it('ends a POST that was sent, which is not sent twice', async () => {
    await using server = await dying();
    await using session = sessionWith();
    await session.get(server.url);
    await expect(session.post(server.url, { json: 1 })).rejects.toMatchObject({
      code: 'ERRAND_DISCONNECTED',
      attempts: 1,
    });
    expect(server.connections).toBe(1);
  });
});

it('tries any method again where nothing was sent', async () => {
  const server = await serve((_, response) => response.end());
  const { url } = server;
  await server[Symbol.asyncDispose]();
  await using session = sessionWith();
  await expect(session.post(url, { json: 1 })).rejects.toMatchObject({ code: 'ERRAND_CONNECT', attempts: 3 });
});

it('sends a body again that comes from a function, and not one from a stream', async () => {
  const bodies: string[] = [];
  await using server = await serve(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    bodies.push(body);
    response.writeHead(503).end();
  });
  await using session = sessionWith();
  async function* pieces() {
    yield 'in ';
    yield 'pieces';
  }
  await session.put(server.url, { body: () => pieces(), throwHttpErrors: false });
  expect(bodies).toEqual(Array(3).fill('in pieces'));
  await session.put(server.url, { body: pieces(), throwHttpErrors: false });
  expect(bodies).toHaveLength(4);
});
