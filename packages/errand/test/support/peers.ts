// Servers and proxies on this machine for tests of connections: real sockets, bounded, closed by the test that asked for them.
import { readFileSync } from 'node:fs';
import net, { type AddressInfo, type Server, type Socket } from 'node:net';
import tls from 'node:tls';
import { onTestFinished } from 'vitest';
import type { ConnectionSettings, ConnectPlan } from '../../src/transport/connect/plan.js';
import { type LookupFunction, Resolver } from '../../src/transport/connect/resolver.js';
import { type TlsOptions, TlsSettings } from '../../src/transport/connect/tls-settings.js';

export function fixture(name: string): Buffer {
  return readFileSync(new URL(`../fixtures/tls/${name}.pem`, import.meta.url));
}

export interface Peer {
  readonly port: number;
  readonly server: Server;
  /** Sockets that came in, in order. */
  readonly sockets: Socket[];
}

/** Listens on a free port until the test is over. */
export async function listening(server: Server, host = '127.0.0.1', port = 0): Promise<Peer> {
  const sockets: Socket[] = [];
  const remember = (socket: Socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
  };
  server.on('connection', remember);
  server.on('secureConnection', (socket: Socket) => socket.on('error', () => {}));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, resolve);
  });
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, server, sockets };
}

/** Sends back whatever it gets. */
export function echoServer(host?: string): Promise<Peer> {
  return listening(
    net.createServer((socket) => socket.pipe(socket)),
    host,
  );
}

/** Sends back whatever it gets, over TLS, with the certificate of this name. */
export function tlsEchoServer(certificate: string, options: tls.TlsOptions = {}): Promise<Peer> {
  return listening(
    tls.createServer(
      {
        cert: fixture(certificate),
        key: fixture(`${certificate}-key`),
        ciphers: 'DEFAULT:@SECLEVEL=0',
        ...options,
      },
      (socket) => socket.pipe(socket),
    ),
  );
}

/** A port at which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A lookup that knows these names only, and the names that it was asked for. */
export function names(table: Record<string, string[]>): LookupFunction & { asked: string[] } {
  const asked: string[] = [];
  const lookup: LookupFunction = async (hostname) => {
    asked.push(hostname);
    const addresses = table[hostname];
    if (addresses === undefined) throw Object.assign(new Error(`no ${hostname}`), { code: 'ENOTFOUND' });
    return addresses.map((address) => ({ address, family: net.isIP(address) as 4 | 6 }));
  };
  return Object.assign(lookup, { asked });
}

export const plainConnection: ConnectionSettings = {
  localAddress: undefined,
  family: 0,
  happyEyeballs: 250,
  unixSocket: undefined,
  http2: false,
};

export interface PlanParts extends Omit<Partial<ConnectPlan>, 'connection' | 'tls' | 'resolver'> {
  connection?: Partial<ConnectionSettings>;
  tls?: TlsOptions;
  lookup?: LookupFunction;
}

/** A plan to connect to the URL. */
export function planFor(url: string, { connection, tls: options, lookup, ...parts }: PlanParts = {}): ConnectPlan {
  const { protocol, hostname, port } = new URL(url);
  return {
    target: {
      protocol: protocol as 'http:' | 'https:',
      hostname: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
    },
    guard: undefined,
    proxy: undefined,
    connection: { ...plainConnection, ...connection },
    tls: new TlsSettings({ ca: fixture('ca'), ...options }),
    resolver: new Resolver({ ttl: 10_000, lookup }),
    ...parts,
  };
}

/** What comes back for `text`. */
export function echoed(socket: Socket, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk;
      if (received.length >= text.length) resolve(received);
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`closed after '${received}'`)));
    socket.write(text);
  });
}
