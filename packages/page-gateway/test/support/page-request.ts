// A page as callers ask for it who say nothing more, with what a test says.
import type { PageRequest } from '../../src/core/page-request.js';

export function pageRequest(url: string, change: Partial<PageRequest> = {}): PageRequest {
  return {
    ...{ url, method: 'GET', headers: [], body: undefined, cookies: undefined, referer: undefined, render: false },
    rendering: {
      ...{ waitForSelector: undefined, wait: 0, waitUntil: 'load', scenario: [], blocked: ['image', 'media', 'font'] },
      ...{ screenshot: false, screenshotFullPage: false, screenshotSelector: undefined },
      ...{ windowWidth: 1280, windowHeight: 800 },
    },
    ...{ format: 'html', extractRules: undefined, onlyMainContent: false, targetSelector: undefined },
    ...{ removeSelector: undefined, session: undefined, country: undefined, pool: undefined, device: 'desktop' },
    ...{ browser: undefined, locale: undefined, followRedirect: true, timeout: 10_000, retries: 2, retry404: false },
    ...{ maxBytes: 10 * 1024 * 1024, truncate: false, robots: 'obey', onCaptcha: 'fail', cacheTtl: 0 },
    ...{ transparentStatus: false, meta: undefined },
    ...change,
  };
}
