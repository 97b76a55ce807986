// What a peer controls has a bound: bodies, codings, chunks, fields, cookies, addresses. Each bound is met before memory is.
import { gzipSync } from 'node:zlib';
import {
  BodyTooLargeError,
  CookieJar,
  DecodeError,
  HttpError,
  type LookupFunction,
  ProtocolError,
  QueueFullError,
  RedirectError,
  Session,
} from 'errand';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RawServer, requestHead, serveRaw } from './support/server.js';

type Answer = (write: (bytes: string | Buffer) => Promise<void>) => Promise<void>;
const answers = new Map<string, Answer>();
let server: RawServer;
let session: Session;
beforeAll(async () => {
  server = await serveRaw(async (socket) => {
    const write = (bytes: string | Buffer) =>
      new Promise<void>((resolve) => {
        if (socket.destroyed) resolve();
        else socket.write(bytes, () => resolve());
      });
    while (!socket.destroyed) {
      const path = /^\S+ \/(\S*)/.exec(await requestHead(socket))?.[1] as string;
      await (answers.get(path) ?? plain('fine'))(write);
    }
  });
  session = new Session({ guard: false, retry: 1, timeout: { headers: 5_000, idle: 5_000 } });
});
afterAll(async () => {
  await session.close({ grace: 0 });
  await server[Symbol.asyncDispose]();
});

const plain =
  (body: string | Buffer, fields = '', status = '200 OK'): Answer =>
  async (write) => {
    await write(`HTTP/1.1 ${status}\r\n${fields}Content-Length: ${body.length}\r\n\r\n`);
    await write(body);
  };
const chunked =
  (pieces: () => Iterable<string>): Answer =>
  async (write) => {
    await write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    for (const piece of pieces()) await write(piece);
    await write('0\r\n\r\n');
  };
const failure = (promise: PromiseLike<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );
/** Asks for what the answer is played for, and then for something else. */
async function ask(answer: Answer, options: Parameters<Session['get']>[1] = {}): Promise<unknown> {
  answers.set('it', answer);
  const outcome = await session
    .get(`${server.url}/it`, options)
    .bytes()
    .catch((error: unknown) => error);
  expect(await session.get(`${server.url}/next`).text()).toBe('fine');
  return outcome;
}

const bomb = gzipSync(Buffer.alloc(40 * 1024 ** 2));

test('a body that unpacks to far more than it is', async () => {
  const before = process.memoryUsage().arrayBuffers;
  const packed = plain(bomb, 'Content-Encoding: gzip\r\n');
  expect(await ask(packed, { maxBodySize: '1mb' })).toMatchObject({ code: 'ERRAND_BODY_TOO_LARGE', limit: 1024 ** 2 });
  const twice = plain(gzipSync(bomb), 'Content-Encoding: gzip, gzip\r\n');
  expect(await ask(twice, { maxBodySize: '1mb' })).toBeInstanceOf(BodyTooLargeError);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * 1024 ** 2);
});

test('the same, streamed', async () => {
  answers.set('it', plain(bomb, 'Content-Encoding: gzip\r\n'));
  await using response = await session.stream(`${server.url}/it`, { maxBodySize: '1mb' });
  let length = 0;
  const reading = async () => {
    for await (const piece of response) length += piece.length;
  };
  expect(await failure(reading())).toBeInstanceOf(BodyTooLargeError);
  expect(length).toBeLessThanOrEqual(1024 ** 2);
});

test('the same, of a refused response: the status is not lost', async () => {
  const error = await ask(plain(bomb, 'Content-Encoding: gzip\r\n', '503 Busy'), { maxBodySize: '64kb' });
  expect(error).toBeInstanceOf(HttpError);
  const { response } = error as HttpError;
  expect([response.status, response.truncated, (await response.bytes()).length]).toEqual([503, true, 65_536]);
});

