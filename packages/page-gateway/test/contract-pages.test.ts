// The interface as its callers know it, over HTTP and through nothing but the front door: addresses, names, defaults, headers
// and shapes of pages.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPageGateway, type PageGatewayService } from '@errand/page-gateway';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemIn } from './support/http-server.js';
import { pageHtml, startOrigin } from './support/origin.js';

let origin: Awaited<ReturnType<typeof startOrigin>>;
let gateway: PageGatewayService;
const data = mkdtempSync(join(tmpdir(), 'page-gateway-'));

beforeAll(async () => {
  origin = await startOrigin({ robots: 'User-agent: *\nDisallow: /status' });
  gateway = await createPageGateway({
    ...{ port: 0, data, allow: [origin.host], chromium: 'off', logLevel: 'silent' },
  });
}, 60_000);
afterAll(async () => {
  await gateway.close({ grace: 0 });
  await origin[Symbol.asyncDispose]();
  rmSync(data, { recursive: true });
});

type Query = Record<string, string>;

/** Asks for a page of the origin. */
function ask(path: string, query: Query = {}, init: RequestInit & { at?: string } = {}): Promise<Response> {
  const { at = '/v1/page', ...rest } = init;
  return fetch(`${gateway.url}${at}?${new URLSearchParams({ url: origin.url + path, ...query })}`, rest);
}

test.each(['/', '/v1/page'])('%s gives the HTML as it is, and tells how it came', async (at) => {
  const response = await ask('/page', {}, { at });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(await response.text()).toBe(pageHtml);
  const told = Object.fromEntries([...response.headers].filter(([name]) => name.startsWith('x-gateway-')));
  expect(told).toEqual({
    'x-gateway-status': '200',
    'x-gateway-final-url': `${origin.url}/page`,
    'x-gateway-attempts': '1',
    'x-gateway-engine': 'http',
    'x-gateway-identity': expect.any(String),
    'x-gateway-cache': 'miss',
    'x-gateway-blocked': 'false',
    'x-gateway-robots': 'allowed',
    'x-gateway-truncated': 'false',
    'x-gateway-elapsed-ms': expect.stringMatching(/^\d+$/),
    'x-gateway-request-id': expect.any(String),
  });
  expect(response.headers.get('x-target-content-type')).toBe('text/html; charset=utf-8');
});

test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])('%s and its body pass through to the target', async (method) => {
  const body = method === 'GET' ? null : `{"by":"${method}"}`;
  const headers = { 'content-type': 'application/json', 'x-forward-x-own': 'mine', 'x-own': 'not sent' };
  for (const at of ['/', '/v1/page']) {
    const echo = await (await ask('/echo', { use_headers: 'true' }, { at, method, body, headers })).json();
    expect([echo.method, echo.body]).toEqual([method, body ?? '']);
    expect(echo.headers).toMatchObject({ 'x-own': 'mine', ...(body && { 'content-type': 'application/json' }) });
  }
});

test('404 and 410 are pages that were got, as are an honest 401 and 403', async () => {
  for (const code of [404, 410, 401, 403]) {
    const response = await ask('/status', { code: String(code), robots: 'report' });
    expect(response.status).toBe(400);
  }
  for (const code of [404, 410, 401, 403]) {
    const url = `${origin.url}/status?code=${code}`;
    for (const transparent of [false, true]) {
      const query = new URLSearchParams({ url, robots: 'report', transparent_status_code: String(transparent) });
      const response = await fetch(`${gateway.url}/?${query}`);
      expect([code, response.status]).toEqual([code, transparent ? code : 200]);
      expect(response.headers.get('x-gateway-status')).toBe(String(code));
      expect(response.headers.get('x-gateway-robots')).toBe('disallowed');
    }
  }
});

test('robots.txt: obeyed by default, told of with report, not asked with ignore', async () => {
  const url = `${origin.url}/status?code=200`;
  const as = (robots: string) => fetch(`${gateway.url}/?${new URLSearchParams({ url, ...(robots && { robots }) })}`);
  const problem = await problemIn(await as(''));
  expect([problem.status, problem.code, problem.retryable]).toEqual([403, 'robots_disallowed', false]);
  expect((await as('report')).headers.get('x-gateway-robots')).toBe('disallowed');
  const ignored = await as('ignore');
  expect([ignored.status, ignored.headers.get('x-gateway-robots')]).toEqual([200, 'ignored']);
});

