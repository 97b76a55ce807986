// Answers that were valid until bytes of them were changed, lost, doubled or swapped: each ends in a response or in an error
// of the family, and never in the answer to another request.

import { gzipSync } from 'node:zlib';
import { Session } from 'errand';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { isFitting } from './support/malformed.js';
import { type RawServer, requestHead, serveRaw } from './support/server.js';

interface Played {
  readonly bytes: Buffer;
  readonly end: 'close' | 'reset' | 'stay';
}
const cases = new Map<number, Played>();
const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown) => unhandled.push(reason);
let server: RawServer;
let session: Session;
beforeAll(async () => {
  process.on('unhandledRejection', onUnhandled);
  server = await serveRaw(async (socket) => {
    socket.setNoDelay(true);
    while (!socket.destroyed) {
      const [, kind, number] = /^\S+ \/(\w+)\/(\d+)/.exec(await requestHead(socket)) ?? [];
      const played = kind === 'case' ? cases.get(Number(number)) : undefined;
      if (played === undefined) {
        const body = `sane ${number}`;
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
        continue;
      }
      socket.write(played.bytes);
      if (played.end === 'close') socket.end();
      else if (played.end === 'reset') setImmediate(() => socket.resetAndDestroy());
    }
  });
  session = new Session({
    guard: false,
    breaker: false,
    throwHttpErrors: false,
    limits: { '*': { concurrency: 64 } },
    timeout: { total: 5_000, headers: 250, idle: 250 },
    retry: 1,
    redirect: { mode: 'manual' },
  });
});
afterAll(async () => {
  process.off('unhandledRejection', onUnhandled);
  await session.close({ grace: 0 });
  await server[Symbol.asyncDispose]();
});
afterEach(() => expect(unhandled).toEqual([]));

const zipped = gzipSync('packed '.repeat(30));
const valid: readonly Buffer[] = [
  Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello'),
  Buffer.from(
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nX-T: a\r\n\r\n',
  ),
  Buffer.from('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
  Buffer.from('HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nContent-Length: 40\r\n\r\n'),
  Buffer.from('HTTP/1.1 302 Found\r\nLocation: /sane/0\r\nContent-Length: 4\r\n\r\nover'),
  Buffer.from(
    'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5, max=9\r\nContent-Length: 2\r\n\r\nok',
  ),
  Buffer.concat([
    Buffer.from(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${zipped.length}\r\n\r\n`),
    zipped,
  ]),
];

type Change = (bytes: Buffer, at: number) => Buffer;
const joined = (...parts: Array<Buffer | string>) => Buffer.concat(parts.map((part) => Buffer.from(part as string)));
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.integer({ min: 0, max: 255 }).map((byte): Change => (bytes, at) => joined(bytes.subarray(0, at), Buffer.of(byte), bytes.subarray(at + 1))),
  fc.integer({ min: 1, max: 12 }).map((count): Change => (bytes, at) => joined(bytes.subarray(0, at), bytes.subarray(at + count))),
  fc.integer({ min: 1, max: 30 }).map((count): Change => (bytes, at) => joined(bytes.subarray(0, at + count), bytes.subarray(at))),
  fc.constantFrom('\r', '\n', '\r\n', '\r\n\r\n', '\0', ' ', ':', ';', ',', '0', '-', 'HTTP/1.1 200 OK\r\n\r\n').map((text): Change => (bytes, at) => joined(bytes.subarray(0, at), text, bytes.subarray(at))),
  fc.constant<Change>((bytes, at) => bytes.subarray(0, at)),
); // biome-ignore format: one change a line
const mutated = fc
  .tuple(
    fc.constantFrom(...valid),
    fc.array(fc.tuple(change, fc.double({ min: 0, max: 1, noNaN: true })), { minLength: 1, maxLength: 3 }),
  )
  .map(([bytes, changes]) => changes.reduce((now, [make, at]) => make(now, Math.floor(at * now.length)), bytes));
const played: fc.Arbitrary<Played> = fc.record({
  bytes: mutated,
  end: fc.constantFrom('close', 'close', 'reset', 'stay'),
});

/** Others run on this machine too. */
const patient = { total: 15_000, headers: 4_000, idle: 4_000 };
let last = 0;
async function outcomeOf(each: Played, streamed: boolean): Promise<void> {
  const number = ++last;
  cases.set(number, each);
  try {
    if (streamed) {
      await using response = await session.stream(`${server.url}/case/${number}`);
      for await (const _ of response);
    } else {
      await session.get(`${server.url}/case/${number}`);
    }
  } catch (error) {
    if (!isFitting(error)) throw error;
  } finally {
    cases.delete(number);
  }
  expect(await session.get(`${server.url}/sane/${number}`, { retry: 3, timeout: patient }).text()).toBe(
    `sane ${number}`,
  );
}

test('one after the other and side by side, collected and streamed', async () => {
  const many = fc.array(fc.tuple(played, fc.boolean()), { minLength: 40, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(many, (list) =>
      Promise.all(list.map(([each, streamed]) => outcomeOf(each, streamed))).then(() => undefined),
    ),
    { numRuns: 8, endOnFailure: true },
  );
});
