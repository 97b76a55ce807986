// Whatever leaves a session to be looked at (errors of every class, traces, stats, events, warnings, the metrics page,
// requests and responses that are printed) shows none of the secrets that were sent.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import type * as errand from 'errand';
import { ErrandError, prometheus, Session, type SessionOptions } from 'errand';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refusedPort, requestHead, serve, serveRaw, type TestServer } from './support/server.js';

const secret = 'S3CRET';
const channels = ['request', 'attempt', 'connection', 'queue'].flatMap((what) =>
  ['start', 'end', 'error', 'open', 'close', 'wait', 'leave'].map((event) => `errand:${what}:${event}`),
);
const shown: string[] = [];
const seen = new Set<string>();
const show = (thing: unknown) => {
  shown.push(inspect(thing, { depth: 12, showHidden: true }), JSON.stringify(thing) ?? '', String(thing));
  if (thing instanceof Error) shown.push(thing.stack ?? '');
  if (thing instanceof ErrandError) seen.add(thing.code);
};
const onEvent = (event: unknown) => show(event);
const onWarning = (warning: Error) => show(warning);

let server: TestServer;
let session: Session;
const options: SessionOptions = {
  guard: { allow: ['127.0.0.1', 'localhost'] },
  retry: 1,
  breaker: false,
  cookies: true,
  headers: { 'x-api-key': `${secret}-header` },
  credentials: { '127.0.0.1': { headers: { 'x-signed': `${secret}-credential` } } },
  timeout: { total: 5_000 },
  middleware: {
    request: [
      (next) => (request) => {
        show(request);
        return next(request);
      },
    ],
  },
};

beforeAll(async () => {
  for (const name of channels) subscribe(name, onEvent);
  process.on('warning', onWarning);
  server = await serve((request, response) => {
    const { pathname } = new URL(request.url as string, server.url);
    response.setHeader('set-cookie', `session=${secret}-cookie`);
    if (pathname === '/json') response.setHeader('content-type', 'application/json').end('{"a": 1, }');
    else if (pathname === '/null') response.setHeader('content-type', 'application/json').end('null');
    else if (pathname === '/redirect')
      response.writeHead(302, { location: `http://u:${secret}@127.0.0.1:${server.port}/x?auth=${secret}` }).end();
    else if (pathname === '/circle') response.writeHead(302, { location: request.url }).end();
    else if (pathname === '/status') response.writeHead(404).end('no');
    else if (pathname === '/zip') response.setHeader('content-encoding', 'gzip').end('no gzip');
    else if (pathname === '/slow') setTimeout(() => response.end('late'), 2_000).unref();
    else response.end('fine');
  });
  session = new Session(options);
});
afterAll(async () => {
  await session.close({ grace: 0 });
  await server[Symbol.asyncDispose]();
  for (const name of channels) unsubscribe(name, onEvent);
  process.off('warning', onWarning);
});

const query = ['token', 'api_key', 'X-Amz-Signature', 'password', 'client_secret', 'auth', 'code', 'sig', 'to%6ben']
  .map((name) => `${name}=${secret}`)
  .join('&');
const at = (path: string, port = server.port, scheme = 'http') =>
  `${scheme}://user:${secret}-password@127.0.0.1:${port}${path}?${query}&page=2#${secret}-fragment`;

