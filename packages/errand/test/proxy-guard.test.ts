// The guard through proxies: a target is resolved and checked here before a proxy hears of it, and a tunnel is asked for by
// the checked address; the proxy itself is configured, and so trusted.
import http from 'node:http';
import https from 'node:https';
import { BlockedAddressError, DnsError, Session, type SessionOptions } from 'errand';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fixture, listening, names } from './support/peers.js';
import { httpProxy, type ProxyPeer, socksProxy } from './support/proxies.js';

function session(options: SessionOptions): Session {
  const made = new Session({ retry: false, tls: { ca: fixture('ca') }, ...options });
  onTestFinished(() => made.close({ grace: 0 }));
  return made;
}

const lookup = names({
  'private.test': ['10.0.0.1'],
  'mixed.test': ['1.1.1.1', '127.0.0.1'],
  'tls.test': ['1.1.1.1', '2606:4700:4700::1111'],
});

const secureTarget = () =>
  listening(
    https.createServer({ cert: fixture('good'), key: fixture('good-key') }, (request, response) => {
      response.end(request.headers.host);
    }),
  );

interface Kind {
  readonly name: string;
  readonly start: (names?: Record<string, string>) => Promise<ProxyPeer>;
  readonly scheme: string;
}

const kinds: Kind[] = [
  { name: 'an HTTP proxy', scheme: 'http', start: (known = {}) => httpProxy({ names: known }) },
  { name: 'a SOCKS5 proxy', scheme: 'socks5', start: (known = {}) => socksProxy({ names: known }) },
  { name: 'a SOCKS5 proxy that resolves', scheme: 'socks5h', start: (known = {}) => socksProxy({ names: known }) },
];

describe.each(kinds)('$name', ({ scheme, start }) => {
  const at = ({ port }: ProxyPeer) => `${scheme}://127.0.0.1:${port}`;

  test.each(['http://10.0.0.1/', 'https://[::1]/', 'http://localhost/', 'http://private.test/', 'https://mixed.test/'])(
    '%s is refused, and the proxy hears nothing of it',
    async (url) => {
      const proxy = await start();
      const made = session({ proxy: at(proxy), dns: { lookup } });
      await expect(made.get(url)).rejects.toBeInstanceOf(BlockedAddressError);
      expect(proxy.asked).toEqual([]);
      expect(proxy.sockets).toEqual([]);
    },
  );

  test('a tunnel is asked for by the checked address; the target still hears its name', async () => {
    const target = await secureTarget();
    const proxy = await start({ '1.1.1.1': '127.0.0.1' });
    const made = session({ proxy: at(proxy), dns: { lookup } });
    expect(await made.get(`https://tls.test:${target.port}/`).text()).toBe(`tls.test:${target.port}`);
    const authority = `1.1.1.1:${target.port}`;
    expect(proxy.asked).toEqual([scheme === 'http' ? `CONNECT ${authority}` : authority]);
  });

  test('a name that cannot be resolved here is a DnsError, unless it is allowed', async () => {
    const target = await secureTarget();
    const proxy = await start({ 'a.tls.test': '127.0.0.1' });
    const url = `https://a.tls.test:${target.port}/`;
    const dns = { lookup };
    await expect(session({ proxy: at(proxy), dns }).get(url)).rejects.toBeInstanceOf(DnsError);
    expect(proxy.asked).toEqual([]);
    const allowed = session({ proxy: at(proxy), dns, guard: { allow: ['*.tls.test'] } }).get(url);
    // What resolves names here needs them here, allowed or not.
    if (scheme === 'socks5') await expect(allowed).rejects.toBeInstanceOf(DnsError);
    else expect((await allowed).status).toBe(200);
  });
});

test('where a proxy cannot reach one checked address, it is asked for the next', async () => {
  const target = await secureTarget();
  const proxy = await httpProxy({
    names: { '1.1.1.1': '127.0.0.1' },
    refuse: (authority) => (authority.startsWith('[') ? 503 : undefined),
  });
  const turned = names({ 'tls.test': ['2606:4700:4700::1111', '1.1.1.1'] });
  const made = session({ proxy: `http://127.0.0.1:${proxy.port}`, dns: { lookup: turned } });
  expect((await made.get(`https://tls.test:${target.port}/`)).status).toBe(200);
  expect(proxy.asked).toEqual([`CONNECT [2606:4700:4700::1111]:${target.port}`, `CONNECT 1.1.1.1:${target.port}`]);
});

test('tunnel: the address is bound for plain targets too', async () => {
  const target = await listening(http.createServer((request, response) => response.end(request.headers.host)));
  const proxy = await httpProxy({ names: { '1.1.1.1': '127.0.0.1' } });
  const made = session({ proxy: { urls: [`http://127.0.0.1:${proxy.port}`], tunnel: true }, dns: { lookup } });
  expect(await made.get(`http://tls.test:${target.port}/`).text()).toBe(`tls.test:${target.port}`);
  expect(proxy.asked).toEqual([`CONNECT 1.1.1.1:${target.port}`]);
});

test('a plain target in absolute form is checked before the proxy hears of it', async () => {
  const target = await listening(http.createServer((request, response) => response.end(request.headers.host)));
  const proxy = await httpProxy({ names: { 'tls.test': '127.0.0.1' } });
  const made = session({ proxy: `http://127.0.0.1:${proxy.port}`, dns: { lookup } });
  expect(await made.get(`http://tls.test:${target.port}/`).text()).toBe(`tls.test:${target.port}`);
  expect(proxy.asked).toEqual([`GET http://tls.test:${target.port}/`]);
});

test('the proxy’s own address is not thereby allowed as a target', async () => {
  const proxy = await httpProxy();
  const made = session({ proxy: `http://127.0.0.1:${proxy.port}`, dns: { lookup } });
  await expect(made.get(`http://127.0.0.1:${proxy.port}/`)).rejects.toBeInstanceOf(BlockedAddressError);
});

test('a redirect through a proxy is looked at as well', async () => {
  const target = await listening(
    http.createServer((_request, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end()),
  );
  const proxy = await httpProxy({ names: { 'tls.test': '127.0.0.1' } });
  const made = session({ proxy: `http://127.0.0.1:${proxy.port}`, dns: { lookup } });
  await expect(made.get(`http://tls.test:${target.port}/`)).rejects.toBeInstanceOf(BlockedAddressError);
  expect(proxy.asked).toHaveLength(1);
});

test('a tunnel that was opened without a guard carries nothing for a call with one', async () => {
  const target = await secureTarget();
  const proxy = await httpProxy({ names: { 'private.test': '127.0.0.1' } });
  const made = session({
    guard: false,
    proxy: `http://127.0.0.1:${proxy.port}`,
    dns: { lookup },
    tls: { ca: fixture('ca'), servername: 'tls.test' },
  });
  const url = `https://private.test:${target.port}/`;
  expect((await made.get(url)).status).toBe(200);
  // The address of the proxy being allowed says nothing about the target behind it.
  for (const guard of [{}, { allow: ['127.0.0.1'] }]) {
    await expect(made.get(url, { guard })).rejects.toBeInstanceOf(BlockedAddressError);
  }
  expect(proxy.asked).toHaveLength(1);
});
