// Small servers on loopback for tests; each ends with the block that made it.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Sockets that were ever opened to it. */
  connections: number;
  /** Requests that came. */
  readonly requests: IncomingMessage[];
  readonly server: Server;
}

/** An HTTP server that answers with `handler`. */
export async function serve(
  handler: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<TestServer> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    made.requests.push(request);
    void handler(request, response);
  });
  server.keepAliveTimeout = 60_000;
  const made = { connections: 0, requests: [] as IncomingMessage[], server } as unknown as TestServer & {
    url: string;
    port: number;
  };
  server.on('connection', (socket) => {
    made.connections++;
    track(sockets, socket);
  });
  const port = await listen(server);
  return Object.assign(made, {
    port,
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => end(server, sockets),
  });
}

export interface RawServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  connections: number;
}

/** A TCP server that does with each connection what `handler` says. */
export async function serveRaw(handler: (socket: Socket, index: number) => unknown): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const made = { connections: 0 } as unknown as RawServer;
  const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
    track(sockets, socket);
    void handler(socket, made.connections++);
  });
  const port = await listen(server);
  return Object.assign(made, {
    port,
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => end(server, sockets),
  });
}

/** A port on loopback that nobody listens on. */
export async function refusedPort(): Promise<number> {
  const server = createTcpServer();
  const port = await listen(server);
  await end(server, new Set());
  return port;
}

/** Resolves with the request head when the socket has sent one. */
export function requestHead(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const onData = (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (!text.includes('\r\n\r\n')) return;
      socket.off('data', onData);
      resolve(text);
    };
    socket.on('data', onData);
  });
}

function track(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.on('error', () => undefined);
  socket.on('close', () => sockets.delete(socket));
}

function listen(server: Server | TcpServer): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function end(server: Server | TcpServer, sockets: Set<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}
