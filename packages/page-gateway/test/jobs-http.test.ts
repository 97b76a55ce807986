// Jobs over HTTP, on the whole service: what is taken in, what is refused before anything is, and what a call for a page makes
// of `async` and `callback`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createPageGateway } from '../src/gateway/gateway.js';
import { temporaryFolder } from './support/folder.js';
import { until } from './support/jobs.js';
import { page, site } from './support/site.js';

vi.setConfig({ testTimeout: 60_000 });

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what a service answers is looked at, not typed.
  readonly body: any;
  readonly headers: Headers;
}

async function service(data = temporaryFolder()) {
  const gateway = await createPageGateway({
    ...{ port: 0, data, allow: ['127.0.0.1'], chromium: 'off', logLevel: 'silent' },
  });
  open.push(gateway);
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const answer = await fetch(`${gateway.url}${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json(), headers: answer.headers };
  };
  return { gateway, call };
}

const open: Array<{ close(options: { grace: number }): Promise<void> }> = [];
let one: Awaited<ReturnType<typeof service>>;
beforeAll(async () => {
  one = await service(mkdtempSync(join(tmpdir(), 'page-gateway-')));
  // The first one loads everything that a gateway is made of.
}, 60_000);
afterEach(async () => {
  for (const gateway of open.splice(1)) await gateway.close({ grace: 0 });
});
afterAll(async () => {
  await one.gateway.close({ grace: 0 });
  rmSync(one.gateway.started.data, { recursive: true });
});

test('a job is taken in with 202, runs, and is read page by page', async () => {
  const { url, asked } = await site();
  const { call } = await service();
  const urls = ['/a#part', '/b', '/c'].map((path) => url + path);
  const made = await call(
    'POST',
    '/v1/jobs',
    { urls, output_format: 'text', meta: { n: 1 } },
    { 'x-gateway-timeout': '20s' },
  );
  expect([made.status, made.headers.get('location')]).toEqual([202, `/v1/jobs/${made.body.id}`]);
  const { callback_secret, ...job } = made.body;
  expect(callback_secret).toEqual(expect.any(String));
  expect(job).toEqual({
    ...{ id: expect.any(String), state: 'queued', total: 3, done: 0, failed: 0, meta: { n: 1 } },
    ...{ created: expect.any(String), updated: expect.any(String) },
  });
  const path = `/v1/jobs/${job.id}`;
  await until(async () =>
    expect((await call('GET', path)).body).toMatchObject({ state: 'finished', done: 3, failed: 0 }),
  );
  expect((await call('GET', path)).body).not.toHaveProperty('callback_secret');
  const first = await call('GET', `${path}/results?limit=2`);
  expect(first.body.results.map(({ index, url: each }: { index: number; url: string }) => [index, each])).toEqual([
    [0, `${url}/a`],
    [1, `${url}/b`],
  ]);
  expect(first.body.results[0]).toMatchObject({
    ok: true,
    status: 200,
    body: expect.stringMatching(/^Page \/a\n/),
    error: null,
  });
  expect(first.body.results[0].headers).not.toHaveProperty('transfer-encoding');
  const rest = await call('GET', `${path}/results?limit=5000&cursor=${first.body.next}`);
  expect([rest.body.results.length, rest.body.next]).toEqual([1, null]);
  expect([...asked].sort()).toEqual(['/a', '/b', '/c']);
});

test.each([
  ['nothing at all', '', 'url: expected the page to fetch'],
  ['no JSON', '{urls', 'body: expected a JSON object'],
  ['a list', [], 'body: expected a JSON object'],
  ['no URLs', { urls: [] }, 'urls: expected 1 to 50000 URLs, got 0'],
  ['too many URLs', { urls: Array(50_001).fill('http://a.test/') }, 'urls: expected 1 to 50000 URLs, got 50001'],
  ['URLs as text', { urls: 'http://a.test/' }, 'urls: expected a list of URLs'],
  [
    'a wrong URL among many',
    { urls: ['http://a.test/', 'http://b.test/', 'nope'] },
    'urls[2]: expected an absolute http or https URL, got "nope"',
  ],
  ['a URL that is no text', { urls: [7] }, 'urls[0]: expected an absolute http or https URL'],
  ['url and urls', { url: 'http://a.test/', urls: ['http://a.test/'] }, 'urls: give url or urls, not both'],
  [
    'an unknown name',
    { url: 'http://a.test/', formt: 'text' },
    '"formt" in the body is no parameter; the nearest known one is "format"',
  ],
  ['a wrong value', { urls: ['http://a.test/'], timeout: 'soon' }, 'timeout: expected'],
  [
    'a callback that is no URL',
    { url: 'http://a.test/', callback: 'ftp://a/' },
    'callback: expected an absolute http or https URL',
  ],
  ['aliases that disagree', { url: 'http://a.test/', format: 'text', output_format: 'html' }, 'disagree'],
  ['a long meta', { url: 'http://a.test/', meta: 'x'.repeat(2000) }, 'meta: expected'],
])('%s is refused with 400 before anything is taken in or counted', async (_name, body, part) => {
  const { call } = one;
  const { status, body: problem, headers } = await call('POST', '/v1/jobs', body);
  expect([status, problem.code, headers.get('content-type')]).toEqual([
    400,
    'bad_parameter',
    expect.stringContaining('application/problem+json'),
  ]);
  expect(problem.detail).toContain(part);
  expect((await call('GET', '/v1/usage')).body.quota.used).toBe(0);
});

test('fifty thousand URLs are taken in at once, and cancelled', async () => {
  const { url } = await site((request, response) => void setTimeout(() => page(request, response), 50));
  const { call } = await service();
  const urls = Array.from({ length: 50_000 }, (_, index) => `${url}/${index}`);
  const { status, body } = await call('POST', '/v1/jobs', { urls });
  expect([status, body.total]).toEqual([202, 50_000]);
  expect((await call('GET', '/v1/usage')).body.quota.used).toBe(50_000);
  const cancelled = await call('DELETE', `/v1/jobs/${body.id}`);
  expect([cancelled.status, cancelled.body.state]).toEqual([200, 'cancelled']);
  expect((await call('GET', '/v1/usage')).body.quota.used).toBeLessThan(1000);
});

test('a job belongs to its key, counts against its quota as a whole, and needs the scope for what it asks', async () => {
  const { url } = await site();
  const { gateway, call } = await service();
  const { keys } = gateway.rooms;
  const secretOf = async (name: string, options: object = {}) => ({
    'x-api-key': (await keys.add({ name, ...options }))!.secret,
  });
  const [a, b, admin] = [
    await secretOf('a', { quota: 3 }),
    await secretOf('b'),
    await secretOf('c', { scopes: ['admin'] }),
  ];
  const urls = [`${url}/1`, `${url}/2`];
  expect((await call('POST', '/v1/jobs', { urls })).body.code).toBe('bad_key');
  expect((await call('POST', '/v1/jobs', { urls, robots: 'ignore' }, b)).body.code).toBe('scope');
  const { body: job } = await call('POST', '/v1/jobs', { urls }, a);
  const over = await call('POST', '/v1/jobs', { urls }, a);
  expect([over.status, over.body.code]).toEqual([402, 'quota_exceeded']);
  expect((await call('GET', '/v1/usage', undefined, a)).body.quota).toEqual({ limit: 3, used: 2, remaining: 1 });
  for (const [method, path] of [
    ['GET', ''],
    ['GET', '/results'],
    ['DELETE', ''],
  ] as const) {
    expect(await call(method, `/v1/jobs/${job.id}${path}`, undefined, b)).toMatchObject({
      status: 404,
      body: { code: 'job_not_found' },
    });
  }
  expect((await call('GET', `/v1/jobs/${job.id}`, undefined, admin)).body.id).toBe(job.id);
  await until(async () => expect((await call('GET', `/v1/jobs/${job.id}`, undefined, a)).body.state).toBe('finished'));
  expect((await call('GET', '/v1/usage', undefined, a)).body.quota.used).toBe(2);
});

test('a call for a page with async or a callback is a job of one page, with its method and body', async () => {
  const posts: Array<{ readonly signature: string; readonly body: string }> = [];
  const { url } = await site((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString();
      if (request.url === '/hook') posts.push({ signature: String(request.headers['x-errand-signature']), body });
      response.writeHead(200, { 'content-type': 'text/plain' }).end(`${request.method} ${body}`);
    });
  });
  const { call } = await service();
  const query = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
  const made = await call('POST', `/v1/page?${query({ url: `${url}/form`, async: 'true', meta: '[1]' })}`, 'a=1', {
    'content-type': 'application/x-www-form-urlencoded',
  });
  expect([made.status, made.body.total, made.body.meta]).toEqual([202, 1, [1]]);
  const path = `/v1/jobs/${made.body.id}`;
  await until(async () => expect((await call('GET', path)).body.state).toBe('finished'));
  expect((await call('GET', `${path}/results`)).body.results[0]).toMatchObject({
    body: 'POST a=1',
    url: `${url}/form`,
  });
  const called = await call('GET', `/?${query({ url: `${url}/page`, callback: `${url}/hook` })}`);
  expect(called.status).toBe(202);
  await until(() => expect(posts).toHaveLength(1));
  const post = JSON.parse(posts[0]!.body);
  expect(post).toMatchObject({ id: called.body.id, state: 'finished', results: [{ ok: true, body: 'GET ' }] });
  expect(posts[0]!.signature).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/);
  expect((await call('GET', '/v1/usage')).body.quota.used).toBe(2);
});

test.each([
  ['limit=0', 'limit: expected'],
  ['limit=x', 'limit: expected'],
  ['cursor=-1', 'cursor: expected the "next"'],
])('results with %s are refused', async (query, part) => {
  const { call } = one;
  const { body } = await call('POST', '/v1/jobs', { url: 'http://10.0.0.1/' });
  const answer = await call('GET', `/v1/jobs/${body.id}/results?${query}`);
  expect([answer.status, answer.body.detail]).toEqual([400, expect.stringContaining(part)]);
});
