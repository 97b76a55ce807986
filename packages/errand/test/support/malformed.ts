// Plays a raw response and asks twice: the first answer must be what the case says, the second must be its own.
import { createServer, type Socket } from 'node:net';
import {
  BodyTooLargeError,
  ConnectError,
  DecodeError,
  DisconnectedError,
  ErrandError,
  ProtocolError,
  RedirectError,
  Session,
  type SessionOptions,
  TimeoutError,
} from 'errand';

export interface RawCase {
  readonly name: string;
  readonly raw: Buffer;
  /** What the server does behind the bytes. */
  readonly end: 'close' | 'rst' | 'hold';
  /** Bytes a write. */
  readonly split?: number;
  /** Milliseconds before the reader starts; the body is streamed then. */
  readonly slowRead?: number;
  readonly method?: string;
}

export interface Played {
  readonly outcome: 'ok' | 'error';
  readonly status?: number;
  readonly body?: string;
  readonly error?: unknown;
  readonly second: unknown;
}

const sane = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

export async function play(each: RawCase, options: SessionOptions = {}): Promise<Played> {
  const sockets = new Set<Socket>();
  let served = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    let head = '';
    socket.on('data', (chunk) => {
      head += chunk.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      const path = /^\S+ (\S+)/.exec(head)?.[1];
      head = '';
      if (path === '/first' && served++ === 0) void answer(socket, each);
      else socket.write(sane(path === '/second' ? 'second' : 'followup'));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const session = new Session({
    guard: false,
    retry: 1,
    timeout: { total: 10_000, headers: 2_500, idle: 2_500 },
    ...options,
  });
  try {
    const first = await ask(session, each, `http://127.0.0.1:${port}/first`);
    const second = await session
      .get(`http://127.0.0.1:${port}/second`)
      .text()
      .catch((error) => error);
    return { ...first, second };
  } finally {
    await session.close({ grace: 0 });
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

async function ask(session: Session, each: RawCase, url: string): Promise<Omit<Played, 'second'>> {
  const method = each.method ?? 'GET';
  try {
    if (each.slowRead !== undefined) {
      await using response = await session.stream(url, { method, throwHttpErrors: false });
      await new Promise((resolve) => setTimeout(resolve, each.slowRead));
      const pieces: Uint8Array[] = [];
      for await (const piece of response) pieces.push(piece);
      return { outcome: 'ok', status: response.status, body: Buffer.concat(pieces).toString() };
    }
    const response = await session.request(method, url, { throwHttpErrors: false });
    return { outcome: 'ok', status: response.status, body: await response.text() };
  } catch (error) {
    return { outcome: 'error', error };
  }
}

async function answer(socket: Socket, { raw, split, end }: RawCase): Promise<void> {
  socket.setNoDelay(true);
  if (split === undefined) await write(socket, raw);
  else for (let start = 0; start < raw.length; start += split) await write(socket, raw.subarray(start, start + split));
  if (end === 'close') socket.end();
  else if (end === 'rst') setTimeout(() => socket.resetAndDestroy(), 20);
}

function write(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) resolve();
    else socket.write(bytes, () => setImmediate(resolve));
  });
}

/** The kinds of error that a bad answer may end in. */
export function isFitting(error: unknown): boolean {
  const kinds = [
    ProtocolError,
    DecodeError,
    DisconnectedError,
    BodyTooLargeError,
    TimeoutError,
    ConnectError,
    RedirectError,
  ];
  return error instanceof ErrandError && kinds.some((kind) => error instanceof kind);
}
