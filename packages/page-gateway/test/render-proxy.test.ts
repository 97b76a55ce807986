// The visitor's proxy carries everything that the browser asks for, https, plain http and WebSockets alike; its credentials
// are shown to nobody else; and who has no business with the filtering proxy gets nothing through it.
import http from 'node:http';
import { connect } from 'node:net';
import { CookieJar } from 'errand';
import { describe, expect, test } from 'vitest';
import { httpProxy, socksProxy } from '../../errand/test/support/proxies.js';
import type { ProxyServer } from '../src/core/proxy-server.js';
import { Filter } from '../src/render/filter.js';
import { forFile, forTest, guardedSession, none, rigOf, site, visitorOf } from './render-stage.js';

const origin = forFile(
  await site({
    '/': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(`<script>
        const socket = new WebSocket("ws://127.0.0.1:${origin.port}/socket");
        socket.onclose = () => fetch("/fetched").then(() => { document.body.id = "done" });
      </script><img src=/image><iframe src=/frame></iframe>`);
    },
    '*': '<p>other</p>',
  }),
);
const session = guardedSession([origin.port]);
const rig = none ? undefined : forFile(rigOf(session));
const { visit, engine } = rig ?? ({} as NonNullable<typeof rig>);

function proxyServer(url: string): ProxyServer {
  return { id: 'p', url, shown: url.replace(/\/\/.*@/, '//'), country: undefined, pool: undefined, labels: {} };
}

describe.skipIf(none)('the visitor’s proxy', () => {
  test.each(['http', 'socks5'])('%s carries everything', async (scheme) => {
    const options = { credentials: 'user:secret' };
    const proxy = await (scheme === 'http' ? httpProxy(options) : socksProxy(options));
    const visitor = visitorOf(engine, { proxy: proxyServer(`${scheme}://user:secret@127.0.0.1:${proxy.port}`) });
    const before = origin.seen.length;
    const rendering = { waitForSelector: '#done', blocked: [] };
    const fetched = await visit(origin.url(), { rendering }, { visitor });
    expect(Buffer.from(fetched.body).toString()).toContain('id="done"');
    const came = origin.seen.slice(before);
    expect(came.map(({ url }) => url).sort()).toEqual(['/', '/fetched', '/frame', '/image', '/socket']);
    for (const { headers } of came) {
      expect(Object.keys(headers).filter((name) => name.startsWith('proxy-'))).toEqual([]);
    }
    // Everything that the origin heard came from the proxy.
    const asked = proxy.asked.join('\n');
    if (scheme === 'http') {
      for (const path of ['/', '/image', '/frame', '/fetched']) expect(asked).toContain(`GET ${origin.url(path)}`);
      expect(asked).toContain(`CONNECT 127.0.0.1:${origin.port}`);
    } else {
      expect(proxy.asked.length).toBeGreaterThanOrEqual(2);
    }
    expect(new Set(proxy.credentials)).toEqual(new Set(['user:secret']));
  });

  test('that is gone is named without its credentials', async () => {
    const visitor = visitorOf(engine, {
      proxy: proxyServer('http://user:secret@127.0.0.1:9'),
      cookies: new CookieJar(),
    });
    const error = await visit(origin.url(), {}, { visitor }).catch((reason: Error) => reason);
    expect(error).toMatchObject({ code: 'ERRAND_PROXY' });
    expect(String(error)).not.toContain('secret');
  });
});

describe('the filtering proxy', () => {
  const ask = async (address: string, fields: Record<string, string>) => {
    const { hostname: host, port } = new URL(address);
    return new Promise<number | undefined>((resolve, reject) => {
      http
        .get({ host, port, path: origin.url('/secret'), headers: fields }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
        .on('error', reject);
    });
  };

  test('lets through who shows the credentials of a visit, while it lasts', async () => {
    const filter = forTest(new Filter());
    const passage = filter.open({ session, proxy: undefined, maxBytes: 1e6, exceeded: () => {} });
    const address = await filter.address();
    const pair = Buffer.from(`${passage.username}:${passage.password}`).toString('base64');
    const before = origin.seen.length;
    expect(await ask(address, {})).toBe(407);
    expect(await ask(address, { 'proxy-authorization': 'Basic eDp5' })).toBe(407);
    expect(origin.seen.length).toBe(before);
    expect(await ask(address, { 'proxy-authorization': `Basic ${pair}` })).toBe(200);
    filter.shut(passage);
    expect(await ask(address, { 'proxy-authorization': `Basic ${pair}` })).toBe(407);
    expect(origin.seen.length).toBe(before + 1);
  });

  test('tunnels nothing for strangers', async () => {
    const filter = forTest(new Filter());
    const { hostname, port } = new URL(await filter.address());
    const socket = connect(Number(port), hostname);
    socket.write(`CONNECT 127.0.0.1:${origin.port} HTTP/1.1\r\nHost: x\r\n\r\n`);
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 407 /);
  });
});
