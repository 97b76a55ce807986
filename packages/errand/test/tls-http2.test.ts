// HTTP/2 connections that end in every way that a server has, between requests and in the middle of one: an error of the
// family or a new connection, never the end of the process.
import http2, { type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { ErrandError, Session } from 'errand';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fixture, listening } from './support/peers.js';

const endings: Record<string, (session: ServerHttp2Session, socket: TLSSocket) => void> = {
  'GOAWAY and close': (session) => session.close(),
  'GOAWAY with an error': (session) => session.goaway(http2.constants.NGHTTP2_INTERNAL_ERROR),
  destroyed: (session) => session.destroy(),
  'destroyed with an error': (session) => session.destroy(undefined, http2.constants.NGHTTP2_PROTOCOL_ERROR),
  'the socket ends': (_session, socket) => socket.end(),
  'the socket is destroyed': (_session, socket) => socket.destroy(),
  'the socket is reset': (_session, socket) => (socket as unknown as { _parent: TLSSocket })._parent.resetAndDestroy(),
};

async function server(answer: (stream: ServerHttp2Stream, end: () => void, path: string) => void, ending: string) {
  let sockets: TLSSocket[] = [];
  const made = http2.createSecureServer({ cert: fixture('good'), key: fixture('good-key') });
  made.on('secureConnection', (socket) => sockets.push(socket));
  made.on('sessionError', () => {});
  made.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    const session = stream.session as ServerHttp2Session;
    const socket = sockets.at(-1) as TLSSocket;
    answer(stream, () => endings[ending]?.(session, socket), headers[':path'] as string);
  });
  onTestFinished(() => {
    sockets = [];
  });
  return listening(made);
}

function session(): Session {
  const made = new Session({ guard: false, tls: { ca: fixture('ca') }, connection: { http2: true }, timeout: '3s' });
  onTestFinished(() => made.close({ grace: 0 }));
  return made;
}

describe.each(Object.keys(endings))('%s', (ending) => {
  test('after an answer: the next request has a new connection', async () => {
    const { port } = await server((stream, end) => {
      stream.respond({ ':status': 200 });
      stream.end('hello');
      stream.once('close', end);
    }, ending);
    const made = session();
    const url = `https://127.0.0.1:${port}/`;
    expect(await made.get(url).text()).toBe('hello');
    expect(await made.get(url).text()).toBe('hello');
  });

  test('in the middle of a body: an error of the family', async () => {
    const { port } = await server((stream, end, path) => {
      stream.respond({ ':status': 200 });
      if (path === '/whole') {
        stream.end('hello');
        return;
      }
      stream.write('hel', () => setImmediate(end));
    }, ending);
    const made = session();
    const error = await made
      .get(`https://127.0.0.1:${port}/cut`, { retry: false, timeout: '1s' })
      .catch((caught) => caught);
    expect(error).toBeInstanceOf(ErrandError);
    expect(await made.get(`https://127.0.0.1:${port}/whole`).text()).toBe('hello');
  });
});

test('a session that is closed while its HTTP/2 connections idle', async () => {
  const { port } = await server((stream) => {
    stream.respond({ ':status': 200 });
    stream.end('hello');
  }, '');
  const made = session();
  await made.get(`https://127.0.0.1:${port}/`);
  await made.close();
  expect(made.stats().connections.open).toBe(0);
});
