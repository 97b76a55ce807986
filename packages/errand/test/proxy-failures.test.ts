// What a proxy does wrong, and how it is told: unreachable, no proxy at all, other credentials, a target that it will not
// or cannot reach. Nothing hangs, and its credentials are shown nowhere.
import net, { type Socket } from 'node:net';
import { ProxyError, Session, type SessionOptions, TimeoutError } from 'errand';
import { describe, expect, onTestFinished, test } from 'vitest';
import { closedPort, fixture, listening, names } from './support/peers.js';
import { httpProxy, socksProxy } from './support/proxies.js';

async function failure(proxy: string, url: string, options: SessionOptions = {}): Promise<ProxyError> {
  const made = new Session({ retry: false, guard: false, proxy, tls: { ca: fixture('ca') }, ...options });
  onTestFinished(() => made.close({ grace: 0 }));
  const error = await made.get(url).then(
    () => new Error('it was answered'),
    (caught) => caught,
  );
  expect(JSON.stringify(error)).not.toContain('s3cret');
  expect(String(error.stack)).not.toContain('s3cret');
  return error;
}

/** A server that does this with each connection. */
async function server(serve: (socket: Socket) => void): Promise<number> {
  return (await listening(net.createServer(serve))).port;
}

const schemes = ['http', 'socks5h'];

describe.each(schemes)('%s', (scheme) => {
  const at = (port: number) => `${scheme}://me:s3cret@127.0.0.1:${port}`;
  const target = 'https://target.test/';

  test('refused', async () => {
    const error = await failure(at(await closedPort()), target);
    expect(error).toBeInstanceOf(ProxyError);
    expect(error).toMatchObject({ code: 'ERRAND_PROXY', reason: 'unreachable', retryable: true });
    expect(error.message).toContain('ECONNREFUSED');
    expect(error.message).toContain(`the proxy ${scheme}://127.0.0.1:`);
  });

  test('unknown by name', async () => {
    const error = await failure(`${scheme}://proxy.test:3128`, target, { dns: { lookup: names({}) } });
    expect(error).toMatchObject({ name: 'ProxyError', reason: 'unreachable' });
    expect(error.message).toContain('no such name');
  });

  test('closes at once', async () => {
    const error = await failure(at(await server((socket) => socket.end())), target);
    expect(error).toMatchObject({ name: 'ProxyError', reason: 'unreachable' });
  });

  test('resets', async () => {
    const error = await failure(
      at(await server((socket) => socket.once('data', () => socket.resetAndDestroy()))),
      target,
    );
    expect(error).toMatchObject({ name: 'ProxyError', reason: 'unreachable' });
  });

  test.each([
    ['a banner', 'SSH-2.0-OpenSSH_9.2p1\r\n'],
    ['a web page', '<html></html>'],
    ['noise', '\xff\xfe\x00\x01'],
  ])('is none: %s', async (_name, greeting) => {
    const error = await failure(at(await server((socket) => socket.write(greeting))), target);
    expect(error).toMatchObject({ name: 'ProxyError', reason: 'not-a-proxy', retryable: false });
  });

  test('is silent: the connect timeout, which says so', async () => {
    const error = await failure(at(await server(() => {})), target, { timeout: { connect: 100 } });
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ phase: 'connect', limit: 100 });
    expect(error.cause).toMatchObject({ name: 'ProxyError', reason: 'unreachable' });
  });

  test('is left when the caller leaves', async () => {
    const controller = new AbortController();
    let left: () => void = () => {};
    const closed = new Promise<void>((resolve) => {
      left = resolve;
    });
    const port = await server((socket) => {
      socket.resume().once('close', left);
      controller.abort();
    });
    const made = new Session({ guard: false, proxy: at(port) });
    onTestFinished(() => made.close({ grace: 0 }));
    await expect(made.get(target, { signal: controller.signal })).rejects.toThrow('aborted');
    await closed;
  });
});

