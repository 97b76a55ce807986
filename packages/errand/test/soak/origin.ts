// The server behind the soak: whatever is asked of it says in its path what the answer must be, so that every answer can be
// told from every other.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

/** The body that belongs to the request of this number: nobody else's. */
export function bodyOf(id: number, length: number): string {
  const word = `<${id}>`;
  return word.repeat(Math.ceil(length / word.length)).slice(0, length);
}

export class Origin implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#server.keepAliveTimeout = 30_000;
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(): Promise<Origin> {
    const origin = new Origin();
    await new Promise<void>((resolve) => origin.#server.listen(0, '127.0.0.1', resolve));
    return origin;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get open(): number {
    return this.#sockets.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** `/kind/id/length/argument` */
  #answer(request: IncomingMessage, response: ServerResponse): void {
    const [, kind, id, length, argument] = (request.url as string).split('/');
    const body = bodyOf(Number(id), Number(length));
    response.setHeader('x-id', id as string);
    if (kind === 'echo') return void request.pipe(response);
    request.resume();
    if (kind === 'sized') return void response.setHeader('content-length', body.length).end(body);
    if (kind === 'status') return void response.writeHead(Number(argument)).end(body);
    if (kind === 'gzip') return void response.setHeader('content-encoding', 'gzip').end(gzipSync(body));
    if (kind === 'last') return void response.setHeader('connection', 'close').end(body);
    if (kind === 'redirect') {
      const left = Number(argument) - 1;
      const location = left > 0 ? `/redirect/${id}/${length}/${left}` : `/sized/${id}/${length}/0`;
      return void response.writeHead(302, { location }).end('elsewhere');
    }
    if (kind === 'slow') {
      const timer = setTimeout(() => response.end(body), Number(argument));
      return void response.on('close', () => clearTimeout(timer));
    }
    for (let start = 0; start < body.length; start += 1_000) response.write(body.slice(start, start + 1_000));
    response.end();
  }
}
