// Pages over HTTP: what passes through to the target, what comes back, and what the headers tell.
import { expect, test } from 'vitest';
import type { PageRequest } from '../src/core/page-request.js';
import { Problem, type ProblemCode, problems } from '../src/core/problem.js';
import { answerTo, keyedDoor, problemIn, startServer } from './support/http-server.js';

const target = encodeURIComponent('https://example.com/a');

test('both addresses give the page as it is, with the headers of the contract', async () => {
  await using started = await startServer();
  for (const path of ['/', '/v1/page', '/v1/page/']) {
    const response = await fetch(`${started.base}${path}?url=${target}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await response.text()).toBe('<h1>it</h1>');
    const own = [...response.headers].filter(([name]) => name.startsWith('x-gateway-'));
    expect(Object.fromEntries(own)).toEqual({
      'x-gateway-status': '200',
      'x-gateway-final-url': 'https://example.com/a',
      'x-gateway-attempts': '1',
      'x-gateway-engine': 'http',
      'x-gateway-identity': 'chrome-1',
      'x-gateway-cache': 'miss',
      'x-gateway-blocked': 'false',
      'x-gateway-robots': 'allowed',
      'x-gateway-truncated': 'false',
      'x-gateway-elapsed-ms': expect.stringMatching(/^\d+$/),
      'x-gateway-request-id': expect.stringMatching(/^[\w-]{36}$/),
    });
    expect(response.headers.get('x-target-content-type')).toBe('text/html; charset=utf-8');
  }
});

test('a page of a stranger may not act as one of this service', async () => {
  await using started = await startServer();
  const { headers } = await fetch(`${started.base}/?url=${target}`);
  expect(headers.get('content-security-policy')).toBe('sandbox');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('set-cookie')).toBeNull();
});

test('the method and the body pass through, with any content type or none', async () => {
  const seen: PageRequest[] = [];
  await using started = await startServer({
    answer: async (request) => {
      seen.push(request);
      return answerTo(request);
    },
  });
  const url = `${started.base}/?url=${target}`;
  await fetch(url, { method: 'POST', body: '{"a":', headers: { 'content-type': 'application/json' } });
  await fetch(url, { method: 'PUT', body: Buffer.from([0, 255]), headers: { 'content-type': 'x/y; z="ä"' } });
  await fetch(url, { method: 'PATCH', body: new Blob(['blob']) });
  await fetch(url, { method: 'DELETE' });
  await fetch(url, { method: 'POST' });
  const head = await fetch(url, { method: 'HEAD' });
  expect(head.status).toBe(200);
  expect(head.headers.get('x-gateway-status')).toBe('200');
  expect(
    seen.map(({ method, body }) => [method, body && Buffer.from(body.bytes).toString('hex'), body?.contentType]),
  ).toEqual([
    ['POST', Buffer.from('{"a":').toString('hex'), 'application/json'],
    ['PUT', '00ff', 'x/y; z="ä"'],
    ['PATCH', Buffer.from('blob').toString('hex'), undefined],
    ['DELETE', undefined, undefined],
    ['POST', undefined, undefined],
    ['HEAD', undefined, undefined],
  ]);
});

test('OPTIONS tells the methods, and opens the service to no other site', async () => {
  await using started = await startServer();
  const response = await fetch(`${started.base}/v1/page`, {
    method: 'OPTIONS',
    headers: { origin: 'https://evil.example' },
  });
  expect(response.status).toBe(204);
  expect(response.headers.get('allow')).toBe('GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS');
  expect(response.headers.get('access-control-allow-origin')).toBeNull();
});

test('parameters come by query and by header', async () => {
  const seen: PageRequest[] = [];
  await using started = await startServer({
    answer: async (request) => {
      seen.push(request);
      return answerTo(request);
    },
  });
  await fetch(`${started.base}/v1/page`, {
    headers: {
      'X-Gateway-Url': 'https://example.com/ä',
      'X-Gateway-Render-JS': 'auto',
      'x-gateway-wait_for': '.x',
      'X-Forward-Accept': 'a/b',
      'X-Gateway-Use-Headers': 'true',
    } as Record<string, string>,
  }).catch(() => undefined);
  await fetch(`${started.base}/v1/page?timeout=5s`, {
    headers: {
      'X-Gateway-Url': 'https://example.com/',
      'X-Gateway-Render-JS': 'auto',
      'x-gateway-wait_for': '.x',
      'X-Forward-Accept': 'a/b',
      'X-Gateway-Use-Headers': 'true',
    },
  });
  expect(seen.at(-1)).toMatchObject({
    url: 'https://example.com/',
    render: 'auto',
    timeout: 5000,
    headers: [['accept', 'a/b']],
  });
  expect(seen.at(-1)?.rendering.waitForSelector).toBe('.x');
});

test("the status is the target's own only where it is asked for", async () => {
  await using started = await startServer({
    answer: async (request) =>
      answerTo(request, { fetched: { status: Number(new URL(request.url).pathname.slice(1)) } }),
  });
  for (const status of [404, 410, 204, 304, 301, 503]) {
    const url = `${started.base}/?url=${encodeURIComponent(`https://example.com/${status}`)}`;
    const usual = await fetch(url);
    expect([usual.status, usual.headers.get('x-gateway-status')]).toEqual([200, String(status)]);
    const transparent = await fetch(`${url}&transparent_status_code=true`, { redirect: 'manual' });
    expect([transparent.status, transparent.headers.get('x-gateway-status')]).toEqual([status, String(status)]);
  }
});

test("the target's headers come back under X-Target-, clean, bounded, and without those of a connection", async () => {
  await using started = await startServer({
    answer: async (request) =>
      answerTo(request, {
        fetched: {
          headers: [
            ['Content-Type', 'text/html'],
            ['set-cookie', 'a=1'],
            ['set-cookie', 'b=2'],
            ['connection', 'close'],
            ['transfer-encoding', 'chunked'],
            ['keep-alive', 'timeout=5'],
            ['x-lines', 'a\r\nx-injected: 1'],
            ['x-wide', 'snow ☃ end'],
            ['bad name', 'x'],
            ['x-long', 'l'.repeat(5000)],
            ...Array.from({ length: 300 }, (_, index) => [`x-many-${index}`, 'm'.repeat(100)] as const),
            ['__proto__', 'x'],
          ],
        },
      }),
  });
  const { headers } = await fetch(`${started.base}/?url=${target}`);
  expect(headers.get('x-target-set-cookie')).toBe('a=1, b=2');
  expect(headers.get('set-cookie')).toBeNull();
  expect(headers.get('x-injected')).toBeNull();
  expect(headers.get('x-target-x-lines')).toBe('ax-injected: 1');
  expect(headers.get('x-target-x-wide')).toBe('snow  end');
  for (const name of ['connection', 'transfer-encoding', 'keep-alive', 'x-long'])
    expect(headers.get(`x-target-${name}`)).toBeNull();
  const size = [...headers].reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
  expect(size).toBeLessThan(16_000);
});

test('who went is told by ids, the final URL without credentials, and meta is echoed', async () => {
  await using started = await startServer({
    answer: async (request) =>
      answerTo(request, {
        fetched: { url: 'https://user:hush@example.com/b', truncated: true, engine: 'browser' },
        page: {
          session: 's-1',
          proxy: 'de-1',
          robots: 'disallowed',
          verdict: { kind: 'challenge', vendor: 'cloudflare', confidence: 1, evidence: [], retry: 'browser' },
        },
      }),
  });
  const meta = encodeURIComponent('{"a":"ö\u2028"}');
  const { headers } = await fetch(`${started.base}/?url=${target}&meta=${meta}`);
  expect(Object.fromEntries(headers)).toMatchObject({
    'x-gateway-final-url': 'https://example.com/b',
    'x-gateway-session': 's-1',
    'x-gateway-proxy': 'de-1',
    'x-gateway-robots': 'disallowed',
    'x-gateway-blocked': 'true',
    'x-gateway-engine': 'browser',
    'x-gateway-truncated': 'true',
  });
  expect(JSON.parse(headers.get('x-gateway-meta')!)).toEqual({ a: 'ö\u2028' });
});

test("a caller's own request id is kept where it is sane", async () => {
  await using started = await startServer();
  const idOf = async (id: string) =>
    (await fetch(`${started.base}/?url=${target}`, { headers: { 'x-request-id': id } })).headers.get(
      'x-gateway-request-id',
    );
  expect(await idOf('order-7.a')).toBe('order-7.a');
  expect(await idOf('not an id')).toMatch(/^[\w-]{36}$/);
});

const attempt = { engine: 'http', proxy: 'de-1', identity: 'i', status: 403, verdict: 'block', ms: 5 } as const;

test.each(Object.entries(problems))('a page that ends as %s is a problem of its status', async (code, [status]) => {
  await using started = await startServer({
    answer: async () => {
      throw new Problem(code as ProblemCode, 'Because.', {
        attempts: [attempt],
        retryAfter: 7,
        members: { vendor: 'x' },
      });
    },
  });
  const response = await fetch(`${started.base}/?url=${target}&meta=1`);
  expect(response.status).toBe(status);
  expect(response.headers.get('retry-after')).toBe('7');
  expect(response.headers.get('x-gateway-attempts')).toBe('1');
  expect(response.headers.get('x-gateway-meta')).toBe('1');
  expect(response.headers.get('x-gateway-request-id')).toMatch(/./);
  expect(await problemIn(response)).toMatchObject({
    code,
    status,
    detail: 'Because.',
    vendor: 'x',
    attempts: [attempt],
  });
});

test('what nobody foresaw is told to the log, not to the caller', async () => {
  await using started = await startServer({
    answer: async () => {
      throw new TypeError('secret inner thing at /srv/inside');
    },
  });
  const response = await fetch(`${started.base}/?url=${target}`);
  const problem = await problemIn(response);
  expect(problem).toMatchObject({ code: 'internal', status: 500 });
  expect(JSON.stringify(problem)).not.toMatch(/secret|srv|TypeError/);
  expect(started.lines.join('')).toContain('secret inner thing');
});

test('robots=ignore asks for its scope, and a wrong call costs nothing', async () => {
  const door = keyedDoor({ plain: [], special: ['ignore-robots'] });
  await using started = await startServer({ keys: door });
  const url = (key: string) => `${started.base}/?url=${target}&robots=ignore&auth_key=${key}`;
  expect(await problemIn(await fetch(url('plain')))).toMatchObject({ code: 'scope', status: 403 });
  expect((await fetch(url('special'))).status).toBe(200);
  expect(await problemIn(await fetch(`${started.base}/?auth_key=plain`))).toMatchObject({ code: 'bad_parameter' });
  expect(door.log).toEqual([
    'admit id-plain',
    'refund id-plain 1',
    'release id-plain',
    'admit id-special',
    'release id-special',
    'admit id-plain',
    'refund id-plain 1',
    'release id-plain',
  ]);
});

test('the limits of a key come before what is wrong with the call', async () => {
  const door = {
    ...keyedDoor({ k: [] }),
    admit: async () => Promise.reject(new Problem('quota_exceeded', 'All used.')),
  };
  await using started = await startServer({ keys: door });
  expect(await problemIn(await fetch(`${started.base}/?auth_key=k`))).toMatchObject({
    code: 'quota_exceeded',
    status: 402,
  });
});

test('async goes to the jobs, without the limits of a call', async () => {
  const door = keyedDoor({ k: [] });
  await using started = await startServer({
    keys: door,
    jobs: {
      accept: async (call, key, _request, reply) =>
        reply.code(202).send({ id: 'j', url: call.request.url, key: key.id, callback: call.callback }),
    },
  });
  const response = await fetch(`${started.base}/?url=${target}&callback=https://c.example/&auth_key=k`);
  expect(response.status).toBe(202);
  expect(await response.json()).toEqual({
    id: 'j',
    url: 'https://example.com/a',
    key: 'id-k',
    callback: 'https://c.example/',
  });
  expect(door.log).toEqual([]);
});

test('more calls at once than the service bears are turned away', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let begun = () => {};
  const started1 = new Promise<void>((resolve) => {
    begun = resolve;
  });
  await using started = await startServer({
    bounds: { calls: 1 },
    answer: async (request) => {
      begun();
      await held;
      return answerTo(request);
    },
  });
  const first = fetch(`${started.base}/?url=${target}`);
  await started1;
  const second = await fetch(`${started.base}/?url=${target}`);
  expect(second.headers.get('retry-after')).toBe('1');
  expect(await problemIn(second)).toMatchObject({ code: 'overloaded', retryable: true });
  release();
  expect((await first).status).toBe(200);
});
