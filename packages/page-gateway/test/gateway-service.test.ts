// The whole service as a program makes it: real rooms, real sockets, an origin on loopback.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { Writable } from 'node:stream';
import {
  createPageGateway,
  PageGateway,
  PageGatewayError,
  type PageGatewayServiceOptions,
  type PageResult,
} from '@errand/page-gateway';
import { Session } from 'errand';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from './support/folder.js';
import { problemIn } from './support/http-server.js';

let origin: Server;
let site: string;
const asked: string[] = [];

const pages: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
  '/page': (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html', 'x-own': 'yes', 'set-cookie': 'a=1' });
    response.end('<!doctype html><title>T</title><main><h1>Hello</h1><p>Some words that people read.</p></main>');
  },
  '/missing': (_request, response) => {
    response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>There is no such page here</h1>');
  },
  '/echo': (request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece) => pieces.push(piece));
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const { method, headers } = request;
      response.end(JSON.stringify({ method, headers, body: Buffer.concat(pieces).toString() }));
    });
  },
  '/large': (_request, response) => response.writeHead(200, { 'content-type': 'text/plain' }).end('x'.repeat(5000)),
  '/challenge': (_request, response) => {
    response
      .writeHead(403, { 'cf-mitigated': 'challenge', server: 'cloudflare', 'content-type': 'text/html' })
      .end('<title>Just a moment...</title>');
  },
  '/slow': () => {},
  '/rate': (_request, response) => {
    response.writeHead(429, { 'retry-after': '30', 'content-type': 'text/html' }).end('<h1>Too many requests</h1>');
  },
};

beforeAll(async () => {
  origin = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?', 1);
    asked.push(path);
    const page = pages[path];
    if (page) return page(request, response);
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  site = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
});

afterAll(() => {
  origin.closeAllConnections();
  origin.close();
});

/** Where nobody listens. */
async function closedAddress(): Promise<string> {
  const server = createSocketServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

async function start(options: PageGatewayServiceOptions = {}) {
  const data = temporaryFolder();
  const lines: string[] = [];
  const logTo = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const gateway = await createPageGateway({ port: 0, data, chromium: 'off', allow: ['127.0.0.1'], logTo, ...options });
  return {
    gateway,
    lines,
    data,
    url: gateway.url!,
    of: (path: string, rest = '') => `${gateway.url}/?url=${encodeURIComponent(site + path)}${rest}`,
    [Symbol.asyncDispose]: () => gateway.close({ grace: 0 }),
  };
}

test('a page over HTTP, from the first byte to the last', async () => {
  await using started = await start();
  const response = await fetch(started.of('/page'));
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('<h1>Hello</h1>');
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'x-gateway-status': '200',
    'x-gateway-final-url': `${site}/page`,
    'x-gateway-engine': 'http',
    'x-gateway-cache': 'miss',
    'x-gateway-robots': 'allowed',
    'x-gateway-attempts': '1',
    'x-target-x-own': 'yes',
    'x-target-set-cookie': 'a=1',
  });
  expect(asked).toContain('/robots.txt');
  const missing = await fetch(started.of('/missing'));
  expect([missing.status, missing.headers.get('x-gateway-status')]).toEqual([200, '404']);
});

test.each([
  ['/page', 'format=xml', 400, 'bad_parameter'],
  ['/page', 'render=true', 400, 'bad_parameter'],
  ['/challenge', 'retries=0', 423, 'blocked'],
  ['/large', 'max_bytes=1000', 413, 'too_large'],
  ['/large', 'format=markdown&max_bytes=1000', 413, 'too_large'],
  ['/echo', 'format=markdown', 422, 'unprocessable_document'],
  ['/slow', 'timeout=300', 504, 'timeout'],
  ['/rate', 'timeout=5s', 503, 'target_rate_limited'],
])('%s with %s', async (path, query, status, code) => {
  await using started = await start();
  const problem = await problemIn(await fetch(started.of(path, `&${query}`)));
  expect(problem).toMatchObject({ status, code });
});

