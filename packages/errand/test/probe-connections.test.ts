// What good clients get wrong about connections, seen from the server's side of real sockets.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import tls from 'node:tls';
import { ConnectError, DisconnectedError, Session, SessionClosedError, TimeoutError } from 'errand';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { fixture, listening, names } from './support/peers.js';
import { requestHead, serve, serveRaw } from './support/server.js';

const answer = (body: string, more = '') => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n${more}\r\n${body}`;

/** Answers each request on the socket with what `each` says. */
async function answerEach(socket: Socket, each: (number: number, head: string) => string | undefined): Promise<void> {
  for (let number = 1; ; number++) {
    const head = await requestHead(socket);
    const text = each(number, head);
    if (text !== undefined) socket.write(text);
  }
}

describe('a response that nobody asked for', () => {
  test.each(['in the same write', 'while the connection idles'])('%s is never the next one’s answer', async (when) => {
    await using server = await serveRaw(async (socket, index) => {
      await answerEach(socket, (number, head) => {
        const path = /^\S+ (\S+)/.exec(head)?.[1];
        if (index > 0 || number > 1) return answer(`own ${path}`);
        if (when === 'in the same write') return answer('first') + answer('pushed');
        setTimeout(() => socket.write(answer('pushed')), 20);
        return answer('first');
      });
    });
    await using session = new Session({ guard: false });
    expect(await session.get(`${server.url}/a`).text()).toBe('first');
    if (when !== 'in the same write')
      await vi.waitFor(() => expect(session.stats().connections.open).toBe(0), { interval: 5, timeout: 3_000 });
    expect(await session.get(`${server.url}/b`).text()).toBe('own /b');
    expect(await session.get(`${server.url}/c`).text()).toBe('own /c');
    expect(server.connections).toBe(2);
  });
});

describe('a fresh connection that is closed before the answer', () => {
  test.each(['GET', 'DELETE', 'POST'])('%s is sent as often as `retry` says, and no more', async (method) => {
    let requests = 0;
    await using server = await serveRaw(async (socket) => {
      await requestHead(socket);
      requests++;
      socket.destroy();
    });
    await using session = new Session({ guard: false, retry: false });
    const error = await session.request(method, server.url).catch((reason) => reason);
    expect(error).toBeInstanceOf(DisconnectedError);
    expect(requests).toBe(1);
    const attempts = { attempts: 2, backoff: { base: 1 } };
    await expect(session.request(method, server.url, { retry: attempts })).rejects.toThrow(DisconnectedError);
    expect(requests).toBe(method === 'POST' ? 2 : 3);
  });
});

test('two connections in all over eight hosts: never more than two sockets, idle ones included', async () => {
  let open = 0;
  let most = 0;
  await using server = await serve((_request, response) => setTimeout(() => response.end('ok'), 2));
  server.server.on('connection', (socket: Socket) => {
    most = Math.max(most, ++open);
    socket.on('close', () => open--);
  });
  const lookup = async () => [{ address: '127.0.0.1', family: 4 as const }];
  await using session = new Session({ guard: false, maxConnections: 2, dns: { lookup } });
  const urls = Array.from({ length: 40 }, (_, index) => `http://host${index % 8}.test:${server.port}/`);
  const bodies = await Promise.all(urls.map((url) => session.get(url).text()));
  expect(bodies.every((body) => body === 'ok')).toBe(true);
  expect(session.stats().connections.open).toBeLessThanOrEqual(2);
  // A socket that is being closed on our side may still be open for a moment on the server's.
  expect(most).toBeLessThanOrEqual(4);
  await vi.waitFor(() => expect(open).toBeLessThanOrEqual(2), { interval: 5, timeout: 3_000 });
});

test('waiting for room is waiting in the queue', async () => {
  await using server = await serve((request, response) => {
    if (request.url === '/held') response.write('begun');
    else response.end('ok');
  });
  await using session = new Session({ guard: false, maxConnections: 1, retry: false });
  const held = await session.stream(`${server.url}/held`);
  const other = `http://localhost:${server.port}/`;
  const error = await session.get(other, { timeout: { queue: 60 } }).catch((reason) => reason);
  expect(error).toBeInstanceOf(TimeoutError);
  expect(error).toMatchObject({ phase: 'queue', limit: 60 });
  const patient = session.get(other, { timeout: { queue: '5s' } }).text();
  await held.close();
  expect(await patient).toBe('ok');
});

