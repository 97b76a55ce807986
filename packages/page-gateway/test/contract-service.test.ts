// The interface as its callers know it, through the command line and HTTP alone: keys and their limits, usage, the operator's
// views, jobs and callbacks, errors, flags and variables.
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { started, typed } from './support/command.js';
import { temporaryFolder } from './support/folder.js';
import { problemIn } from './support/http-server.js';
import { until } from './support/jobs.js';
import { startOrigin } from './support/origin.js';

vi.setConfig({ testTimeout: 90_000 });

async function originOf() {
  const origin = await startOrigin();
  onTestFinished(() => origin[Symbol.asyncDispose]());
  return origin;
}

async function serve(words: string[], env: Record<string, string> = {}): Promise<string> {
  const service = started(['serve', ...words], env);
  await until(() => expect(service.out() + service.err()).toContain('  try '));
  return /address +(\S+?)\/\n/.exec(service.out())![1]!;
}

async function key(data: string, name: string, ...words: string[]): Promise<string> {
  const { code, out, err } = await typed(['keys', 'add', name, '--data', data, ...words]);
  expect([code, err]).toEqual([0, expect.any(String)]);
  return out.trim();
}

const pageOf = (base: string, url: string, query: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  fetch(`${base}/v1/page?${new URLSearchParams({ url, ...query })}`, { headers });

test('flags by their variables; allow is what may be asked, and no more', async () => {
  const [origin, other] = [await originOf(), await originOf()];
  const data = temporaryFolder();
  writeFileSync(
    join(data, 'proxies.txt'),
    '# none of these is asked\nhttp://user:secret@127.0.0.1:9 country=de pool=premium id=de-1\n',
  );
  const base = await serve([], {
    PAGE_GATEWAY_PORT: '0',
    PAGE_GATEWAY_HOST: '127.0.0.1',
    PAGE_GATEWAY_DATA: data,
    PAGE_GATEWAY_ALLOW: origin.host,
    PAGE_GATEWAY_PROXIES: join(data, 'proxies.txt'),
    PAGE_GATEWAY_HOST_CONCURRENCY: '2',
    PAGE_GATEWAY_HOST_DELAY: '1ms',
    PAGE_GATEWAY_ROBOTS_DEFAULT: 'report',
    PAGE_GATEWAY_CHROMIUM: 'off',
    PAGE_GATEWAY_RENDER_CONCURRENCY: '1',
    PAGE_GATEWAY_LOG_LEVEL: 'silent',
  });
  const { proxies } = await (await fetch(`${base}/v1/proxies`)).json();
  expect(proxies).toEqual([
    {
      ...{ id: 'de-1', url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:9\/?$/), state: expect.any(String) },
      ...{ labels: expect.objectContaining({ country: 'de', pool: 'premium' }), successes: 0 },
      ...{ failures: expect.any(Number), latencyMs: null, lastError: expect.toSatisfy(() => true) },
    },
  ]);
  const forbidden = await problemIn(await pageOf(base, `${other.url}/page`));
  expect([forbidden.status, forbidden.code]).toEqual([403, 'target_forbidden']);
  const nowhere = await problemIn(await pageOf(base, `${origin.url}/page`, { country_code: 'fr' }));
  expect([nowhere.status, nowhere.code]).toEqual([400, 'bad_parameter']);
  expect(other.asked).toEqual([]);
});

