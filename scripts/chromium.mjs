// Finds a Chromium that is already on this machine, and says how to launch it. It never downloads or installs anything.
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const names = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const places = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    join(homedir(), 'Applications/Google Chrome.app/Contents/MacOS/Google Chrome'),
  ],
  win32: [process.env.ProgramFiles, process.env['ProgramFiles(x86)'], process.env.LOCALAPPDATA]
    .filter((root) => root !== undefined)
    .map((root) => join(root, 'Google/Chrome/Application/chrome.exe')),
};

/**
 * The path of Chromium: `CHROMIUM_PATH` if it is set (and then only that), else Debian's headless shell, Chromium or
 * Google Chrome; `undefined` where there is none.
 */
export function findChromium(env = process.env) {
  const named = env.CHROMIUM_PATH;
  if (named !== undefined && named !== '') return isExecutable(named) ? named : undefined;
  const folders = ['/usr/bin', ...(env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')];
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...candidates, ...(places[process.platform] ?? [])].find(isExecutable);
}

/** One line that says what is missing and what to do about it. */
export function chromiumMissing(env = process.env) {
  const named = env.CHROMIUM_PATH;
  return named !== undefined && named !== ''
    ? `CHROMIUM_PATH names ${named}, which cannot be run: correct it or unset it.`
    : 'No Chromium found: run `node scripts/install-chromium.mjs`, or set CHROMIUM_PATH to one that is installed.';
}

/**
 * For a test that needs a Chromium: where there is none it fails on CI, and is reported as skipped, with the reason, elsewhere.
 * `executable` is what {@link findChromium} found.
 */
export function requireChromium(executable, context) {
  if (executable !== undefined) return;
  if (process.env.CI) throw new Error(chromiumMissing());
  console.warn(`skipped: ${chromiumMissing()}`);
  context.skip(chromiumMissing());
}

/** Options for playwright-core's `chromium.launch`: quiet, offline, and without the sandbox only where root forbids it. */
export function launchOptions(executablePath) {
  const root = typeof process.getuid === 'function' && process.getuid() === 0;
  return {
    executablePath,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      ...(root ? ['--no-sandbox'] : []),
    ],
  };
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
