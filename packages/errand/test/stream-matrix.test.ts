// Streamed bodies in every framing, read at every pace, ended in every way: the right outcome each, and never the end of the
// process, whatever the server does while the reader holds back.
import type { Socket } from 'node:net';
import { DisconnectedError, Session, TimeoutError } from 'errand';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RawServer, requestHead, serveRaw } from './support/server.js';

type Framing = 'length' | 'length-close' | 'chunked' | 'chunked-close' | 'until-close' | 'http-1.0';
type Pace = 'at once' | 'after a pause' | 'with a pause inside' | 'never';
type Ending = 'whole' | 'cut' | 'reset' | 'held';

/** More than is read ahead, so that the parser is paused when the end comes. */
const whole = 400_000;
const heads: Record<Framing, string> = {
  length: `HTTP/1.1 200 OK\r\nContent-Length: ${whole}\r\n\r\n`,
  'length-close': `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${whole}\r\n\r\n`,
  chunked: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
  'chunked-close': 'HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n',
  'until-close': 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n',
  'http-1.0': 'HTTP/1.0 200 OK\r\n\r\n',
};
const keepsAlive = new Set<Framing>(['length', 'chunked']);
const endsWithConnection = new Set<Framing>(['until-close', 'http-1.0']);

let server: RawServer;
let session: Session;
beforeAll(async () => {
  server = await serveRaw(async (socket) => {
    for (;;) {
      const head = await requestHead(socket);
      const [framing, ending] = (/^GET \/([^/]+)\/(\w+)/.exec(head) as RegExpExecArray).slice(1) as [Framing, Ending];
      await answer(socket, framing, ending);
    }
  });
  session = new Session({ guard: false, retry: false, limits: { '*': { concurrency: 200 } }, timeout: { idle: 250 } });
});
afterAll(async () => {
  await session.close({ grace: 0 });
  await server[Symbol.asyncDispose]();
});

async function answer(socket: Socket, framing: Framing, ending: Ending): Promise<void> {
  const length = ending === 'whole' ? whole : whole - 100_000;
  const body = Buffer.alloc(length, 'x');
  const chunked = framing.startsWith('chunked');
  socket.write(heads[framing]);
  const begun = chunked ? Buffer.concat([Buffer.from(`${length.toString(16)}\r\n`), body, Buffer.from('\r\n')]) : body;
  await new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
    socket.write(chunked && ending === 'whole' ? Buffer.concat([begun, Buffer.from('0\r\n\r\n')]) : begun, () =>
      resolve(),
    );
  });
  if (ending === 'reset') socket.resetAndDestroy();
  else if (ending === 'cut' || (ending === 'whole' && !keepsAlive.has(framing))) socket.end();
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 40));

async function read(framing: Framing, ending: Ending, pace: Pace): Promise<number> {
  const response = await session.stream(`${server.url}/${framing}/${ending}`);
  if (pace === 'never') {
    await pause();
    await response.close();
    return 0;
  }
  if (pace === 'after a pause') await pause();
  let length = 0;
  let paused = pace !== 'with a pause inside';
  for await (const piece of response) {
    length += piece.length;
    if (paused) continue;
    paused = true;
    await pause();
  }
  return length;
}

describe.each(Object.keys(heads) as Framing[])('%s', (framing) => {
  const endings: Ending[] = ['whole', 'cut', 'reset', 'held'];
  const paces: Pace[] = ['at once', 'after a pause', 'with a pause inside', 'never'];
  const cases = endings.flatMap((ending) => paces.map((pace) => [ending, pace] as const));

  it.concurrent.each(cases)('%s, read %s', async (ending, pace) => {
    const outcome = await read(framing, ending, pace).catch((error: unknown) => error);
    if (pace === 'never') expect(outcome).toBe(0);
    else if (ending === 'whole') expect(outcome).toBe(whole);
    else if (ending === 'cut' && endsWithConnection.has(framing)) expect(outcome).toBe(whole - 100_000);
    else if (ending === 'held') {
      expect(outcome).toBeInstanceOf(TimeoutError);
      expect((outcome as TimeoutError).phase).toBe('idle');
    } else expect(outcome).toBeInstanceOf(DisconnectedError);
  });
});

it('all of them let go of what they held', async () => {
  expect(session.stats()).toMatchObject({ inFlight: 0, queued: 0 });
});
