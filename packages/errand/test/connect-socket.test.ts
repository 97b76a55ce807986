// Opening sockets: to names and addresses, by family, from a local address, through a Unix socket, and letting go of it.
import { mkdtempSync, rmSync } from 'node:fs';
import net, { type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConnectError, DnsError, SessionClosedError, TimeoutError } from 'errand';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openSocket } from '../src/transport/connect/connect.js';
import { interleave } from '../src/transport/connect/dial.js';
import { closedPort, echoed, echoServer, listening, names, type PlanParts, planFor } from './support/peers.js';

async function open(url: string, parts?: PlanParts): Promise<Socket> {
  const socket = await openSocket(planFor(url, parts), {}).socket;
  onTestFinished(() => {
    socket.destroy();
  });
  return socket;
}

describe('to an address or a name', () => {
  test('an address is connected to without a lookup', async () => {
    const { port } = await echoServer();
    const lookup = names({});
    const socket = await open(`http://127.0.0.1:${port}`, { lookup });
    expect(await echoed(socket, 'hello')).toBe('hello');
    expect(lookup.asked).toEqual([]);
  });

  test('an IPv6 address', async () => {
    const { port } = await echoServer('::1');
    const socket = await open(`http://[::1]:${port}`);
    expect(socket.remoteAddress).toBe('::1');
  });

  test('a name is looked up once, and only its addresses are connected to', async () => {
    const { port } = await echoServer();
    const lookup = names({ 'a.test': ['127.0.0.1'] });
    const socket = await open(`http://a.test:${port}`, { lookup });
    expect(await echoed(socket, 'hello')).toBe('hello');
    expect(lookup.asked).toEqual(['a.test']);
  });

  test('localhost and what is below it is this machine, whatever name servers say', async () => {
    const { port } = await echoServer();
    const socket = await open(`http://anything.localhost:${port}`);
    expect(socket.remoteAddress).toBe('127.0.0.1');
  });

  test('the moment when the addresses are known is told', async () => {
    const { port } = await echoServer();
    const resolved = vi.fn();
    const socket = await openSocket(planFor(`http://127.0.0.1:${port}`), { resolved }).socket;
    socket.destroy();
    expect(resolved).toHaveBeenCalledTimes(1);
  });

  test('the socket comes unread, without listeners of the opening', async () => {
    const peer = await listening(net.createServer((socket) => socket.end('early')));
    const socket = await open(`http://127.0.0.1:${peer.port}`);
    for (const event of ['connect', 'data', 'readable', 'close']) expect(socket.listenerCount(event)).toBe(0);
    const text = await new Promise((resolve) => socket.once('data', (data) => resolve(String(data))));
    expect(text).toBe('early');
  });
});

describe('what cannot be connected to', () => {
  test('a refused port is a ConnectError with the addresses tried', async () => {
    const port = await closedPort();
    const error = await open(`http://127.0.0.1:${port}`).catch((caught) => caught);
    expect(error).toBeInstanceOf(ConnectError);
    expect(error).toMatchObject({ addresses: ['127.0.0.1'], retryable: true });
    expect(error.message).toContain('ECONNREFUSED');
  });

  test('of several addresses all are named', async () => {
    const port = await closedPort();
    const lookup = names({ 'a.test': ['127.0.0.1', '127.0.0.2'] });
    const error = await open(`http://a.test:${port}`, { lookup }).catch((caught) => caught);
    expect(error).toMatchObject({ name: 'ConnectError', addresses: ['127.0.0.1', '127.0.0.2'] });
    expect(error.message).toBe(`cannot connect to a.test:${port}: refused (ECONNREFUSED) (tried 127.0.0.1, 127.0.0.2)`);
  });

  test('an unknown name is a DnsError', async () => {
    const error = await open('http://nowhere.test', { lookup: names({}) }).catch((caught) => caught);
    expect(error).toBeInstanceOf(DnsError);
    expect(error).toMatchObject({ retryable: false });
  });
});

