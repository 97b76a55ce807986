// Callers of hosted APIs change the host and the key: what such a caller sends as a matter of course is understood as it was
// meant, one test an API.
import { expect, test } from 'vitest';
import type { PageRequest } from '../src/core/page-request.js';
import { readPageRequest } from '../src/parameters/read.js';
import { answerTo, startServer } from './support/http-server.js';

const target = 'https://shop.example/items?page=2';

/** Sends the query as that API's client would, and gives what the gateway is asked for by it. */
async function understood(at: string, query: Record<string, string>, init: RequestInit = {}): Promise<PageRequest> {
  let asked: PageRequest | undefined;
  await using server = await startServer({
    answer: async (request) => {
      asked = request;
      return answerTo(request);
    },
  });
  const response = await fetch(`${server.base}${at}?${new URLSearchParams({ url: target, ...query })}`, init);
  expect([response.status, await response.text()]).toEqual([200, expect.any(String)]);
  if (asked === undefined) throw new Error('nothing was asked for');
  expect(asked.url).toBe(target);
  return asked;
}

test('the ScraperAPI way: api_key, country_code, premium, session_number, device_type, keep_headers', async () => {
  const request = await understood(
    '/',
    {
      ...{ api_key: 'KEY', country_code: 'de', premium: 'true', session_number: '123', device_type: 'mobile' },
      ...{ keep_headers: 'true', follow_redirect: 'false', retry_404: 'true', output_format: 'markdown' },
    },
    { headers: { 'x-forward-x-own': 'mine' } },
  );
  expect(request).toMatchObject({
    ...{ country: 'de', pool: 'premium', session: '123', device: 'mobile', headers: [['x-own', 'mine']] },
    ...{ followRedirect: false, retry404: true, format: 'markdown', render: false },
  });
});

test('the ScraperAPI way: render with wait_for_selector, screenshot', async () => {
  const request = await understood('/', {
    api_key: 'KEY',
    render: 'true',
    wait_for_selector: '#items',
    screenshot: 'true',
  });
  expect(request).toMatchObject({ render: true, format: 'screenshot', rendering: { waitForSelector: '#items' } });
});

test('the ScrapingBee way: render_js, wait, wait_for, js_scenario, extract_rules, block_resources, session_id', async () => {
  const query = { api_key: 'KEY', render_js: 'true', wait: '5000', wait_for: '.item', block_resources: 'false' };
  const request = await understood('/v1/page', {
    ...{ ...query, session_id: '7', country_code: 'fr', window_width: '1920', window_height: '1080' },
    ...{ extract_rules: '{"title": "h1"}', device: 'desktop', transparent_status_code: 'true', cookies: 'a=1;b=2' },
    js_scenario: '[{"click": "#more"}, {"wait": 500}]',
  });
  expect(request).toMatchObject({
    ...{ render: true, session: '7', country: 'fr', extractRules: { title: 'h1' }, transparentStatus: true },
    rendering: {
      ...{ wait: 5000, waitForSelector: '.item', blocked: [], windowWidth: 1920, windowHeight: 1080 },
      scenario: [{ click: '#more' }, { wait: 500 }],
    },
  });
  expect(request.cookies?.replaceAll(' ', '')).toBe('a=1;b=2');
});

test('the ScrapingBee way: screenshots of the page and of an element, forward_headers', async () => {
  expect(await understood('/', { api_key: 'KEY', screenshot_full_page: 'true' })).toMatchObject({
    ...{ render: true, format: 'screenshot', rendering: { screenshotFullPage: true } },
  });
  expect(await understood('/', { api_key: 'KEY', screenshot_selector: '#price' })).toMatchObject({
    ...{ format: 'screenshot', rendering: { screenshotSelector: '#price' } },
  });
  const headers = { 'x-forward-accept-language': 'pl' };
  expect((await understood('/', { api_key: 'KEY', forward_headers: 'True' }, { headers })).headers).toEqual([
    ['accept-language', 'pl'],
  ]);
});

test('the ZenRows way: wait_for, wait, session_id, block_resources as a list, output_format', async () => {
  const request = await understood('/', {
    ...{ token: 'KEY', render_js: '1', wait_for: '.price', wait: '2500', session_id: '4711' },
    ...{ block_resources: 'image,media,font', output_format: 'text' },
  });
  expect(request).toMatchObject({
    ...{ render: true, session: '4711', format: 'text' },
    rendering: { waitForSelector: '.price', wait: 2500, blocked: ['image', 'media', 'font'] },
  });
});

test('the Zyte way: browser, actions, a POST that passes through', async () => {
  const request = await understood(
    '/v1/page',
    { key: 'KEY', browser: 'true', actions: '[{"wait_for": "h1"}, {"scroll": 1000}]' },
    { method: 'POST', body: '{"q":1}', headers: { 'content-type': 'application/json' } },
  );
  expect(request).toMatchObject({
    ...{ render: true, method: 'POST', rendering: { scenario: [{ wait_for: 'h1' }, { scroll: 1000 }] } },
    body: { contentType: 'application/json' },
  });
});

test('the Crawlbase way: token, page_wait, async, callback', () => {
  const read = (query: Record<string, string>) =>
    readPageRequest({ query: new URLSearchParams({ url: target, token: 'KEY', ...query }) });
  const rendered = read({ page_wait: '3000', country: 'us', device: 'mobile' });
  expect([rendered.key, rendered.request]).toMatchObject([
    'KEY',
    { render: true, rendering: { wait: 3000 }, country: 'us' },
  ]);
  expect(read({ async: 'true' })).toMatchObject({ async: true, callback: undefined });
  expect(read({ callback: 'https://me.example/done' })).toMatchObject({
    async: true,
    callback: 'https://me.example/done',
  });
});

test('the Jina and Firecrawl way: target_selector, remove_selector, only_main_content, max_age, headers as parameters', async () => {
  const headers = {
    'x-gateway-target-selector': 'main',
    'x-gateway-remove-selector': 'nav, .ad',
    authorization: 'Bearer KEY',
  };
  const request = await understood(
    '/',
    { format: 'markdown', only_main_content: 'true', max_age: '3600000' },
    { headers },
  );
  expect(request).toMatchObject({
    ...{ format: 'markdown', onlyMainContent: true, cacheTtl: 3_600_000, targetSelector: 'main' },
    removeSelector: 'nav, .ad',
  });
});
