// A service with its dashboard in a real Chromium. Where there is no Chromium the tests say so: they fail on CI, and are
// reported as skipped, with the reason, elsewhere. A page that its own policy or a script's error stops fails the test.
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, expect, onTestFinished, type TestContext } from 'vitest';
import { findChromium, launchOptions, requireChromium } from '../../../scripts/chromium.mjs';
import { type ServiceOptions, service } from './support/dashboard.js';

const executable = findChromium();
const built = new URL('../dist/page/index.html', import.meta.url);
let browser: Promise<Browser> | undefined;

/** For a file whose tests share a browser, which is closed after the last of them. */
export function sharedBrowser(): void {
  afterAll(async () => {
    const launched = browser;
    browser = undefined;
    await (await launched)?.close();
  });
}

export function requireDashboard(context: TestContext): void {
  if (!existsSync(built)) throw new Error("The dashboard's page is not built: run `npm run build` first.");
  requireChromium(executable, context);
}

/** What Chromium says of what a target's page wanted, and of answers that are no 2xx, is what tests are about. */
const expected =
  /srcdoc|violates the following Content Security Policy.*(base-uri|style-src|default-src)|Failed to load resource|is sandboxed/;

export async function dashboard(options: ServiceOptions = {}) {
  const started = await service(options);
  browser ??= chromium.launch(launchOptions(executable as string));
  const launched = await browser;
  const troubles: string[] = [];
  const open = async (place = '', context: BrowserContextOptions = {}): Promise<Page> => {
    const own = await launched.newContext({
      viewport: { width: 1280, height: 800 },
      reducedMotion: 'reduce',
      ...context,
    });
    onTestFinished(() => own.close());
    own.setDefaultTimeout(15_000);
    const page = await own.newPage();
    page.on('pageerror', (error) => troubles.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' && !expected.test(message.text())) troubles.push(message.text());
    });
    await page.goto(`${started.url}/${place}`);
    return page;
  };
  onTestFinished(() => expect(troubles).toEqual([]));
  return { ...started, open };
}
