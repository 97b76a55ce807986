// Pages as the engines bring them, for the tests of formats and copies.
import type { Fetched } from '../src/core/engine.js';
import type { Page } from '../src/core/page.js';
import type { PageRequest } from '../src/core/page-request.js';

export function request(parts: Partial<PageRequest> = {}): PageRequest {
  return {
    url: 'https://site.example/dir/page',
    method: 'GET',
    headers: [],
    body: undefined,
    cookies: undefined,
    referer: undefined,
    render: false,
    rendering: {
      waitForSelector: undefined,
      wait: 0,
      waitUntil: 'load',
      scenario: [],
      blocked: ['image', 'media', 'font'],
      screenshot: false,
      screenshotFullPage: false,
      screenshotSelector: undefined,
      windowWidth: 1280,
      windowHeight: 800,
    },
    format: 'html',
    extractRules: undefined,
    onlyMainContent: false,
    targetSelector: undefined,
    removeSelector: undefined,
    session: undefined,
    country: undefined,
    pool: undefined,
    device: 'desktop',
    browser: undefined,
    locale: undefined,
    followRedirect: true,
    timeout: 60_000,
    retries: 2,
    retry404: false,
    maxBytes: 10 * 1024 ** 2,
    truncate: false,
    robots: 'obey',
    onCaptcha: 'fail',
    cacheTtl: 0,
    transparentStatus: false,
    meta: undefined,
    ...parts,
  };
}

export function page(
  body: string | Uint8Array,
  type: string | undefined = 'text/html; charset=utf-8',
  parts: Partial<Fetched> = {},
): Page {
  return {
    fetched: {
      engine: 'http',
      status: 200,
      headers: type === '' ? [] : [['content-type', type]],
      url: 'https://site.example/dir/page',
      history: [],
      body: typeof body === 'string' ? Buffer.from(body) : body,
      truncated: false,
      rendered: undefined,
      ...parts,
    },
    verdict: { kind: 'page', vendor: undefined, confidence: 1, evidence: [], retry: 'never' },
    attempts: [
      { engine: 'http', proxy: undefined, identity: 'chrome-126-windows-1', status: 200, verdict: 'page', ms: 5 },
    ],
    session: undefined,
    identity: 'chrome-126-windows-1',
    proxy: undefined,
    robots: 'allowed',
  };
}
