// What the installed Chromium is, as an identity: its own version on its own platform. Whoever may be rendered wears this
// from the first request, so that nothing has to be pretended when the browser comes.
import { arch, platform as osPlatform } from 'node:os';
import type { ClientHints, Identity } from '../core/identity.js';
import type { Chromium } from './find-chromium.js';

/** The parts of an identity that are the engine's own. */
export interface EngineBrowser extends Pick<Identity, 'browser' | 'version' | 'platform' | 'mobile' | 'userAgent'> {
  readonly browser: 'chrome';
  readonly hints: ClientHints;
}

const platforms = {
  linux: { name: 'linux', shown: 'Linux', token: 'X11; Linux x86_64' },
  darwin: { name: 'macos', shown: 'macOS', token: 'Macintosh; Intel Mac OS X 10_15_7' },
  win32: { name: 'windows', shown: 'Windows', token: 'Windows NT 10.0; Win64; x64' },
} as const;

/** The browser that the engine is, without the word Headless. */
export function engineBrowser({ version, google }: Chromium): EngineBrowser {
  const { name, shown, token } = platforms[osPlatform() as keyof typeof platforms] ?? platforms.linux;
  const major = version.split('.')[0] ?? version;
  return {
    browser: 'chrome',
    version,
    platform: name,
    mobile: false,
    userAgent: `Mozilla/5.0 (${token}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${major}.0.0.0 Safari/537.36`,
    hints: {
      brands: brandsOf(Number(major), major, google, (grease) => grease),
      fullVersionList: brandsOf(Number(major), version, google, (grease) => `${grease}.0.0.0`),
      platform: shown,
      platformVersion: '',
      architecture: arch().startsWith('arm') ? 'arm' : 'x86',
      bitness: '64',
      model: '',
      mobile: false,
    },
  };
}

const greaseLetters = [' ', '(', ':', '-', '.', '/', ')', ';', '=', '?', '_'];
const greaseVersions = ['8', '99', '24'];
/** Where the first, second and third brand stand, by the version. */
const orders = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

/** The list with its meaningless member in the place and spelling that this version of Chromium gives it. */
function brandsOf(
  major: number,
  version: string,
  google: boolean,
  greaseVersion: (short: string) => string,
): Array<{ brand: string; version: string }> {
  const letter = (index: number) => greaseLetters[index % greaseLetters.length] as string;
  const grease = {
    brand: `Not${letter(major)}A${letter(major + 1)}Brand`,
    version: greaseVersion(greaseVersions[major % greaseVersions.length] as string),
  };
  const chromium = { brand: 'Chromium', version };
  if (!google) return major % 2 === 0 ? [grease, chromium] : [chromium, grease];
  const list: Array<{ brand: string; version: string }> = [];
  const order = orders[major % orders.length] as readonly number[];
  for (const [index, entry] of [grease, chromium, { brand: 'Google Chrome', version }].entries()) {
    list[order[index] as number] = entry;
  }
  return list;
}
