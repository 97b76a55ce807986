// Whether a set of headers is one that a single browser sends: user agent, client hints and accept headers must tell the
// same story. What does not is drawn again.
import type { FieldList } from '../../core/headers.js';
import type { Browser, Device, Platform } from './options.js';

/** What a set of headers says of itself, by lower-case name. */
type Said = ReadonlyMap<string, string>;

export interface Story {
  readonly browser: Browser;
  /** Its major version. */
  readonly version: string;
  readonly platform: Platform;
  readonly device: Device;
  readonly userAgent: string;
}

/** What the fields tell of their browser, in one voice; undefined where they contradict each other. */
export function storyOf(fields: FieldList): Story | undefined {
  const said = new Map<string, string>();
  for (let index = 0; index < fields.length; index += 2) {
    const lower = (fields[index] as string).toLowerCase();
    if (said.has(lower)) return undefined;
    said.set(lower, fields[index + 1] as string);
  }
  const agent = said.get('user-agent') ?? '';
  const browser = browserOf(agent);
  const platform = platformOf(agent);
  if (browser === undefined || platform === undefined || !said.has('accept') || !said.has('accept-encoding')) {
    return undefined;
  }
  if (browser === 'edge' && (platform === 'android') !== / EdgA\//.test(agent)) return undefined;
  const chromium = browser === 'chrome' || browser === 'edge';
  const coherent = chromium ? hintsAgree(said, agent, browser, platform) : !hints.some((name) => said.has(name));
  const navigates = browser === 'safari' || said.get('sec-fetch-mode') === 'navigate';
  const version = /(?: Edg| Chrome| Firefox| Version)[A-Za-z]*\/(\d+)/.exec(agent)?.[1];
  if (!coherent || !navigates || version === undefined) return undefined;
  return { browser, version, platform, device: deviceOf(agent, platform), userAgent: agent };
}

function deviceOf(agent: string, platform: Platform): Device {
  if (platform !== 'android' && platform !== 'ios') return 'desktop';
  return agent.includes('(iPad;') || !/Mobile/.test(agent) ? 'tablet' : 'mobile';
}

const hints = ['sec-ch-ua', 'sec-ch-ua-mobile', 'sec-ch-ua-platform'];

/** Other browsers name themselves beside the one that they are made of. */
const others =
  /OPR\/|Opera|Vivaldi|YaBrowser|SamsungBrowser|Brave|DuckDuckGo|Headless|; wv\)|Build\/|compatible;|CriOS|FxiOS|EdgiOS/;

function browserOf(agent: string): Browser | undefined {
  if (others.test(agent)) return undefined;
  if (/ EdgA?\/\d/.test(agent)) return 'edge';
  if (/ Chrome\/\d/.test(agent)) return 'chrome';
  if (/ Firefox\/\d/.test(agent)) return 'firefox';
  return / Version\/[\d.]+ (?:Mobile\/\w+ )?Safari\/\d/.test(agent) ? 'safari' : undefined;
}

function platformOf(agent: string): Platform | undefined {
  if (/\((?:iPhone|iPad);/.test(agent)) return 'ios';
  if (/\((?:Linux; )?Android /.test(agent)) return 'android';
  if (/\(Windows NT /.test(agent)) return 'windows';
  if (/\(Macintosh;/.test(agent)) return 'macos';
  return /\(X11; (?:Ubuntu; )?Linux /.test(agent) ? 'linux' : undefined;
}

const platformHint: Partial<Record<Platform, string>> = {
  windows: '"Windows"',
  macos: '"macOS"',
  linux: '"Linux"',
  android: '"Android"',
};

const brand: Partial<Record<Browser, string>> = { chrome: 'Google Chrome', edge: 'Microsoft Edge' };

function hintsAgree(said: Said, agent: string, browser: Browser, platform: Platform): boolean {
  const brands = said.get('sec-ch-ua') ?? '';
  const major = / Chrome\/(\d+)/.exec(agent)?.[1];
  return (
    brands.includes(`"${brand[browser]}";v="${major}"`) &&
    brands.includes(`"Chromium";v="${major}"`) &&
    said.get('sec-ch-ua-mobile') === (/ Mobile /.test(agent) ? '?1' : '?0') &&
    said.get('sec-ch-ua-platform') === platformHint[platform]
  );
}