const words: ReadonlyArray<[name: string, aliases: string[], value: string]> = [
  ['wait_for_selector', ['wait_for'], 'h1'],
  ['wait', ['page_wait'], '1s'],
  ['js_scenario', ['actions'], '[{"wait": 5}]'],
  ['block_resources', ['block_resource'], 'image,font'],
  ['render', ['render_js', 'browser'], 'true'],
];

test.each(words)('%s and its other names ask for a browser, which is not here', async (name, aliases, value) => {
  for (const each of [name, ...aliases]) {
    const response = await ask('/page', { render: 'true', [each]: value });
    const problem = await problemIn(response);
    expect([problem.status, problem.code]).toEqual([400, 'bad_parameter']);
    expect(problem.detail).toMatch(/rendering is off/i);
  }
});

test('names and values that are wrong, aliases that disagree', async () => {
  const cases: Array<[Query, RegExp, string?]> = [
    [{ formt: 'text' }, /nearest known one is "format"/],
    [{ render: 'maybe' }, /^render: expected true, false or auto/],
    [{ retries: '-1' }, /^retries: expected/],
    [{ timeout: 'soon' }, /^timeout: expected/],
    [{ format: 'text', output_format: 'html' }, /disagree/],
    [{ session: 'a', session_id: 'b' }, /disagree/],
    [{ country: 'de' }, /country/],
    [{ premium: 'true' }, /proxy_pool|premium/],
    [{ meta: 'x'.repeat(1100) }, /^meta: expected/],
    [{ js_scenario: JSON.stringify(Array(51).fill({ wait: 1 })) }, /^js_scenario/],
  ];
  for (const [query, detail] of cases) {
    const problem = await problemIn(await ask('/page', query));
    expect([query, problem.status, problem.code]).toEqual([query, 400, 'bad_parameter']);
    expect(problem.detail).toMatch(detail);
  }
  const alike = await ask(
    '/page',
    { format: 'text', output_format: 'text' },
    { headers: { 'x-gateway-format': 'text' } },
  );
  expect(alike.status).toBe(200);
});

test('a parameter may be a header', async () => {
  const headers = {
    'x-gateway-url': `${origin.url}/page`,
    'x-gateway-output-format': 'links',
    'x-gateway-meta': '{"n":1}',
  };
  const response = await fetch(`${gateway.url}/v1/page`, { headers });
  expect(await response.json()).toEqual([]);
  expect(response.headers.get('x-gateway-meta')).toBe('{"n":1}');
  const root = await fetch(`${gateway.url}/`, { headers: { ...headers, accept: 'text/html' } });
  expect(root.status).toBe(200);
});

test('max_bytes: 413, or cut and marked', async () => {
  const url = `${origin.url}/big?bytes=5000`;
  const as = (query: Query) => fetch(`${gateway.url}/?${new URLSearchParams({ url, max_bytes: '1000', ...query })}`);
  const problem = await problemIn(await as({}));
  expect([problem.status, problem.code]).toEqual([413, 'too_large']);
  const cut = await as({ truncate: 'true', format: 'raw' });
  expect([cut.status, cut.headers.get('x-gateway-truncated')]).toEqual([200, 'true']);
  expect((await cut.arrayBuffer()).byteLength).toBe(1000);
});

test('a session keeps its identity and its cookies; cache_ttl serves a copy', async () => {
  const first = await ask('/cookie-wall', { session: 'one' });
  expect([first.status, first.headers.get('x-gateway-session')]).toEqual([200, 'one']);
  const again = await ask('/echo', { session_id: 'one' });
  expect((await again.json()).headers.cookie).toContain('seen=1');
  expect(again.headers.get('x-gateway-identity')).toBe(first.headers.get('x-gateway-identity'));
  expect((await ask('/page', { cache_ttl: '60000' })).headers.get('x-gateway-cache')).toBe('miss');
  expect((await ask('/page', { max_age: '1m' })).headers.get('x-gateway-cache')).toBe('hit');
});

test('redirects are followed unless that is not wanted', async () => {
  const followed = await ask('/to');
  expect([followed.status, followed.headers.get('x-gateway-final-url')]).toEqual([200, `${origin.url}/page`]);
  const shown = await ask('/to', { follow_redirect: 'false' });
  expect([shown.status, shown.headers.get('x-gateway-status')]).toEqual([200, '302']);
  expect(shown.headers.get('x-target-location')).toBe('/page');
});