describe('happy eyeballs', () => {
  const v4 = (address: string) => ({ address, family: 4 as const });
  const v6 = (address: string) => ({ address, family: 6 as const });

  test('families take turns, beginning with the preferred one', () => {
    const order = interleave([v6('::1'), v6('::2'), v6('::3'), v4('1.1.1.1'), v4('1.1.1.2')]);
    expect(order.map(({ address }) => address)).toEqual(['::1', '1.1.1.1', '::2', '1.1.1.2', '::3']);
    expect(interleave([v4('1.1.1.1'), v6('::1')]).map(({ family }) => family)).toEqual([4, 6]);
  });

  test('an address that fails makes room for the next at once', async () => {
    const { port } = await echoServer();
    const lookup = names({ 'a.test': ['127.0.0.9', '127.0.0.1'] });
    const before = performance.now();
    const socket = await open(`http://a.test:${port}`, { lookup, connection: { happyEyeballs: 10_000 } });
    expect(socket.remoteAddress).toBe('127.0.0.1');
    expect(performance.now() - before).toBeLessThan(5_000);
  });

  test('an address that is silent is overtaken by the next', async () => {
    const { port } = await echoServer();
    silence('127.0.0.77');
    const lookup = names({ 'a.test': ['127.0.0.77', '127.0.0.1'] });
    const socket = await open(`http://a.test:${port}`, { lookup, connection: { happyEyeballs: 20 } });
    expect(socket.remoteAddress).toBe('127.0.0.1');
  });

  test('without it the next address waits for the failure of the one before', async () => {
    const { port } = await echoServer();
    const lookup = names({ 'a.test': ['127.0.0.9', '127.0.0.1'] });
    const connection = { happyEyeballs: Number.POSITIVE_INFINITY };
    const socket = await open(`http://a.test:${port}`, { lookup, connection });
    expect(socket.remoteAddress).toBe('127.0.0.1');
  });

  test('a family that is not asked for is not connected to', async () => {
    const { port } = await echoServer();
    const lookup = names({ 'a.test': ['::1', '127.0.0.1'] });
    const socket = await open(`http://a.test:${port}`, { lookup, connection: { family: 4 } });
    expect(socket.remoteAddress).toBe('127.0.0.1');
    const error = await open(`http://127.0.0.1:${port}`, { connection: { family: 6 } }).catch((caught) => caught);
    expect(error).toBeInstanceOf(DnsError);
  });

  test('connections leave from the local address', async () => {
    const { port } = await echoServer();
    const lookup = names({ 'a.test': ['::1', '127.0.0.1'] });
    const socket = await open(`http://a.test:${port}`, { lookup, connection: { localAddress: '127.0.0.3' } });
    expect(socket.localAddress).toBe('127.0.0.3');
  });

  test('a local address of the other family is an error that says so', async () => {
    const connection = { localAddress: '127.0.0.3' };
    await expect(open('http://[::1]:80', { connection })).rejects.toThrow(/no IPv4 address/);
  });
});

/** Connections to this address are neither accepted nor refused. */
function silence(address: string): void {
  const { connect } = net.Socket.prototype;
  const spy = vi.spyOn(net.Socket.prototype, 'connect').mockImplementation(function (this: Socket, ...options) {
    const [first] = options as unknown as [{ host?: string } | Array<{ host?: string }>];
    const { host } = Array.isArray(first) ? (first[0] as { host?: string }) : first;
    return host === address ? this : Reflect.apply(connect, this, options);
  } as typeof connect);
  onTestFinished(() => spy.mockRestore());
}

describe('a Unix socket', () => {
  test('is connected to whatever the host', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'errand-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, 's');
    const server = net.createServer((socket) => socket.pipe(socket));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    onTestFinished(() => {
      server.close();
    });
    const socket = await open('http://docker.test', { connection: { unixSocket: path }, lookup: names({}) });
    expect(await echoed(socket, 'hello')).toBe('hello');
  });

  test('that is not there is a ConnectError', async () => {
    const error = await open('http://docker.test', { connection: { unixSocket: '/nowhere/s' } }).catch((e) => e);
    expect(error).toMatchObject({ name: 'ConnectError', addresses: ['/nowhere/s'] });
    expect(error.message).toContain('there is no such socket (ENOENT)');
  });
});

describe('letting go', () => {
  const over = () => new SessionClosedError();

  test('during the lookup', async () => {
    const lookup = () => new Promise<never>(() => {});
    const connecting = openSocket(planFor('http://a.test', { lookup }), {});
    const error = over();
    connecting.cancel(error);
    await expect(connecting.socket).rejects.toBe(error);
  });

  test('while connecting: nothing is left that could connect', async () => {
    const { port } = await echoServer();
    const before = sockets();
    const connecting = openSocket(planFor(`http://127.0.0.1:${port}`), {});
    // Microtasks only: the connection cannot be made before the event loop turns.
    for (let turn = 0; turn < 50 && sockets() === before; turn++) await Promise.resolve();
    expect(sockets()).toBe(before + 1);
    const error = new TimeoutError('connect', 5);
    connecting.cancel(error);
    await expect(connecting.socket).rejects.toBe(error);
    await vi.waitFor(() => expect(sockets()).toBe(before), 10_000);
  });

  test('during the TLS handshake', async () => {
    const peer = await listening(net.createServer());
    const before = sockets();
    const connecting = openSocket(planFor(`https://127.0.0.1:${peer.port}`), {});
    await vi.waitFor(() => expect(peer.sockets).toHaveLength(1), 10_000);
    const closed = new Promise((resolve) => peer.sockets[0]?.once('close', resolve));
    peer.sockets[0]?.resume();
    const error = over();
    connecting.cancel(error);
    await expect(connecting.socket).rejects.toBe(error);
    await closed;
    await vi.waitFor(() => expect(sockets()).toBe(before), 10_000);
  });

  test('afterwards does nothing', async () => {
    const { port } = await echoServer();
    const connecting = openSocket(planFor(`http://127.0.0.1:${port}`), {});
    const socket = await connecting.socket;
    connecting.cancel(over());
    expect(await echoed(socket, 'hello')).toBe('hello');
    socket.destroy();
  });
});

/** The handles of connected or connecting sockets. */
function sockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
}
