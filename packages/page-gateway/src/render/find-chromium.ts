// Finds a Chromium that is on this machine, and asks it for its version. It never downloads, installs or launches one.
import { execFile } from 'node:child_process';
import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** A Chromium that may be launched. */
export interface Chromium {
  readonly path: string;
  /** e.g. '126.0.6478.126'. */
  readonly version: string;
  /** Google's own build calls itself Google Chrome where others call themselves Chromium. */
  readonly google: boolean;
}

/** Why there is none, in words for the operator. */
export interface NoChromium {
  readonly missing: string;
}

const names = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** Milliseconds that `--version` may take. */
const patience = 15_000;

/**
 * The Chromium that `option` names ('off': none), else `CHROMIUM_PATH`, Debian's headless shell or Chromium, Google Chrome,
 * or one that Playwright has downloaded.
 */
export async function findChromium(
  option?: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Chromium | NoChromium> {
  if (option === 'off') return { missing: 'it is switched off (--chromium off)' };
  const named = option ?? environment.CHROMIUM_PATH;
  if (named !== undefined && named !== '') {
    const from = option === undefined ? 'CHROMIUM_PATH' : '--chromium';
    const found = isExecutable(named) ? await identify(named) : undefined;
    return found ?? { missing: `${from} names ${named}, which cannot be run` };
  }
  for (const path of candidates(environment)) {
    const found = isExecutable(path) ? await identify(path) : undefined;
    if (found !== undefined) return found;
  }
  return { missing: 'no Chromium is installed (apt-get install chromium-headless-shell, or set CHROMIUM_PATH)' };
}

function* candidates(environment: Readonly<Record<string, string | undefined>>): Generator<string> {
  const folders = ['/usr/bin', ...(environment.PATH ?? '').split(delimiter).filter((folder) => folder !== '')];
  for (const name of names) for (const folder of folders) yield join(folder, name);
  if (process.platform === 'darwin') {
    for (const root of ['/Applications', join(homedir(), 'Applications')]) {
      yield join(root, 'Google Chrome.app/Contents/MacOS/Google Chrome');
      yield join(root, 'Chromium.app/Contents/MacOS/Chromium');
    }
  }
  if (process.platform === 'win32') {
    const { ProgramFiles, 'ProgramFiles(x86)': older, LOCALAPPDATA } = environment;
    for (const root of [ProgramFiles, older, LOCALAPPDATA]) {
      if (root !== undefined) yield join(root, 'Google/Chrome/Application/chrome.exe');
    }
  }
  yield* downloaded(environment);
}

/** Those of Playwright, newest first, the headless shell before the whole browser. */
function* downloaded(environment: Readonly<Record<string, string | undefined>>): Generator<string> {
  const cache = { darwin: 'Library/Caches', win32: 'AppData/Local' }[process.platform as string] ?? '.cache';
  const root = environment.PLAYWRIGHT_BROWSERS_PATH || join(homedir(), cache, 'ms-playwright');
  for (const kind of ['chromium_headless_shell-', 'chromium-']) {
    const builds = entries(root).filter((name) => name.startsWith(kind));
    builds.sort((a, b) => Number(b.slice(kind.length)) - Number(a.slice(kind.length)));
    for (const build of builds) {
      for (const folder of entries(join(root, build))) {
        for (const name of ['headless_shell', 'chrome-headless-shell', 'chrome', 'chrome.exe']) {
          yield join(root, build, folder, name);
        }
      }
    }
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** What is at the path says its own name and version, without opening a window. */
function identify(path: string): Promise<Chromium | undefined> {
  return new Promise((resolve) => {
    execFile(path, ['--version'], { timeout: patience, windowsHide: true }, (_error, stdout) => {
      const [, version] = /(\d+\.\d+\.\d+\.\d+)/.exec(stdout) ?? [];
      resolve(version === undefined ? undefined : { path, version, google: /Google Chrome/.test(stdout) });
    });
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
