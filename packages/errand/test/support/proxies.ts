// Proxies of our own for tests: an HTTP proxy (CONNECT and absolute form) and a SOCKS5 proxy that do what they are asked
// for, and remember it.
import http from 'node:http';
import https from 'node:https';
import net, { type Socket } from 'node:net';
import { fixture, listening, type Peer } from './peers.js';

export interface ProxyPeer extends Peer {
  /** What it was asked for, in order: 'CONNECT host:port' or 'GET http://…'. */
  readonly asked: string[];
  /** The credentials that came along, in order. */
  readonly credentials: Array<string | undefined>;
}

export interface HttpProxyOptions {
  /** 'username:password' that it insists on. */
  credentials?: string;
  /** Names that it knows; anything else it connects to as it is. */
  names?: Record<string, string>;
  /** Speaks TLS with the certificate of this name. */
  certificate?: string;
  /** Answers a CONNECT with this status in place of connecting. */
  refuse?: (authority: string) => number | undefined;
}

export async function httpProxy(options: HttpProxyOptions = {}): Promise<ProxyPeer> {
  const asked: string[] = [];
  const credentials: Array<string | undefined> = [];
  const expected = options.credentials && `Basic ${Buffer.from(options.credentials).toString('base64')}`;
  const admits = (request: http.IncomingMessage) => {
    const given = request.headers['proxy-authorization'];
    credentials.push(given === undefined ? undefined : Buffer.from(given.slice(6), 'base64').toString());
    return expected === undefined || given === expected;
  };
  const resolved = (host: string) => options.names?.[host] ?? host;
  const forward: http.RequestListener = (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (!admits(request)) {
      response.writeHead(407, { 'proxy-authenticate': 'Basic realm="test"' }).end('who are you?');
      return;
    }
    const url = new URL(request.url as string);
    const { 'proxy-authorization': _, ...headers } = request.headers;
    const target = { host: resolved(url.hostname), port: url.port || 80, path: url.pathname + url.search };
    const onward = http.request({ ...target, method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.writeHead(502).end());
    request.pipe(onward);
  };
  const server =
    options.certificate === undefined
      ? http.createServer(forward)
      : https.createServer({ cert: fixture(options.certificate), key: fixture(`${options.certificate}-key`) }, forward);
  server.on('connect', (request: http.IncomingMessage, socket: Socket) => {
    const authority = request.url as string;
    asked.push(`CONNECT ${authority}`);
    socket.on('error', () => {});
    if (!admits(request)) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="test"\r\n\r\nwho?');
      return;
    }
    const refusal = options.refuse?.(authority);
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal} No\r\ncontent-length: 3\r\n\r\nno!`);
      return;
    }
    const { hostname, port } = new URL(`http://${authority}`);
    const onward = net.connect({ host: resolved(hostname.replace(/^\[|\]$/g, '')), port: Number(port || 80) }, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    socket.on('close', () => onward.destroy());
  });
  return Object.assign(await listening(server), { asked, credentials });
}

export interface SocksProxyOptions {
  credentials?: string;
  names?: Record<string, string>;
  /** Answers with this code in place of connecting. */
  refuse?: (target: string) => number | undefined;
}

export async function socksProxy(options: SocksProxyOptions = {}): Promise<ProxyPeer> {
  const asked: string[] = [];
  const credentials: Array<string | undefined> = [];
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    void serve(socket).catch(() => socket.destroy());
  });
  const serve = async (socket: Socket) => {
    const take = reader(socket);
    const [, count = 0] = await take(2);
    const methods = [...(await take(count))];
    const method = options.credentials === undefined ? 0 : 2;
    if (!methods.includes(method)) {
      socket.end(Buffer.of(5, 0xff));
      return;
    }
    socket.write(Buffer.of(5, method));
    if (method === 2) {
      const [, nameLength = 0] = await take(2);
      const username = (await take(nameLength)).toString();
      const [passwordLength = 0] = await take(1);
      const given = `${username}:${await take(passwordLength)}`;
      credentials.push(given);
      const admitted = given === options.credentials;
      socket.write(Buffer.of(1, admitted ? 0 : 1));
      if (!admitted) {
        socket.end();
        return;
      }
    }
    const [, , , kind] = await take(4);
    const host = await hostOf(kind as number, take);
    const port = (await take(2)).readUInt16BE();
    asked.push(`${host}:${port}`);
    const refusal = options.refuse?.(`${host}:${port}`);
    if (refusal !== undefined) {
      socket.end(Buffer.of(5, refusal, 0, 1, 0, 0, 0, 0, 0, 0));
      return;
    }
    const onward = net.connect({ host: options.names?.[host] ?? host, port }, () => {
      socket.write(Buffer.of(5, 0, 0, 1, 127, 0, 0, 1, 0, 0));
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.end(Buffer.of(5, 5, 0, 1, 0, 0, 0, 0, 0, 0)));
    socket.on('close', () => onward.destroy());
  };
  return Object.assign(await listening(server), { asked, credentials });
}

async function hostOf(kind: number, take: (count: number) => Promise<Buffer>): Promise<string> {
  if (kind === 1) return [...(await take(4))].join('.');
  if (kind === 3) return (await take((await take(1))[0] as number)).toString();
  const bytes = await take(16);
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

/** Reads exactly so many bytes at a time. */
function reader(socket: Socket): (count: number) => Promise<Buffer> {
  return async (count) => {
    if (count === 0) return Buffer.alloc(0);
    for (;;) {
      const bytes = socket.read(count) as Buffer | null;
      if (bytes !== null) return bytes;
      await new Promise<void>((resolve, reject) => {
        socket.once('readable', resolve);
        socket.once('close', () => reject(new Error('closed')));
      });
    }
  };
}