describe('Keep-Alive', () => {
  test('max=1: no further request but one', async () => {
    await using server = await serveRaw((socket) =>
      answerEach(socket, () => answer('ok', 'Keep-Alive: timeout=60, max=1\r\n')),
    );
    await using session = new Session({ guard: false });
    for (let index = 0; index < 4; index++) expect(await session.get(server.url).text()).toBe('ok');
    expect(server.connections).toBeGreaterThanOrEqual(2);
    expect(server.connections).toBeLessThan(5);
  });

  test('timeout=1: the connection is not kept', async () => {
    await using server = await serveRaw((socket) =>
      answerEach(socket, () => answer('ok', 'Keep-Alive: timeout=1\r\n')),
    );
    await using session = new Session({ guard: false });
    expect(await session.get(server.url).text()).toBe('ok');
    await vi.waitFor(() => expect(session.stats().connections.open).toBe(0), { interval: 5, timeout: 900 });
    expect(await session.get(server.url).text()).toBe('ok');
    expect(server.connections).toBe(2);
  });
});

test('forty names on one address over TLS: one handshake each, however often they are asked', async () => {
  let handshakes = 0;
  const server = tls.createServer({ cert: fixture('good'), key: fixture('good-key') }, (socket) => {
    handshakes++;
    void answerEach(socket as unknown as Socket, () => answer('ok'));
  });
  const { port } = await listening(server);
  const hosts = Array.from({ length: 40 }, (_, index) => `h${index}.test`);
  const lookup = names(Object.fromEntries(hosts.map((host) => [host, ['127.0.0.1']])));
  const session = new Session({ guard: false, dns: { lookup }, tls: { ca: fixture('ca'), rejectUnauthorized: false } });
  onTestFinished(() => session.close({ grace: 0 }));
  for (let round = 0; round < 2; round++)
    for (const host of hosts) expect(await session.get(`https://${host}:${port}/`).text()).toBe('ok');
  expect(handshakes).toBe(40);
  expect(lookup.asked).toHaveLength(40);
});

describe('a kept connection that the server has closed', () => {
  test('a POST that was never sent goes over a fresh one; nothing arrives twice', async () => {
    const arrived: string[] = [];
    let first: Socket | undefined;
    await using server = await serveRaw(async (socket) => {
      first ??= socket;
      await answerEach(socket, (_number, head) => {
        arrived.push(head.split(' ')[0] as string);
        return answer('ok');
      });
    });
    await using session = new Session({ guard: false });
    await session.get(server.url);
    first?.destroy();
    await vi.waitFor(() => expect(session.stats().connections.open).toBe(0), { interval: 2, timeout: 3_000 });
    expect(await session.post(server.url, { json: 1 }).text()).toBe('ok');
    expect(arrived).toEqual(['GET', 'POST']);
  });

  test('a POST that was sent ends, and is not sent again', async () => {
    const arrived: string[] = [];
    await using server = await serveRaw(async (socket) => {
      await answerEach(socket, (number, head) => {
        arrived.push(head.split(' ')[0] as string);
        if (number === 1) return answer('ok');
        socket.destroy();
        return undefined;
      });
    });
    await using session = new Session({ guard: false });
    await session.get(server.url);
    await expect(session.post(server.url, { json: 1 })).rejects.toThrow(DisconnectedError);
    expect(arrived).toEqual(['GET', 'POST']);
  });
});

test('a server that accepts and resets at once: nothing was sent, or nothing came back', async () => {
  await using server = await serveRaw((socket) => socket.resetAndDestroy());
  await using session = new Session({ guard: false, retry: false });
  const error = await session.get(server.url).catch((reason) => reason);
  expect(error instanceof ConnectError || error instanceof DisconnectedError).toBe(true);
  expect(session.stats()).toMatchObject({ inFlight: 0, connections: { open: 0 } });
});

describe('close() while bodies are read and requests wait', () => {
  test('all of them settle with SessionClosedError, and no socket is left', async () => {
    await using server = await serve((_request, response) => {
      response.write('begun');
    });
    const session = new Session({ guard: false, retry: false, limits: { '*': { concurrency: 3 } } });
    const reading = await Promise.all([session.stream(server.url), session.stream(server.url)]);
    const readers = reading.map(async (response) => {
      for await (const _ of response);
    });
    const collecting = session.get(server.url);
    const waiting = Array.from({ length: 5 }, () => session.get(server.url));
    while (server.requests.length < 3) await once(server.server, 'request');
    const outcomes = Promise.allSettled([...readers, collecting, ...waiting]);
    await session.close({ grace: 20 });
    for (const outcome of await outcomes) {
      expect(outcome.status).toBe('rejected');
      expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(SessionClosedError);
    }
    expect(session.stats()).toMatchObject({ inFlight: 0, queued: 0, connections: { open: 0, idle: 0 } });
    await expect(session.get(server.url)).rejects.toThrow(SessionClosedError);
  });
});