test('keys: every way to bring one, limits, usage, scopes', async () => {
  const origin = await originOf();
  const data = temporaryFolder();
  const base = await serve(['--port', '0', '--data', data, '--allow', origin.host, '--chromium', 'off']);
  expect(await (await fetch(`${base}/v1/usage`)).json()).toMatchObject({ scopes: expect.arrayContaining(['admin']) });
  const mine = await key(data, 'mine', '--rpm', '60', '--concurrency', '10', '--quota', '7');
  const admin = await key(data, 'boss', '--scope', 'admin,ignore-robots');
  const url = `${origin.url}/page`;
  await until(async () => expect((await pageOf(base, url)).status).toBe(401));
  const refused = await problemIn(await pageOf(base, url, { auth_key: 'pgk_wrong' }));
  expect([refused.status, refused.code]).toEqual([401, 'bad_key']);
  for (const name of ['auth_key', 'key', 'api_key', 'token']) {
    expect((await pageOf(base, url, { [name]: mine })).status).toBe(200);
  }
  expect((await pageOf(base, url, {}, { authorization: `Bearer ${mine}` })).status).toBe(200);
  expect((await pageOf(base, url, {}, { 'x-api-key': mine })).status).toBe(200);
  const usage = await (await fetch(`${base}/v1/usage`, { headers: { 'x-api-key': mine } })).json();
  expect(usage).toEqual({
    ...{ name: 'mine', scopes: [], quota: { limit: 7, used: 6, remaining: 1 } },
    ...{ rate: { rpm: 60, remaining: expect.any(Number) }, concurrency: { limit: 10, inUse: 0 } },
  });
  const scoped = await problemIn(await pageOf(base, url, { robots: 'ignore', key: mine }));
  expect([scoped.status, scoped.code]).toEqual([403, 'scope']);
  expect((await pageOf(base, url, { robots: 'ignore', key: admin })).status).toBe(200);
  expect((await pageOf(base, url, { key: mine })).status).toBe(200);
  const over = await problemIn(await pageOf(base, url, { key: mine }));
  expect([over.status, over.code]).toEqual([402, 'quota_exceeded']);
  for (const path of ['/v1/proxies', '/v1/hosts', '/v1/tickets']) {
    expect((await fetch(base + path)).status).toBe(401);
    const lacking = await problemIn(await fetch(base + path, { headers: { 'x-api-key': mine } }));
    expect([lacking.status, lacking.code]).toEqual([403, 'scope']);
  }
  const { hosts } = await (await fetch(`${base}/v1/hosts`, { headers: { 'x-api-key': admin } })).json();
  expect(hosts).toEqual([{ host: origin.host, requests: 8, ok: 8, blocked: 0, bans: [] }]);
  const waiting = await fetch(`${base}/v1/tickets`, { headers: { 'x-api-key': admin } });
  expect(await waiting.json()).toEqual({ tickets: [] });
  for (const path of ['/healthz', '/readyz', '/metrics', '/docs', '/openapi.json']) {
    expect([path, (await fetch(base + path)).status]).toEqual([path, 200]);
  }
});

test('a bucket that is empty, and one call at a time: 429 with Retry-After', async () => {
  const origin = await originOf();
  const data = temporaryFolder();
  const slow = await key(data, 'slow', '--rpm', '2');
  const one = await key(data, 'one', '--concurrency', '1');
  const base = await serve(['--port', '0', '--data', data, '--allow', origin.host, '--chromium', 'off']);
  const url = `${origin.url}/page`;
  for (const _ of [1, 2]) expect((await pageOf(base, url, { key: slow })).status).toBe(200);
  const fast = await pageOf(base, url, { key: slow });
  expect(Number(fast.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await problemIn(fast)).code).toBe('rate_limited');
  const leaving = new AbortController();
  const first = fetch(`${base}/?${new URLSearchParams({ key: one, url: `${origin.url}/silent` })}`, leaving).catch(
    () => {},
  );
  await until(() => expect(origin.asked.some((each) => each.url === '/silent')).toBe(true));
  const second = await pageOf(base, url, { key: one });
  expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await problemIn(second)).code).toBe('concurrency');
  leaving.abort();
  await first;
  await until(async () => expect((await pageOf(base, url, { key: one })).status).toBe(200));
});

