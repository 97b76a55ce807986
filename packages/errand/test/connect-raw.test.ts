// `session.connect`: a connection for what is not HTTP keeps to the guard, the proxy and the session's end.

import net from 'node:net';
import {
  BlockedAddressError,
  ConnectError,
  Session,
  SessionClosedError,
  type SessionOptions,
  TimeoutError,
} from 'errand';
import { expect, onTestFinished, test } from 'vitest';
import { closedPort, echoed, echoServer, listening, names } from './support/peers.js';
import { httpProxy, socksProxy } from './support/proxies.js';

function session(options: SessionOptions = {}): Session {
  const made = new Session({ guard: { allow: ['127.0.0.0/8'] }, ...options });
  onTestFinished(() => made.close({ grace: 0 }));
  return made;
}

test('bytes go both ways', async () => {
  const { port } = await echoServer();
  const socket = await session().connect({ host: '127.0.0.1', port });
  onTestFinished(() => void socket.destroy());
  expect(await echoed(socket, 'hello')).toBe('hello');
});

test('the guard refuses addresses, names that resolve to them, and ports', async () => {
  const guarded = session({
    guard: {},
    dns: { lookup: names({ 'private.test': ['10.0.0.1'], 'a.test': ['1.1.1.1'] }) },
  });
  await expect(guarded.connect({ host: '127.0.0.1', port: 80 })).rejects.toBeInstanceOf(BlockedAddressError);
  await expect(guarded.connect({ host: '::1', port: 80 })).rejects.toBeInstanceOf(BlockedAddressError);
  await expect(guarded.connect({ host: 'private.test', port: 80 })).rejects.toBeInstanceOf(BlockedAddressError);
  await expect(guarded.connect({ host: 'a.test', port: 25 })).rejects.toThrow('port 25');
});

test('one call may have a guard of its own', async () => {
  const { port } = await echoServer();
  const guarded = session({ guard: {} });
  const socket = await guarded.connect({ host: '127.0.0.1', port }, { guard: { allow: [`127.0.0.1:${port}`] } });
  socket.destroy();
  await expect(session().connect({ host: '127.0.0.1', port }, { guard: {} })).rejects.toThrow('may not be asked');
});

test.each(['http', 'socks5'])('a %s proxy is asked for a tunnel', async (scheme) => {
  const { port } = await echoServer();
  const proxy = await (scheme === 'http' ? httpProxy() : socksProxy());
  const made = session({ proxy: `${scheme}://127.0.0.1:${proxy.port}` });
  const socket = await made.connect({ host: '127.0.0.1', port });
  onTestFinished(() => void socket.destroy());
  expect(await echoed(socket, 'hello')).toBe('hello');
  expect(proxy.asked).toHaveLength(1);
  const direct = await made.connect({ host: '127.0.0.1', port }, { proxy: false });
  direct.destroy();
  expect(proxy.asked).toHaveLength(1);
});

test('without a tunnel an HTTP proxy is connected to, and the guard still judges the target', async () => {
  const proxy = await httpProxy();
  const made = session({ guard: { allow: ['8.8.8.8'] }, proxy: `http://127.0.0.1:${proxy.port}` });
  const socket = await made.connect({ host: '8.8.8.8', port: 80 }, { tunnel: false });
  expect(socket.remotePort).toBe(proxy.port);
  expect(proxy.asked).toEqual([]);
  socket.destroy();
  await expect(made.connect({ host: '10.0.0.1', port: 80 }, { tunnel: false })).rejects.toThrow('may not be asked');
});

test('what goes wrong says where', async () => {
  const port = await closedPort();
  const error = await session()
    .connect({ host: '127.0.0.1', port })
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConnectError);
  expect(error).toMatchObject({ method: 'CONNECT', url: `127.0.0.1:${port}`, attempts: 1 });
});

test('a silent proxy is given up in time, and when the caller goes', async () => {
  const silent = await listening(net.createServer());
  const made = session({ proxy: `http://127.0.0.1:${silent.port}` });
  await expect(made.connect({ host: '127.0.0.1', port: 80 }, { timeout: 50 })).rejects.toBeInstanceOf(TimeoutError);
  const controller = new AbortController();
  const opening = made.connect({ host: '127.0.0.1', port: 80 }, { signal: controller.signal });
  controller.abort();
  await expect(opening).rejects.toMatchObject({ code: 'ERRAND_ABORTED' });
  await expect(made.connect({ host: '127.0.0.1', port: 80 }, { signal: controller.signal })).rejects.toMatchObject({
    code: 'ERRAND_ABORTED',
  });
});

test('closing the session closes what is open and ends what is being opened', async () => {
  const { port } = await echoServer();
  const silent = await listening(net.createServer());
  const made = session();
  const socket = await made.connect({ host: '127.0.0.1', port });
  const opening = made.connect({ host: '127.0.0.1', port }, { proxy: `http://127.0.0.1:${silent.port}` });
  const ended = expect(opening).rejects.toBeInstanceOf(SessionClosedError);
  await made.close();
  await ended;
  expect(socket.destroyed).toBe(true);
  await expect(made.connect({ host: '127.0.0.1', port })).rejects.toBeInstanceOf(SessionClosedError);
});

test('an extended session closes its own only', async () => {
  const { port } = await echoServer();
  const parent = session();
  const child = parent.extend({ proxy: false });
  const kept = await parent.connect({ host: '127.0.0.1', port });
  const closed = await child.connect({ host: '127.0.0.1', port });
  await child.close();
  expect([kept.destroyed, closed.destroyed]).toEqual([false, true]);
});

test.each([
  [{ host: '', port: 80 }, 'host'],
  [{ host: 'a/b', port: 80 }, 'host'],
  [{ host: 'a.test', port: 0 }, 'port'],
  [{ host: 'a.test', port: 70_000 }, 'port'],
])('%j is a mistake in the call', (target, name) => {
  expect(() => session().connect(target)).toThrow(new RegExp(`^${name}: expected`));
});
