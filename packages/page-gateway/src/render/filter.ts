// The filtering proxy: the only way out of every browser. It knows each visit by its own credentials, and connects nothing
// but what errand's guard has resolved, checked and pinned; who comes without credentials gets nowhere.

import { timingSafeEqual } from 'node:crypto';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { hopByHop } from '../core/connection-fields.js';
import { Passage, type PassageOptions } from './passage.js';

/** Milliseconds without a byte in either direction after which a tunnel is closed. */
const tunnelIdle = 120_000;
const unknownClient = 'Proxy-Authenticate: Basic realm="page-gateway"';

export class Filter {
  readonly #passages = new Map<string, Passage>();
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #listening: Promise<string> | undefined;

  constructor() {
    this.#server = createServer({ keepAlive: true, maxHeaderSize: 65_536 }, (request, response) => {
      this.#forward(request, response);
    });
    this.#server.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      void this.#tunnel(request, socket, head);
    });
    // A browser asks for a tunnel where it wants to upgrade.
    this.#server.on('upgrade', (_request, socket: Duplex) => socket.destroy());
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => this.#sockets.delete(socket));
      socket.setNoDelay(true);
    });
    this.#server.on('clientError', (_error, socket) => socket.destroy());
  }

  /** Where browsers find it, e.g. `http://127.0.0.1:40001`. */
  address(): Promise<string> {
    this.#listening ??= new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', () => {
        resolve(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
      });
    });
    return this.#listening;
  }

  /** The way out of one visit, until it is closed. */
  open(options: PassageOptions): Passage {
    const passage = new Passage(options);
    this.#passages.set(passage.username, passage);
    return passage;
  }

  shut(passage: Passage): void {
    this.#passages.delete(passage.username);
    passage.close();
  }

  async close(): Promise<void> {
    for (const passage of [...this.#passages.values()]) this.shut(passage);
    if (this.#listening === undefined) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #passageOf(request: IncomingMessage): Passage | undefined {
    const given = /^Basic ([A-Za-z0-9+/=]+)$/.exec(request.headers['proxy-authorization'] ?? '')?.[1];
    if (given === undefined) return undefined;
    const [username = '', password = ''] = Buffer.from(given, 'base64').toString('latin1').split(':');
    const passage = this.#passages.get(username);
    if (passage === undefined || passage.password.length !== password.length) return undefined;
    return timingSafeEqual(Buffer.from(passage.password), Buffer.from(password)) ? passage : undefined;
  }

  async #tunnel(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const passage = this.#passageOf(request);
    if (passage === undefined) {
      socket.end(
        `HTTP/1.1 407 Proxy Authentication Required\r\n${unknownClient}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
      );
      return;
    }
    passage.hold(socket);
    const target = readAuthority(request.url ?? '');
    if (target === undefined) {
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
      return;
    }
    try {
      const onward = await passage.connect(target.host, target.port, true);
      if (socket.destroyed) {
        onward.destroy();
        return;
      }
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      if (head.length > 0) onward.write(head);
      join(socket, onward);
      onward.on('data', (chunk: Buffer) => passage.count(chunk.length));
    } catch {
      socket.end('HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n');
    }
  }

  #forward(request: IncomingMessage, response: ServerResponse): void {
    const passage = this.#passageOf(request);
    if (passage === undefined) {
      response.writeHead(407, { 'proxy-authenticate': 'Basic realm="page-gateway"', 'content-length': 0 }).end();
      return;
    }
    const url = readUrl(request.url ?? '');
    if (url === undefined) {
      response.destroy();
      return;
    }
    const port = Number(url.port === '' ? 80 : url.port);
    const onward = httpRequest({
      agent: passage.agent,
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port,
      method: request.method ?? 'GET',
      path: passage.proxy?.url.startsWith('http') ? url.href : `${url.pathname}${url.search}`,
      headers: [...onwardFields(request.rawHeaders), ...proxyCredentials(passage)],
      setHost: false,
    });
    onward.on('response', (answer) => {
      if (answer.statusCode === 407) {
        onward.destroy(new Error('the proxy refuses its credentials'));
        return;
      }
      response.sendDate = false;
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, onwardFields(answer.rawHeaders));
      answer.pipe(response);
      answer.on('data', (chunk: Buffer) => passage.count(chunk.length));
      answer.once('error', () => response.destroy());
    });
    // Nothing of ours may look like the target's answer: the connection just ends.
    onward.on('error', (error) => {
      if (passage.failureOf(url.hostname, port) === undefined) passage.failed(url.hostname, port, error);
      response.destroy();
    });
    response.once('close', () => onward.destroy());
    request.pipe(onward);
  }
}

function onwardFields(raw: readonly string[]): string[] {
  const fields: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] as string;
    if (!hopByHop.has(name.toLowerCase())) fields.push(name, raw[index + 1] as string);
  }
  return fields;
}

/** What an upstream HTTP proxy wants to hear in each request of its own form. */
function proxyCredentials({ proxy }: Passage): string[] {
  if (proxy === undefined || !proxy.url.startsWith('http')) return [];
  const { username, password } = new URL(proxy.url);
  if (username === '' && password === '') return [];
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return ['Proxy-Authorization', `Basic ${Buffer.from(pair).toString('base64')}`];
}

function readAuthority(text: string): { host: string; port: number } | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/i.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return host !== undefined && port >= 1 && port <= 65_535 ? { host, port } : undefined;
}

function readUrl(text: string): URL | undefined {
  try {
    const url = new URL(text);
    return url.protocol === 'http:' ? url : undefined;
  } catch {
    return undefined;
  }
}

function join(one: Duplex, other: Duplex): void {
  for (const [stream, peer] of [
    [one, other],
    [other, one],
  ] as const) {
    (stream as Socket).setTimeout(tunnelIdle, () => stream.destroy());
    stream.once('close', () => peer.destroy());
    stream.once('error', () => peer.destroy());
    stream.pipe(peer);
  }
}