describe('HTTP proxies', () => {
  test.each(['https', 'http'])('407 to a target of %s', async (scheme) => {
    const { port } = await httpProxy({ credentials: 'me:right' });
    const url = `${scheme}://target.test/`;
    const without = await failure(`http://127.0.0.1:${port}`, url);
    expect(without).toMatchObject({ name: 'ProxyError', reason: 'credentials', status: 407, retryable: false });
    expect(without.message).toContain('asks for a username and a password');
    const wrong = await failure(`http://me:s3cret@127.0.0.1:${port}`, url);
    expect(wrong).toMatchObject({ name: 'ProxyError', reason: 'credentials', status: 407 });
    expect(wrong.message).toContain('does not accept');
  });

  test.each([
    [403, false, 'refuses to connect'],
    [502, true, 'could not connect'],
    [503, true, 'could not connect'],
    [504, true, 'could not connect'],
  ])('a refused target: %i', async (status, retryable, text) => {
    const { port } = await httpProxy({ refuse: () => status });
    const error = await failure(`http://127.0.0.1:${port}`, 'https://target.test/');
    expect(error).toMatchObject({ name: 'ProxyError', reason: 'target', status, retryable });
    expect(error.message).toContain(text);
    expect(error.message).toContain('target.test:443');
  });

  test.each([400, 404, 405, 501])('a web server that knows no CONNECT: %i', async (status) => {
    const port = await server((socket) => socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`));
    const error = await failure(`http://127.0.0.1:${port}`, 'https://target.test/');
    expect(error).toMatchObject({ name: 'ProxyError', reason: 'not-a-proxy', status });
  });

  test('a head without end', async () => {
    const port = await server((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const more = () => {
        while (!socket.destroyed && socket.write(`x: ${'y'.repeat(1_000)}\r\n`));
      };
      socket.on('drain', more);
      more();
    });
    const error = await failure(`http://127.0.0.1:${port}`, 'https://target.test/');
    expect(error).toMatchObject({ name: 'ProxyError', reason: 'not-a-proxy' });
    expect(error.message).toContain('does not end');
  });

  test('bytes of its own behind the head of a tunnel are not taken for the target', async () => {
    const port = await server((socket) => socket.write('HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'));
    const error = await failure(`http://127.0.0.1:${port}`, 'https://target.test/');
    expect(error).toMatchObject({ name: 'ProxyError', reason: 'not-a-proxy' });
  });

  test('an interim answer is passed over', async () => {
    const port = await server((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 403 No\r\n\r\n'));
    });
    expect(await failure(`http://127.0.0.1:${port}`, 'https://target.test/')).toMatchObject({ status: 403 });
  });

  test('a head in pieces is read all the same', async () => {
    const port = await server((socket) => {
      socket.setNoDelay();
      socket.once('data', async () => {
        for (const character of 'HTTP/1.1 503 Not now\r\nserver: x\r\n\r\n') {
          socket.write(character);
          await new Promise(setImmediate);
        }
      });
    });
    expect(await failure(`http://127.0.0.1:${port}`, 'https://target.test/')).toMatchObject({ status: 503 });
  });

  test('a proxy over TLS whose certificate is not trusted', async () => {
    const { port } = await httpProxy({ certificate: 'self-signed' });
    const error = await failure(`https://127.0.0.1:${port}`, 'https://target.test/');
    expect(error).toMatchObject({ name: 'ProxyError', reason: 'unreachable' });
    expect(error.message).toContain('self-signed');
  });

  test('a 407 of the target itself is the target’s', async () => {
    const target = await listening(
      net.createServer((socket) =>
        socket.once('data', () => socket.end('HTTP/1.1 407 Mine\r\ncontent-length: 0\r\n\r\n')),
      ),
    );
    const { port } = await httpProxy();
    const error = await failure('', `http://127.0.0.1:${target.port}/`, {
      proxy: { urls: [`http://127.0.0.1:${port}`], tunnel: true },
    });
    expect(error).toMatchObject({ name: 'HttpError', status: 407 });
  });
});

describe('SOCKS5 proxies', () => {
  test('no username where one is asked for', async () => {
    const { port } = await socksProxy({ credentials: 'me:right' });
    const error = await failure(`socks5h://127.0.0.1:${port}`, 'http://target.test/');
    expect(error).toMatchObject({ name: 'ProxyError', reason: 'credentials', retryable: false });
    expect(error.message).toContain('asks for a username');
  });

  test('a wrong password', async () => {
    const { port, credentials } = await socksProxy({ credentials: 'me:right' });
    const error = await failure(`socks5h://me:s3cret@127.0.0.1:${port}`, 'http://target.test/');
    expect(error).toMatchObject({ name: 'ProxyError', reason: 'credentials' });
    expect(error.message).toContain('does not accept');
    expect(credentials).toEqual(['me:s3cret']);
  });

  test('a wrong password that is answered by closing', async () => {
    const port = await server((socket) => {
      socket.once('data', () => {
        socket.write(Buffer.of(5, 2));
        socket.once('data', () => socket.end());
      });
    });
    const error = await failure(`socks5h://me:s3cret@127.0.0.1:${port}`, 'http://target.test/');
    expect(error).toMatchObject({ name: 'ProxyError', reason: 'credentials' });
  });

  test.each([
    [1, true, 'general failure'],
    [2, false, 'not allowed by its rules'],
    [3, true, 'network unreachable'],
    [4, true, 'host unreachable'],
    [5, true, 'connection refused'],
    [6, true, 'no answer'],
    [7, false, 'does not connect at all'],
    [8, false, 'this kind of address'],
    [99, false, 'unknown reply'],
  ])('a refused target: reply %i', async (code, retryable, text) => {
    const { port } = await socksProxy({ refuse: () => code });
    const error = await failure(`socks5h://127.0.0.1:${port}`, 'http://target.test/');
    expect(error).toMatchObject({ name: 'ProxyError', reason: 'target', retryable });
    expect(error.message).toContain(text);
  });

  test('a method that was not offered', async () => {
    const port = await server((socket) => socket.once('data', () => socket.write(Buffer.of(5, 1))));
    const error = await failure(`socks5h://127.0.0.1:${port}`, 'http://target.test/');
    expect(error).toMatchObject({ name: 'ProxyError', reason: 'not-a-proxy' });
  });
});
