// Launches one Chromium and ends it: every process, folder and connection of it. It has no way out but the filtering proxy,
// resolves no names itself, and never outlives this process.
import { accessSync, constants, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { within } from './ending.js';
import { engineBrowser } from './engine-browser.js';
import type { Chromium } from './find-chromium.js';
import { loadPlaywright } from './playwright.js';
import { groupOf, killGroup, memoryOf } from './process-group.js';

/** Milliseconds from the start of the process to its readiness. */
const launchTimeout = 20_000;
/** Milliseconds that a browser has to end by itself. */
const closeTimeout = 4_000;
const runner = fileURLToPath(new URL('../../bin/run-chromium.sh', import.meta.url));

/** Chromium heeds the last of each of its lists of features alone: so what Playwright asks for stands in ours too. */
const features = {
  on: [
    'CDPScreenshotNewSurface',
    'SkipListAccountsWithoutGaiaCookies',
    // The network's own process has the rights of the browser's (it is in no sandbox here), so it keeps nobody out: one process
    // and a dozen megabytes less, and no way between the two for each request. No page can tell.
    'NetworkServiceInProcess2',
  ],
  off: [
    'AvoidUnnecessaryBeforeUnloadCheckSync',
    'DestroyProfileOnBrowserClose',
    'HttpsUpgrades',
    'HttpsFirstBalancedModeAutoEnable',
    'LensOverlay',
    'MediaRouter',
    'PaintHolding',
    'ThirdPartyStoragePartitioning',
    'AvoidCorsURLLoaderRestartOnRedirect',
    'TcpPortRandomizationWin',
    'OptimizationHints',
    'NetworkTimeServiceQuerying',
    'AimEnabled',
    'PreconnectToSearch',
    'msForceBrowserSignIn',
    'msEdgeUpdateLaunchServicesPreferredVersion',
    // Each thread keeps less of what it has freed: half a megabyte in each page's process, which lives no longer than the page.
    'PartitionAllocLargeThreadCacheSize',
  ],
} as const;

const quiet = [
  `--enable-features=${features.on.join(',')}`,
  `--disable-features=${features.off.join(',')}`,
  '--disable-gpu',
  '--disable-software-rasterizer',
  '--disable-quic',
  '--disable-domain-reliability',
  '--disable-notifications',
  '--disable-speech-api',
  '--disable-file-system',
  '--deny-permission-prompts',
  '--no-pings',
  '--block-new-web-contents',
  // A quarter less memory for each page; what scripts do stays as quick as a page's life is long. What loading left behind
  // is collected a second after the page has come to rest, instead of eight: a megabyte for each page that stays.
  '--js-flags=--optimize-for-size,--gc-memory-reducer-start-delay-ms=1000',
  // Names are the filtering proxy's to resolve, and nothing leaves beside it.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  '--proxy-bypass-list=<-loopback>',
  '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
  '--webrtc-ip-handling-policy=disable_non_proxied_udp',
];

/** A browser that runs. */
export class Running {
  readonly browser: Browser;
  readonly startedAt = performance.now();
  /** The group of its processes. */
  readonly group: number;
  readonly #folder: string;
  #closing: Promise<void> | undefined;

  constructor(browser: Browser, group: number, folder: string) {
    this.browser = browser;
    this.group = group;
    this.#folder = folder;
    keep(folder);
  }

  /** Bytes that its processes hold; undefined where the system does not tell. */
  memory(): number | undefined {
    return memoryOf(this.group);
  }

  /** Ends it at once; whatever it does fails. */
  kill(): void {
    killGroup(this.group);
  }

  /** When it resolves, its processes and folders are gone. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const ended = this.browser.close();
    if (!(await within(ended, closeTimeout))) {
      this.kill();
      await within(ended, closeTimeout);
    }
    const until = performance.now() + closeTimeout;
    while (this.memory() !== undefined && performance.now() < until) {
      this.kill();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await remove(this.#folder);
    forget(this.#folder);
  }
}

/** @param proxy The address of the filtering proxy. */
export async function launch(chromium: Chromium, proxy: string): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'page-gateway-browser-'));
  const wrapped = process.platform !== 'win32' && isExecutable(runner);
  const root = process.getuid?.() === 0;
  try {
    const options = {
      executablePath: wrapped ? runner : chromium.path,
      args: [...quiet, `--user-agent=${engineBrowser(chromium).userAgent}`, ...(root ? ['--no-sandbox'] : [])],
      ignoreDefaultArgs: ['--disable-popup-blocking', '--enable-unsafe-swiftshader'],
      proxy: { server: proxy },
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      timeout: launchTimeout,
      env: environment(folder, chromium.path),
      // Not among the published options: where downloads would go, which is to be removed with the rest.
      artifactsDir: folder,
    };
    const playwright = await loadPlaywright();
    const browser = await playwright.chromium.launch(options);
    try {
      return new Running(browser, await groupOfBrowser(browser), folder);
    } catch (error) {
      await within(browser.close(), closeTimeout);
      throw error;
    }
  } catch (error) {
    await remove(folder);
    throw error;
  }
}

async function groupOfBrowser(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const pid = processInfo.find(({ type }) => type === 'browser')?.id;
  if (pid === undefined) throw new Error('the browser does not tell its process');
  return groupOf(pid) ?? pid;
}

/** Folders of browsers that run: a program that exits without closing them leaves none behind. */
const folders = new Set<string>();

function keep(folder: string): void {
  if (folders.size === 0) process.on('exit', sweep);
  folders.add(folder);
}

function forget(folder: string): void {
  folders.delete(folder);
  if (folders.size === 0) process.off('exit', sweep);
}

/** Playwright has ended the processes by then. */
function sweep(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** What the browser is told of its surroundings: nothing that is ours. */
function environment(folder: string, path: string): Record<string, string> {
  const told: Record<string, string> = { HOME: folder, TMPDIR: folder, PAGE_GATEWAY_BROWSER: path };
  for (const name of [
    'PATH',
    'LANG',
    'LC_ALL',
    'TZ',
    'FONTCONFIG_PATH',
    'FONTCONFIG_FILE',
    'SystemRoot',
    'LOCALAPPDATA',
  ]) {
    const value = process.env[name];
    if (value !== undefined) told[name] = value;
  }
  return told;
}

function remove(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => {});
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