test('problems of targets, each with its status, code and tries', async () => {
  const origin = await originOf();
  const base = await serve(['--port', '0', '--data', temporaryFolder(), '--allow', '127.0.0.1', '--chromium', 'off']);
  const cases: Array<[path: string, query: Record<string, string>, status: number, code: string, retryable: boolean]> =
    [
      ['/block', {}, 423, 'blocked', true],
      ['/challenge', {}, 423, 'blocked', true],
      ['/captcha', {}, 424, 'captcha_required', false],
      ['/silent', { timeout: '300' }, 504, 'timeout', true],
      ['/reset', { retries: '0' }, 502, 'upstream', true],
      ['/badly-packed', { retries: '0' }, 502, 'upstream', false],
      ['/echo', { format: 'markdown' }, 422, 'unprocessable_document', false],
    ];
  for (const [path, query, status, code, retryable] of cases) {
    const response = await pageOf(base, origin.url + path, query);
    const problem = await problemIn(response);
    expect([path, problem.status, problem.code, problem.retryable]).toEqual([path, status, code, retryable]);
    const attempts = problem.attempts as object[];
    expect(attempts.length).toBeGreaterThan(0);
    for (const attempt of attempts) {
      expect(Object.keys(attempt).sort()).toEqual(['engine', 'identity', 'ms', 'proxy', 'status', 'verdict']);
    }
  }
  const gone = await startOrigin();
  await gone[Symbol.asyncDispose]();
  const away = await problemIn(await pageOf(base, gone.url, { retries: '0' }));
  expect([away.status, away.code]).toEqual([502, 'upstream']);
  const returned = await pageOf(base, `${origin.url}/captcha`, { on_captcha: 'return' });
  expect([
    returned.status,
    returned.headers.get('x-gateway-status'),
    returned.headers.get('x-gateway-blocked'),
  ]).toEqual([...[200, '403', 'true']]);
  // Whoever asks that host now would have to wait, too; so this comes last.
  const rated = await pageOf(base, `${origin.url}/rate?times=9&after=100`);
  expect([rated.status, Number(rated.headers.get('retry-after'))]).toEqual([503, expect.toSatisfy((s) => s > 90)]);
  expect((await problemIn(rated)).code).toBe('target_rate_limited');
  const missing = await problemIn(await fetch(`${base}/v1/jobs/none`));
  expect([missing.status, missing.code]).toEqual([404, 'job_not_found']);
});

test('a job, its results and its signed callback', async () => {
  const origin = await originOf();
  const posts: Array<{ headers: IncomingHttpHeaders; body: string }> = [];
  const receiver = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    posts.push({ headers: request.headers, body });
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void receiver.close());
  const callback = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/done`;
  const base = await serve(['--port', '0', '--data', temporaryFolder(), '--allow', '127.0.0.1', '--chromium', 'off']);
  const urls = ['/page', '/block', '/page?3'].map((path) => origin.url + path);
  const body = JSON.stringify({ urls, callback, format: 'text', retries: 0, meta: { order: 7 } });
  const made = await fetch(`${base}/v1/jobs`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  });
  expect(made.status).toBe(202);
  const { callback_secret: secret, ...job } = await made.json();
  await until(() => expect(posts).toHaveLength(1));
  const [post] = posts as [(typeof posts)[0]];
  const [, t, v1] = /^t=(\d+),v1=([0-9a-f]+)$/.exec(String(post.headers['x-errand-signature']))!;
  expect(v1).toBe(createHmac('sha256', secret).update(`${t}.${post.body}`).digest('hex'));
  const told = await (await fetch(`${base}/v1/jobs/${job.id}`)).json();
  expect(told).toEqual({
    ...{ id: job.id, state: 'finished', total: 3, done: expect.any(Number), failed: 1, meta: { order: 7 } },
    ...{ created: expect.any(String), updated: expect.any(String) },
  });
  const { results, next } = await (await fetch(`${base}/v1/jobs/${job.id}/results?limit=2`)).json();
  expect(results.map(({ index, url, ok }: { index: number; url: string; ok: boolean }) => [index, url, ok])).toEqual([
    [0, urls[0], true],
    [1, urls[1], false],
  ]);
  expect(results[1].error).toMatchObject({ code: 'blocked', status: 423 });
  const rest = await (await fetch(`${base}/v1/jobs/${job.id}/results?cursor=${next}`)).json();
  expect([rest.results.length, rest.next]).toEqual([1, null]);
  expect(JSON.parse(post.body)).toMatchObject({
    id: job.id,
    state: 'finished',
    meta: { order: 7 },
    results: [{}, {}, {}],
  });
  const one = await pageOf(base, urls[0]!, { async: 'true' });
  expect([one.status, (await one.json()).total]).toEqual([202, 1]);
});
