// The words of `identity`, checked once: what no browser is cannot be asked for.
import type { IdentityOptions } from '../../core/policy.js';

const platforms = {
  chrome: ['windows', 'macos', 'linux', 'android'],
  edge: ['windows', 'macos', 'linux', 'android'],
  firefox: ['windows', 'macos', 'linux', 'android'],
  safari: ['macos', 'ios'],
} as const satisfies Record<Browser, readonly Platform[]>;

export type Browser = NonNullable<IdentityOptions['browser']>;
export type Platform = NonNullable<IdentityOptions['platform']>;

const browsers = Object.keys(platforms) as Browser[];
const everyPlatform = [...new Set(Object.values(platforms).flat())];
const kept = ['session', 'host', 'request'] as const;

/** The browsers that run on the platform. */
export function browsersOn(platform: Platform): Browser[] {
  return browsers.filter((browser) => (platforms[browser] as readonly Platform[]).includes(platform));
}

export function platformsOf(browser: Browser): readonly Platform[] {
  return platforms[browser];
}

/** @throws TypeError naming what is no identity, or one that does not exist. */
export function resolveIdentity(option: IdentityOptions | false | undefined): IdentityOptions | undefined {
  if (option === undefined || option === false) return undefined;
  if (typeof option !== 'object' || option === null)
    throw new TypeError(`identity: expected false or { browser, platform, locale, sticky }, got ${String(option)}`);
  const { browser, platform, locale, sticky } = option;
  for (const name of Object.keys(option)) {
    if (!known.has(name)) throw new TypeError(`identity: there is no option '${name}'`);
  }
  oneOf(browser, browsers, 'identity.browser');
  oneOf(platform, everyPlatform, 'identity.platform');
  oneOf(sticky, kept, 'identity.sticky');
  if (browser !== undefined && platform !== undefined && !browsersOn(platform).includes(browser)) {
    throw new TypeError(
      `identity: there is no ${browser} on ${platform} to be told apart from others; ${browser} is known on ${platforms[browser].join(', ')}`,
    );
  }
  if (locale !== undefined && !isLocale(locale))
    throw new TypeError(`identity.locale: expected a language tag such as 'de-DE', got '${String(locale)}'`);
  return option;
}

const known = new Set(['browser', 'platform', 'locale', 'sticky']);

function oneOf(value: unknown, values: readonly string[], option: string): void {
  if (value === undefined || values.some((each) => each === value)) return;
  throw new TypeError(`${option}: expected one of ${values.join(', ')}, got '${String(value)}'`);
}

function isLocale(locale: unknown): boolean {
  if (typeof locale !== 'string' || !/^[A-Za-z0-9-]+$/.test(locale)) return false;
  try {
    return Intl.getCanonicalLocales(locale).length === 1;
  } catch {
    return false;
  }
}
