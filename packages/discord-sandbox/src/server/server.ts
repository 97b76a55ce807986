/**
 * The one HTTP server of the sandbox: `/api`, `/cdn`, the gateway, and the playground behind everything else.
 * It only sends each request to its room; it is closed with every connection that it has.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Gateway } from '../gateway/gateway.js';
import type { Playground } from '../playground/server.js';
import type { Rest } from '../rest/rest.js';
import type { World } from '../world/world.js';
import { serveFile } from './cdn.js';
import { objection } from './doorkeeper.js';

export interface Rooms {
  readonly world: World;
  readonly rest: Rest;
  readonly gateway: Gateway;
  readonly playground: Playground | undefined;
}

const GATEWAY = /^\/gateway\/?(?:\?|$)/;
const API = /^\/api(?:\/|$|\?)/;
const CDN = /^\/cdn\//;

export class Front {
  readonly #host: string;
  readonly #server: Server;

  constructor(host: string, rooms: Rooms) {
    this.#host = host;
    this.#server = createServer((request, response) => this.#handle(rooms, request, response));
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(rooms, request, socket, head));
    this.#server.on('clientError', (_, socket) => socket.destroy());
  }

  /** Fails with one sentence where the port cannot be had. */
  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException) =>
        reject(new Error(whyNot(error, this.#host, port), { cause: error }));
      this.#server.once('error', failed);
      this.#server.listen({ host: this.#host, port }, () => {
        this.#server.off('error', failed);
        resolve();
      });
    });
  }

  /** `host:port`, as reached from this machine. */
  get address(): string {
    const { port } = this.#server.address() as AddressInfo;
    const host = this.#host === '0.0.0.0' ? '127.0.0.1' : this.#host === '::' ? '::1' : this.#host;
    return `${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  get listening(): boolean {
    return this.#server.listening;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  #handle({ world, rest, playground }: Rooms, request: IncomingMessage, response: ServerResponse): void {
    const { url = '/' } = request;
    const why = objection(request, this.#host);
    if (why !== undefined) forbid(response, why);
    else if (API.test(url)) void rest.handle(request, response);
    else if (CDN.test(url)) serveFile(world, request, response);
    else if (playground) playground.handle(request, response);
    else forbid(response, 'There is no page here: the sandbox was started with playground: false.', 404);
  }

  #upgrade({ gateway, playground }: Rooms, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const why = objection(request, this.#host);
    if (why !== undefined) socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    else if (GATEWAY.test(request.url ?? '/')) gateway.upgrade(request, socket, head);
    else if (playground) playground.upgrade(request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  }
}

function forbid(response: ServerResponse, why: string, status = 403): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' });
  response.end(`${why}\n`);
}

function whyNot(error: NodeJS.ErrnoException, host: string, port: number): string {
  const where = `${host}:${port}`;
  if (error.code === 'EADDRINUSE')
    return `The sandbox cannot listen on ${where}: the port is taken. Choose another with the option port (0 takes a free one).`;
  if (error.code === 'EACCES') return `The sandbox may not listen on ${where}: choose a port of 1024 or more.`;
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return `The sandbox cannot listen on ${where}: ${host} is not an address of this machine.`;
  return `The sandbox cannot listen on ${where}: ${error.message}`;
}