test('a body that is longer than it may be, with and without a length', async () => {
  expect(await ask(plain('x'.repeat(2_000)), { maxBodySize: 1_000 })).toBeInstanceOf(BodyTooLargeError);
  const pieces = function* () {
    for (let index = 0; index < 100; index++) yield `64\r\n${'x'.repeat(100)}\r\n`;
  };
  expect(await ask(chunked(pieces), { maxBodySize: 1_000 })).toBeInstanceOf(BodyTooLargeError);
});

test('more than three codings on one body', async () => {
  expect(await ask(plain(bomb, `Content-Encoding: ${'gzip, '.repeat(4)}\r\n`))).toBeInstanceOf(DecodeError);
  expect(await ask(plain(bomb, `Content-Encoding: ${'br, '.repeat(2_000)}\r\n`))).toBeInstanceOf(DecodeError);
});

test('chunks that are next to nothing but framing', async () => {
  const extended = function* () {
    for (let index = 0; index < 400; index++) yield `1;${'x'.repeat(10_000)}\r\na\r\n`;
  };
  expect(await ask(chunked(extended))).toBeInstanceOf(ProtocolError);
});

test('chunks of one byte are a body like any other, and cost no object a byte', async () => {
  const many = function* () {
    for (let index = 0; index < 40; index++) yield '1\r\na\r\n'.repeat(5_000);
  };
  expect(Buffer.from((await ask(chunked(many))) as Uint8Array).toString()).toBe('a'.repeat(200_000));
});

test('redirects, exactly as many as are followed', async () => {
  answers.set('it', plain('', 'Location: /on?1\r\n', '302 Found'));
  const error = await failure(session.get(`${server.url}/it`, { redirect: { max: 0 } }));
  expect(error).toMatchObject({ code: 'ERRAND_REDIRECT', reason: 'too-many' });
  expect(error).toBeInstanceOf(RedirectError);
});

test('cookies that one response sets', async () => {
  const jar = new CookieJar();
  await using keeping = new Session({ guard: false, cookies: jar, maxHeaderSize: '64kb' });
  const lines = Array.from({ length: 900 }, (_, index) => `Set-Cookie: c${index}=v\r\n`).join('');
  answers.set('it', plain('ok', lines));
  await keeping.get(`${server.url}/it`);
  expect(jar.size).toBe(180);
});

test('addresses that a name server gives', async () => {
  let looked = 0;
  const lookup: LookupFunction = async () => {
    const addresses = Array.from({ length: 20_000 }, () => ({ address: '127.0.0.1', family: 4 as const }));
    return new Proxy(addresses, {
      get(target, name) {
        if (/^\d+$/.test(String(name))) looked++;
        return Reflect.get(target, name);
      },
    });
  };
  await using naming = new Session({ guard: false, dns: { lookup } });
  expect(await naming.get(`http://many.example:${server.port}/next`).text()).toBe('fine');
  expect(looked).toBeLessThan(200);
});

test('hosts that were asked once are forgotten', async () => {
  const lookup: LookupFunction = async () => [{ address: '127.0.0.1', family: 4 }];
  await using many = new Session({ guard: false, dns: { lookup }, maxConnections: 4, connection: { maxRequests: 1 } });
  for (let index = 0; index < 700; index += 20) {
    await Promise.all(
      Array.from({ length: 20 }, (_, each) => many.get(`http://h${index + each}.example:${server.port}/next`)),
    );
  }
  expect(Object.keys(many.stats().hosts).length).toBeLessThanOrEqual(300);
  expect(many.stats().connections.open).toBeLessThanOrEqual(4);
});

test('requests that wait, and what they wait with', async () => {
  answers.set('slow', async (write) => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    await plain('late')(write);
  });
  await using small = new Session({ guard: false, limits: { '*': { concurrency: 1 } }, maxQueued: 2, retry: 1 });
  const asked = Array.from({ length: 5 }, () => failure(small.get(`${server.url}/slow`)));
  const refused = (await Promise.all(asked)).filter((error) => error !== undefined);
  expect(refused.length).toBe(2);
  expect(refused.every((error) => error instanceof QueueFullError)).toBe(true);
  expect(small.stats()).toMatchObject({ inFlight: 0, queued: 0 });
});
