// TLS: which certificates are accepted, what is asked of the server, and that handshakes are shortened when they may be.

import { X509Certificate } from 'node:crypto';
import net, { type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { TlsError } from 'errand';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { pinOf } from '../src/transport/connect/certificate.js';
import { openSocket } from '../src/transport/connect/connect.js';
import { type TlsOptions, TlsSettings } from '../src/transport/connect/tls-settings.js';
import {
  echoed,
  fixture,
  listening,
  names,
  type Peer,
  type PlanParts,
  planFor,
  tlsEchoServer,
} from './support/peers.js';

const lookup = names({
  localhost: ['127.0.0.1'],
  'tls.test': ['127.0.0.1'],
  'tls.test.': ['127.0.0.1'],
  'a.tls.test': ['127.0.0.1'],
});

async function open(peer: Peer, tls: TlsOptions = {}, host = 'tls.test', parts: PlanParts = {}): Promise<TLSSocket> {
  const plan = planFor(`https://${host}:${peer.port}`, { tls, lookup, ...parts });
  const socket = (await openSocket(plan, {}).socket) as TLSSocket;
  onTestFinished(() => {
    socket.destroy();
  });
  return socket;
}

async function refusal(peer: Peer, tls: TlsOptions = {}, host?: string): Promise<TlsError> {
  const error = await open(peer, tls, host).then(
    () => new Error('it was accepted'),
    (caught) => caught,
  );
  expect(error).toBeInstanceOf(TlsError);
  return error;
}

describe('certificates that are accepted', () => {
  test.each(['good', 'rsa', 'chained'])('%s', async (certificate) => {
    const socket = await open(await tlsEchoServer(certificate));
    expect(await echoed(socket, 'hello')).toBe('hello');
  });

  test('for an address, a name with a dot at its end, and a name below a wildcard', async () => {
    const peer = await tlsEchoServer('good');
    for (const host of ['127.0.0.1', 'tls.test.', 'a.tls.test']) await open(peer, {}, host);
  });
});

describe('certificates that are refused', () => {
  test.each([
    ['expired', 'its certificate has expired'],
    ['self-signed', 'its certificate is self-signed'],
    ['wrong-host', 'its certificate is for another host'],
    ['cn-only', 'a common name alone does not count'],
    ['rsa1024', 'key too weak'],
    ['sha1', 'digest algorithm too weak'],
    ['p192', 'handshake'],
  ])('%s', async (certificate, why) => {
    const host = certificate === 'cn-only' ? 'localhost' : 'tls.test';
    const error = await refusal(await tlsEchoServer(certificate), {}, host);
    expect(error.message).toContain(why);
    expect(error.retryable).toBe(false);
  });

  test('of an authority that is not trusted', async () => {
    const error = await refusal(await tlsEchoServer('good'), { ca: fixture('other-ca') });
    expect(error.message).toContain('is not trusted');
  });

  test('of an authority with a weak key', async () => {
    const error = await refusal(await tlsEchoServer('under-weak'), { ca: fixture('weak-ca') });
    expect(error.message).toContain('key too weak');
  });

  test('for another address', async () => {
    const error = await refusal(await tlsEchoServer('wrong-host'), {}, '127.0.0.1');
    expect(error.message).toContain('for another host');
  });
});

describe('what is no TLS', () => {
  test('a server that speaks plainly', async () => {
    const peer = await listening(net.createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    expect((await refusal(peer)).message).toContain('is it plain http?');
  });

  test('a server that closes', async () => {
    const peer = await listening(net.createServer((socket) => socket.end()));
    const error = await refusal(peer);
    expect(error.message).toContain('closed the connection during the TLS handshake');
    expect(error.retryable).toBe(true);
  });

  test('a server that resets', async () => {
    const peer = await listening(net.createServer((socket) => socket.once('data', () => socket.resetAndDestroy())));
    expect((await refusal(peer)).retryable).toBe(true);
  });
});

describe('options', () => {
  test('servername is asked for and checked in place of the host', async () => {
    const peer = await tlsEchoServer('wrong-host');
    const socket = await open(peer, { servername: 'other.test' });
    expect(socket.authorized).toBe(true);
  });

  test('cert and key are shown to a server that asks', async () => {
    const peer = await tlsEchoServer('good', { requestCert: true, rejectUnauthorized: true, ca: fixture('ca') });
    const socket = await open(peer, { cert: fixture('client'), key: fixture('client-key') });
    expect(await echoed(socket, 'hello')).toBe('hello');
  });

  test.each(['expired', 'self-signed', 'wrong-host', 'cn-only'])(
    'rejectUnauthorized: false takes any certificate: %s',
    async (certificate) => {
      const socket = await open(await tlsEchoServer(certificate), { rejectUnauthorized: false });
      expect(await echoed(socket, 'hello')).toBe('hello');
    },
  );

  test('HTTP/2 is offered only when it is asked for', async () => {
    const peer = await tlsEchoServer('good', { ALPNProtocols: ['h2', 'http/1.1'] });
    expect((await open(peer)).alpnProtocol).toBe('http/1.1');
    expect((await open(peer, {}, 'tls.test', { connection: { http2: true } })).alpnProtocol).toBe('h2');
  });

  test.each([
    [{ ca: 'no certificate' }, /tls: ca, cert or key/],
    [{ cert: fixture('client') }, /cert and key go together/],
    [{ cert: fixture('client'), key: fixture('good-key') }, /tls: ca, cert or key/],
    [{ pin: ['sha1/AAAA'] }, /tls\.pin/],
    [{ pin: ['sha256/too-short'] }, /tls\.pin/],
  ])('what cannot work is a TypeError at once', (options, message) => {
    expect(() => new TlsSettings(options as TlsOptions)).toThrow(TypeError);
    expect(() => new TlsSettings(options as TlsOptions)).toThrow(message);
  });
});

describe('pins', () => {
  const pin = (name: string) => `sha256/${pinOf(new X509Certificate(fixture(name)))}`;

  test.each(['chained', 'intermediate', 'ca'])('the key of %s anywhere in the chain is enough', async (name) => {
    const peer = await tlsEchoServer('chained');
    await open(peer, { pin: [pin('rsa'), pin(name)] });
  });

  test('no pinned key is a TlsError', async () => {
    const error = await refusal(await tlsEchoServer('chained'), { pin: [pin('rsa')] });
    expect(error.message).toContain('is pinned (tls.pin)');
  });

  test('a certificate that is only sent along does not count', async () => {
    const cert = Buffer.concat([fixture('good'), fixture('intermediate')]);
    const peer = await tlsEchoServer('good', { cert });
    await refusal(peer, { pin: [pin('intermediate')] });
  });

  test('they hold where certificates are not checked otherwise', async () => {
    vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    onTestFinished(() => {
      vi.restoreAllMocks();
    });
    const peer = await tlsEchoServer('self-signed');
    await open(peer, { rejectUnauthorized: false, pin: [pin('self-signed')] });
    await refusal(peer, { rejectUnauthorized: false, pin: [pin('good')] });
  });

  test('they hold on the second connection too', async () => {
    const peer = await tlsEchoServer('good');
    const settings = new TlsSettings({ ca: fixture('ca'), pin: [pin('rsa')] });
    for (let time = 0; time < 3; time++) {
      const plan = { ...planFor(`https://tls.test:${peer.port}`, { lookup }), tls: settings };
      await expect(openSocket(plan, {}).socket).rejects.toBeInstanceOf(TlsError);
    }
  });
});

describe('shorter handshakes', () => {
  test.each(['TLSv1.2', 'TLSv1.3'] as const)('a TLS session is taken up again (%s)', async (version) => {
    const peer = await tlsEchoServer('good', { maxVersion: version });
    const settings = new TlsSettings({ ca: fixture('ca') });
    const connect = async (host: string) => {
      const plan = { ...planFor(`https://${host}:${peer.port}`, { lookup }), tls: settings };
      const socket = (await openSocket(plan, {}).socket) as TLSSocket;
      await echoed(socket as Socket, 'hello');
      const reused = socket.isSessionReused();
      socket.destroy();
      return reused;
    };
    expect(await connect('tls.test')).toBe(false);
    expect(await connect('tls.test')).toBe(true);
    expect(await connect('a.tls.test')).toBe(false);
  });

  test('no more than 256 are remembered', () => {
    const settings = new TlsSettings();
    for (let index = 0; index <= 256; index++) settings.keepSession(`${index}`, Buffer.alloc(1));
    expect(settings.session('0')).toBeUndefined();
    expect(settings.session('1')).toBeDefined();
  });
});
