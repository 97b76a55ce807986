// Requests through proxies of every kind: what the proxy is asked for, and that the answer is the target's.
import http from 'node:http';
import https from 'node:https';
import { Session, type SessionOptions } from 'errand';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fixture, listening, names, type Peer } from './support/peers.js';
import { httpProxy, type ProxyPeer, socksProxy } from './support/proxies.js';

const tls = { ca: fixture('ca') };

function session(options: SessionOptions): Session {
  const made = new Session({ retry: false, guard: false, tls, ...options });
  onTestFinished(() => made.close({ grace: 0 }));
  return made;
}

const answer: http.RequestListener = (request, response) => {
  response.end(`${request.headers.host} ${request.url} ${request.headers['proxy-authorization'] ?? '-'}`);
};
const plainTarget = () => listening(http.createServer(answer));
const secureTarget = () => listening(https.createServer({ cert: fixture('good'), key: fixture('good-key') }, answer));

const inNames = { 'tls.test': '127.0.0.1' };

describe('HTTP proxies', () => {
  test('a plain target is asked for in absolute form, name and all', async () => {
    const target = await plainTarget();
    const proxy = await httpProxy({ names: inNames });
    const made = session({ proxy: `http://127.0.0.1:${proxy.port}` });
    const response = await made.get(`http://tls.test:${target.port}/a?b=c`);
    expect(await response.text()).toBe(`tls.test:${target.port} /a?b=c -`);
    expect(proxy.asked).toEqual([`GET http://tls.test:${target.port}/a?b=c`]);
    expect(response.trace.attempts[0]?.proxy).toBe(`http://127.0.0.1:${proxy.port}`);
  });

  test('a secure target is tunnelled to, by name, and authenticated by us', async () => {
    const target = await secureTarget();
    const proxy = await httpProxy({ names: inNames });
    const made = session({ proxy: `http://127.0.0.1:${proxy.port}` });
    expect(await made.get(`https://tls.test:${target.port}/`).text()).toBe(`tls.test:${target.port} / -`);
    expect(proxy.asked).toEqual([`CONNECT tls.test:${target.port}`]);
  });

  test('tunnel: a plain target is tunnelled to as well', async () => {
    const target = await plainTarget();
    const proxy = await httpProxy({ names: inNames });
    const made = session({ proxy: { urls: [`http://127.0.0.1:${proxy.port}`], tunnel: true } });
    expect(await made.get(`http://tls.test:${target.port}/a`).text()).toBe(`tls.test:${target.port} /a -`);
    expect(proxy.asked).toEqual([`CONNECT tls.test:${target.port}`]);
  });

  test('a proxy that is spoken to over TLS', async () => {
    const plain = await plainTarget();
    const secure = await secureTarget();
    const proxy = await httpProxy({ names: inNames, certificate: 'good' });
    const made = session({ proxy: `https://127.0.0.1:${proxy.port}` });
    expect(await made.get(`http://tls.test:${plain.port}/`).text()).toContain('tls.test');
    expect(await made.get(`https://tls.test:${secure.port}/`).text()).toContain('tls.test');
    expect(proxy.asked).toEqual([`GET http://tls.test:${plain.port}/`, `CONNECT tls.test:${secure.port}`]);
  });

  test('the username and the password go to the proxy only', async () => {
    const plain = await plainTarget();
    const secure = await secureTarget();
    const proxy = await httpProxy({ credentials: 'me:s@crét:x', names: inNames });
    const made = session({ proxy: `http://me:s%40cr%C3%A9t%3Ax@127.0.0.1:${proxy.port}` });
    expect(await made.get(`http://tls.test:${plain.port}/`).text()).toBe(`tls.test:${plain.port} / -`);
    expect(await made.get(`https://tls.test:${secure.port}/`).text()).toBe(`tls.test:${secure.port} / -`);
    expect(proxy.credentials).toEqual(['me:s@crét:x', 'me:s@crét:x']);
  });

  test('a tunnel carries further requests', async () => {
    const target = await secureTarget();
    const proxy = await httpProxy({ names: inNames });
    const made = session({ proxy: `http://127.0.0.1:${proxy.port}` });
    for (let time = 0; time < 3; time++) await made.get(`https://tls.test:${target.port}/`);
    expect(proxy.asked).toHaveLength(1);
  });
});

