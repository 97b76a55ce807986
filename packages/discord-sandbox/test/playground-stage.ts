// A sandbox with a real discord.js bot and a real Chromium on its playground. Where there is no Chromium the tests say so:
// they fail on CI, and are reported as skipped, with the reason, elsewhere.
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, expect, type TestContext, test } from 'vitest';
import { findChromium, launchOptions, requireChromium } from '../../../scripts/chromium.mjs';
import { type Sandbox, type SandboxOptions, startSandbox } from '../src/index.js';
import { type Bot, playgroundBot } from './playground-bot.js';

const executable = findChromium();
const built = new URL('../dist/page/index.html', import.meta.url);
let browser: Promise<Browser> | undefined;

export interface Stage extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly bot: Bot;
  /** A browser of its own, with nothing remembered, on the playground. */
  open(options?: BrowserContextOptions): Promise<Playground>;
}

export class Playground {
  readonly page: Page;
  readonly composer: Locator;
  readonly log: Locator;

  constructor(page: Page) {
    this.page = page;
    this.composer = page.getByRole('combobox', { name: /^Message / });
    this.log = page.getByRole('log');
  }

  /** Key by key, as a person types. */
  async type(text: string): Promise<void> {
    await this.composer.focus();
    await this.page.keyboard.type(text);
  }

  async send(text: string): Promise<void> {
    await this.type(text);
    await this.page.keyboard.press('Enter');
  }

  get last(): Locator {
    return this.log.getByRole('article').and(this.page.locator('.message')).last();
  }

  /** Waits until the newest message says this. */
  async said(text: string): Promise<void> {
    await expect.poll(() => this.last.textContent().catch(() => ''), { timeout: 10_000 }).toContain(text);
  }
}

export function browserTest(name: string, run: (stage: Stage) => Promise<void>, options: SandboxOptions = {}): void {
  afterAll(closeBrowser);
  test(name, async (context) => {
    requirePlayground(context);
    await using stage = await openStage(options);
    await run(stage);
  });
}

function requirePlayground(context: TestContext): void {
  if (!existsSync(built)) throw new Error('The playground page is not built: run `npm run build` first.');
  requireChromium(executable, context);
}

async function openStage(options: SandboxOptions): Promise<Stage> {
  browser ??= chromium.launch(launchOptions(executable!));
  const launched = await browser;
  const sandbox = await startSandbox(options);
  const bot = await playgroundBot(sandbox);
  const troubles: string[] = [];
  const closing: Array<() => Promise<void>> = [];
  return {
    sandbox,
    bot,
    async open(context) {
      const own = await launched.newContext({ viewport: { width: 1280, height: 800 }, ...context });
      closing.push(() => own.close());
      own.setDefaultTimeout(10_000);
      const page = await own.newPage();
      page.on('pageerror', (error) => troubles.push(String(error)));
      page.on('console', (message) => {
        // A refused policy, a broken script. A connection that is refused is what some tests are about.
        if (message.type() === 'error' && !message.text().includes('ERR_CONNECTION_REFUSED'))
          troubles.push(message.text());
      });
      await page.goto(sandbox.url);
      const playground = new Playground(page);
      await playground.composer.waitFor();
      return playground;
    },
    async [Symbol.asyncDispose]() {
      for (const close of closing) await close();
      await bot[Symbol.asyncDispose]();
      await sandbox.close();
      expect(troubles).toEqual([]);
    },
  };
}

/** With the last test of a file: the next file in this process has another one. */
async function closeBrowser(): Promise<void> {
  const launched = browser;
  browser = undefined;
  await (await launched)?.close();
}