async function failing(what: PromiseLike<unknown>): Promise<void> {
  const error = await what.then(
    () => new Error('it went well'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  expect((error as Error).message).not.toBe('it went well');
  show(error);
  for (let cause = (error as Error).cause; cause !== undefined; cause = (cause as Error).cause) show(cause);
}

test('what goes well shows nothing, and was sent', async () => {
  const response = await session.post(at('/fine'), { json: { password: `${secret}-body` } });
  show(response);
  show(response.trace);
  show(response.history);
  show(session.get(at('/fine')));
  await using stream = await session.stream(at('/fine'));
  show(stream);
  show(stream.trace);
  for await (const _ of stream);
  show(session);
  show(session.stats());
  shown.push(prometheus(session.stats()));
  const [sent] = server.requests;
  expect(sent?.headers).toMatchObject({ 'x-api-key': `${secret}-header`, 'x-signed': `${secret}-credential` });
  expect(sent?.headers.authorization).toBe(`Basic ${Buffer.from(`user:${secret}-password`).toString('base64')}`);
  expect(sent?.url).toContain(`token=${secret}`);
});

test('neither do errors of any class', async () => {
  const get = (path: string, more: errand.RequestOptions = {}) => failing(session.get(at(path), more));
  await get('/status');
  await get('/redirect', { redirect: { max: 0 } });
  await get('/circle');
  await get('/zip');
  await get('/fine', { maxBodySize: 2 });
  await failing(session.get(at('/json')).json());
  await failing(session.get(at('/fine')).extract({ a: 'b' }));
  await failing(session.get(at('/fine')).json());
  const never = {
    '~standard': { version: 1, vendor: 'x', validate: () => ({ issues: [{ message: 'no' }] }) },
  } as const;
  await failing(session.get(at('/null')).json(never));
  await get('/slow', { timeout: { total: 30 } });
  await get('/slow', { timeout: { headers: 30 } });
  await get('/slow', { signal: AbortSignal.timeout(20) });
  await failing(session.get(at('/', await refusedPort())));
  await failing(session.get(at('/', server.port, 'https')));
  await failing(session.get(at('/').replace('127.0.0.1', '10.1.2.3')));
  await failing(session.get(at('/').replace('127.0.0.1', 'no-such-name.invalid'), { guard: false }));
  await failing(session.get(at('/'), { proxy: `http://proxy:${secret}@127.0.0.1:${await refusedPort()}` }));
  await using garbage = await serveRaw(async (socket) => {
    await requestHead(socket);
    socket.end('nothing like HTTP');
  });
  await failing(session.get(at('/', garbage.port)));
  await using rude = await serveRaw(async (socket) => {
    await requestHead(socket);
    socket.resetAndDestroy();
  });
  await failing(session.get(at('/', rude.port)));
  await using refusing = await serveRaw(async (socket) => {
    await requestHead(socket);
    socket.end('HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n');
  });
  const proxy = `http://proxy:${secret}@127.0.0.1:${refusing.port}`;
  await failing(session.get(at('/', 1, 'https'), { proxy }));
  await failing(session.get(at('/'), { proxy }));
  await using small = session.extend({ limits: { '*': { concurrency: 1, rate: '1/h' } } });
  await small.get(at('/fine'));
  await failing(small.get(at('/fine'), { timeout: 50 }));
  await using full = new Session({ ...options, maxQueued: 0, limits: { '*': { concurrency: 1 } } });
  const first = full.get(at('/slow'), { timeout: 100 });
  await failing(full.get(at('/slow')));
  await failing(first);
  await full.close();
  await failing(full.get(at('/fine')));
  await failing(session.fetch(at('/fine')));
  await failing(
    session.fetch(
      at('/')
        .replace(/user.*@/, '')
        .replace(`${server.port}`, '1'),
    ),
  );
  await using broken = new Session({ ...options, breaker: { minimumRequests: 1, failureRate: 0.1 } });
  await failing(broken.get(at('/', rude.port)));
  await failing(broken.get(at('/', rude.port)));
});

test('nor mistakes in a call', async () => {
  const call = (make: () => unknown) => failing(new Promise((resolve) => resolve(make())));
  for (const url of [
    `http://u:${secret}@ho st/`,
    `http:/u:${secret}@[/`,
    `u:${secret}@host`,
    `http://u:x/${secret}@ho st`,
  ])
    await call(() => session.get(url));
  await call(() => session.get(`http://ho st/?token=${secret}`));
  await call(() => session.get(at('/'), { headers: { authorization: `Bearer ${secret}\n`, 'x-key': `${secret}\nb` } }));
  await call(() => session.get(at('/'), { credentials: { bearer: `${secret}\r\nX: y` } }));
  await call(() => session.get(at('/'), { proxy: `nonsense://u:${secret}@host` }));
  await call(() => new Session({ proxy: `http://u:${secret}@ho st` }));
  await call(() => new Session({ baseUrl: `ftp://u:${secret}@host` }));
});

test('all of the above, and all of the family', () => {
  const leaks = shown.filter(
    (text) => text.includes(secret) || text.includes(Buffer.from(`user:${secret}`).toString('base64').slice(0, 12)),
  );
  expect(leaks).toEqual([]);
  expect(shown.some((text) => text.includes('page=2'))).toBe(true);
  expect([...seen].sort()).toEqual(
    ['ABORTED', 'BLOCKED_ADDRESS', 'BODY_TOO_LARGE', 'CIRCUIT_OPEN', 'CONNECT', 'CONTENT_TYPE', 'DECODE', 'DISCONNECTED', 'DNS',
      'HTTP_STATUS', 'PARSE', 'PROTOCOL', 'PROXY', 'QUEUE_FULL', 'RATE_LIMIT', 'REDIRECT', 'SESSION_CLOSED', 'TIMEOUT', 'TLS',
      'VALIDATION'].map((code) => `ERRAND_${code}`),
  ); // biome-ignore format: a list
});