test('what is private is forbidden, what is not there is upstream', async () => {
  await using started = await start({ allow: [] });
  expect(await problemIn(await fetch(started.of('/page')))).toMatchObject({ code: 'target_forbidden', status: 403 });
  await using open = await start();
  const nobody = encodeURIComponent(await closedAddress());
  expect(await problemIn(await fetch(`${open.url}/?url=${nobody}&retries=0`))).toMatchObject({
    code: 'upstream',
    status: 502,
  });
});

test('copies are served while they are young, to one flight', async () => {
  await using started = await start();
  const url = started.of('/page', '&cache_ttl=1h');
  const first = await Promise.all([fetch(url), fetch(url), fetch(url)]);
  expect(first.every(({ status }) => status === 200)).toBe(true);
  const count = asked.filter((path) => path === '/page').length;
  const again = await fetch(url);
  expect(again.headers.get('x-gateway-cache')).toBe('hit');
  expect(await again.text()).toContain('Hello');
  expect(asked.filter((path) => path === '/page').length).toBe(count);
});

test('the client gets a page, its facts, and errors of its own', async () => {
  await using started = await start();
  await using client = new PageGateway({ url: started.url });
  const page = await client.page(`${site}/page`, { format: 'markdown', meta: { order: 7 } });
  expect(page).toMatchObject({
    status: 200,
    url: `${site}/page`,
    engine: 'http',
    attempts: 1,
    cache: 'miss',
    robots: 'allowed',
    meta: { order: 7 },
  });
  expect(page.text).toContain('# Hello');
  expect(page.headers.get('x-own')).toBe('yes');
  expect((await client.page(`${site}/page`, { extractRules: { title: 'h1' } })).json()).toEqual({ title: 'Hello' });
  expect((await client.page(`${site}/missing`)).status).toBe(404);
  const echo = await client.page(`${site}/echo`, {
    method: 'POST',
    body: '{"q":1}',
    contentType: 'application/json',
    headers: { 'X-Own': 'mine' },
    cookies: { theme: 'dark' },
    format: 'raw',
  });
  expect(echo.json()).toMatchObject({
    method: 'POST',
    body: '{"q":1}',
    headers: { 'x-own': 'mine', cookie: 'theme=dark', 'content-type': 'application/json' },
  });
  const refused = await client.page(`${site}/challenge`, { retries: 0 }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(PageGatewayError);
  expect(refused).toMatchObject({
    code: 'blocked',
    status: 423,
    attempts: [{ status: 403 }],
    members: { vendor: 'cloudflare' },
  });
  expect((refused as PageGatewayError).requestId).toMatch(/./);
  await expect(client.page('nonsense')).rejects.toMatchObject({ code: 'bad_parameter', members: { parameter: 'url' } });
  expect(await client.usage()).toMatchObject({ name: 'open', scopes: ['admin', 'ignore-robots'] });
});

test('the client can go by a session that is given, which stays open', async () => {
  await using started = await start();
  await using session = new Session({ userAgent: 'ours/1', timeout: '1s' });
  await using client = new PageGateway({ url: `${started.url}/`, session });
  const { html, engine } = await client.page(`${site}/page`);
  expect([html.includes('Hello'), engine]).toEqual([true, 'http']);
  await client.close();
  expect(session.closed).toBe(false);
});

test('the tries of a problem have all of their members, and the client has them as they were', async () => {
  await using started = await start();
  const { attempts } = await problemIn(await fetch(started.of('/slow', '&timeout=200')));
  expect(attempts).toEqual([
    {
      engine: 'http',
      proxy: null,
      identity: expect.any(String),
      status: null,
      verdict: expect.any(String),
      ms: expect.any(Number),
    },
  ]);
  await using client = new PageGateway({ url: started.url });
  const error = await client.page(`${site}/slow`, { timeout: 200 }).catch((error: unknown) => error);
  expect((error as PageGatewayError).attempts).toMatchObject([{ proxy: undefined, status: undefined }]);
});

test('the same page in this process is the same page', async () => {
  await using started = await start();
  await using client = new PageGateway({ url: started.url });
  const options = { locale: 'de-DE', identity: 'firefox' } as const;
  const [over, here] = [
    await client.page(`${site}/page`, options),
    await started.gateway.page(`${site}/page`, options),
  ];
  const plain = ({ requestId, elapsed, identity, bytes, headers, json, ...rest }: PageResult) => ({
    ...rest,
    bytes: Buffer.from(bytes).toString(),
    own: headers.get('x-own'),
  });
  expect(plain(here)).toEqual(plain(over));
  await expect(started.gateway.page(`${site}/challenge`, { retries: 0 })).rejects.toMatchObject({
    code: 'blocked',
    status: 423,
  });
});

test('a call that is ended by its signal ends at the gateway, too', async () => {
  await using started = await start();
  await using client = new PageGateway({ url: started.url });
  for (const source of [client, started.gateway]) {
    const controller = new AbortController();
    const call = source.page(`${site}/slow`, { signal: controller.signal, robots: 'ignore' });
    await expect.poll(() => started.gateway.rooms.calls.inFlight).toBe(1);
    controller.abort();
    await expect(call).rejects.toThrow();
    await expect.poll(() => started.gateway.rooms.calls.inFlight).toBe(0);
  }
});

test('a gateway that is away, and one that is none', async () => {
  await using away = new PageGateway({ url: await closedAddress() });
  await expect(away.page('https://example.com/')).rejects.toMatchObject({
    name: 'PageGatewayError',
    code: 'unreachable',
    status: 0,
  });
  await using other = new PageGateway({ url: site });
  await expect(other.page('https://example.com/')).rejects.toMatchObject({ code: 'unexpected_answer', status: 404 });
});

test('with keys: who has none is refused, and the client brings its own', async () => {
  await using started = await start();
  const made = await started.gateway.rooms.keys.add({ name: 'bot', rpm: 2, quota: 100 });
  expect((await fetch(started.of('/page'))).status).toBe(401);
  await using client = new PageGateway({ url: started.url, key: made!.secret });
  await client.page(`${site}/page`);
  await client.page(`${site}/page`);
  await expect(client.page(`${site}/page`)).rejects.toMatchObject({
    code: 'rate_limited',
    status: 429,
    retryable: true,
    retryAfter: expect.any(Number),
  });
  expect(await client.usage()).toMatchObject({ name: 'bot', quota: { limit: 100, used: 2, remaining: 98 } });
  await started.gateway.close({ grace: 0 });
  expect(started.lines.join('')).not.toContain(made!.secret);
});

test('without keys others are not listened to', async () => {
  await expect(start({ host: '0.0.0.0' })).rejects.toThrow(/host: others could ask at 0\.0\.0\.0.*keys add/);
});

test('a wrong option and a taken port are told, and leave nothing behind', async () => {
  await expect(start({ port: 70_000 })).rejects.toThrow(/port: expected a whole number from 0 to 65535, got 70000/);
  await expect(start({ proxies: '/nowhere/proxies.txt' })).rejects.toThrow(/nowhere/);
  await using started = await start();
  await expect(start({ port: started.gateway.port! })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('it can do without a socket', async () => {
  await using started = await start({ port: false });
  expect(started.gateway.started).toMatchObject({
    url: undefined,
    keys: false,
    proxies: 0,
    chromium: undefined,
    data: started.data,
  });
  expect((await started.gateway.page(`${site}/page`)).html).toContain('Hello');
});

test('closing lets what is under way end, and is done once', async () => {
  await using started = await start();
  const { gateway } = started;
  const call = fetch(started.of('/slow'));
  await expect.poll(() => gateway.rooms.calls.inFlight).toBe(1);
  const [one, two] = [gateway.close({ grace: 50 }), gateway.close()];
  expect(one).toBe(two);
  expect(await problemIn(await call)).toMatchObject({ code: 'overloaded', status: 503 });
  await one;
  await expect(gateway.page(`${site}/page`)).rejects.toMatchObject({ code: 'overloaded' });
});