describe('SOCKS5 proxies', () => {
  test('socks5: names are resolved here', async () => {
    const target = await secureTarget();
    const proxy = await socksProxy();
    const dns = { lookup: names({ 'tls.test': ['127.0.0.1'] }) };
    const made = session({ proxy: `socks5://127.0.0.1:${proxy.port}`, dns });
    expect(await made.get(`https://tls.test:${target.port}/`).text()).toContain('tls.test');
    expect(proxy.asked).toEqual([`127.0.0.1:${target.port}`]);
  });

  test('socks5h: names are resolved there', async () => {
    const target = await plainTarget();
    const proxy = await socksProxy({ names: inNames });
    const made = session({ proxy: `socks5h://127.0.0.1:${proxy.port}`, dns: { lookup: names({}) } });
    expect(await made.get(`http://tls.test:${target.port}/x`).text()).toBe(`tls.test:${target.port} /x -`);
    expect(proxy.asked).toEqual([`tls.test:${target.port}`]);
  });

  test('with a username and a password', async () => {
    const target = await plainTarget();
    const proxy = await socksProxy({ credentials: 'me:secret', names: inNames });
    const made = session({ proxy: `socks5h://me:secret@127.0.0.1:${proxy.port}` });
    expect((await made.get(`http://tls.test:${target.port}/`)).status).toBe(200);
    expect(proxy.credentials).toEqual(['me:secret']);
  });

  test('to an IPv6 address', async () => {
    const target = await listening(http.createServer(answer), '::1');
    const proxy = await socksProxy();
    const made = session({ proxy: `socks5://127.0.0.1:${proxy.port}` });
    expect((await made.get(`http://[::1]:${target.port}/`)).status).toBe(200);
    expect(proxy.asked).toEqual([`::1:${target.port}`]);
  });
});

describe('which requests go through it', () => {
  async function pair(): Promise<[Peer, ProxyPeer, ProxyPeer]> {
    return [await plainTarget(), await httpProxy(), await httpProxy()];
  }
  const url = ({ port }: Peer) => `http://127.0.0.1:${port}`;

  test('a call may name its own proxy, or none', async () => {
    const [target, one, two] = await pair();
    const made = session({ proxy: url(one) });
    const way = async (proxy?: string | false) =>
      (await made.get(url(target), proxy === undefined ? {} : { proxy })).trace.attempts[0]?.proxy;
    expect(await way(url(two))).toBe(url(two));
    expect(await way(false)).toBeUndefined();
    expect(await way()).toBe(url(one));
    expect([one.asked.length, two.asked.length]).toEqual([1, 1]);
  });

  test('a proxy that is used with a tunnel and without: never over one connection', async () => {
    const target = await plainTarget();
    const proxy = await httpProxy({ credentials: 'me:secret' });
    const at = `http://me:secret@127.0.0.1:${proxy.port}`;
    const made = session({ proxy: { urls: [at], tunnel: true } });
    expect(await made.get(url(target)).text()).toMatch(/ -$/);
    expect(await made.get(url(target), { proxy: at }).text()).toMatch(/ -$/);
    expect(proxy.asked).toEqual([`CONNECT 127.0.0.1:${target.port}`, `GET ${url(target)}/`]);
  });

  test('a call may name a proxy where the session has none', async () => {
    const [target, one] = await pair();
    await session({}).get(url(target), { proxy: url(one) });
    expect(one.asked).toHaveLength(1);
  });

  test('noProxy is asked directly', async () => {
    const [target, one] = await pair();
    await session({ proxy: { urls: [url(one)], noProxy: ['127.0.0.0/8'] } }).get(url(target));
    expect(one.asked).toEqual([]);
  });

  test('several take turns', async () => {
    const [target, one, two] = await pair();
    const made = session({ proxy: { urls: [url(one), url(two)] } });
    for (let time = 0; time < 4; time++) await made.get(url(target));
    expect([one.asked.length, two.asked.length]).toEqual([2, 2]);
  });

  test('one that cannot be reached rests, and the retry takes the other', async () => {
    const [target, one, two] = await pair();
    await new Promise((resolve) => one.server.close(resolve));
    const made = session({
      proxy: { urls: [url(one), url(two)], rotate: 'until-failure' },
      retry: { attempts: 2, backoff: { base: 1 } },
    });
    const response = await made.get(url(target));
    expect(response.trace.attempts.map(({ proxy, error }) => [proxy, error])).toEqual([
      [url(one), 'ERRAND_PROXY'],
      [url(two), undefined],
    ]);
    expect((await made.get(url(target))).trace.attempts).toHaveLength(1);
  });

  test("what the environment says, where 'env' is asked for", async () => {
    const [target, one] = await pair();
    const before = { ...process.env };
    onTestFinished(() => {
      process.env = before;
    });
    Object.assign(process.env, { HTTP_PROXY: url(one), http_proxy: '', NO_PROXY: 'localhost.', no_proxy: '' });
    const made = session({ proxy: 'env', dns: { lookup: names({ localhost: ['127.0.0.1'] }) } });
    await made.get(url(target));
    await made.get(`http://localhost:${target.port}/`);
    expect(one.asked).toHaveLength(1);
    await session({}).get(url(target));
    expect(one.asked).toHaveLength(1);
  });
});
