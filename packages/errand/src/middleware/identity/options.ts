// The words of `identity`, checked once: what no browser is cannot be asked for.
import type { IdentityOptions, WornIdentity } from '../../core/policy.js';

const platforms = {
  chrome: ['windows', 'macos', 'linux', 'android'],
  edge: ['windows', 'macos', 'linux', 'android'],
  firefox: ['windows', 'macos', 'linux', 'android'],
  safari: ['macos', 'ios'],
} as const satisfies Record<Browser, readonly Platform[]>;

export type Browser = NonNullable<IdentityOptions['browser']>;
export type Platform = NonNullable<IdentityOptions['platform']>;
export type Device = NonNullable<IdentityOptions['device']>;

/** What a caller says of the identity; the rest is drawn. */
export interface Wanted {
  readonly browser?: Browser | undefined;
  readonly platform?: Platform | undefined;
  readonly device?: Device | undefined;
  readonly locale?: string | undefined;
}

const browsers = Object.keys(platforms) as Browser[];
const everyPlatform = [...new Set(Object.values(platforms).flat())];
const devices = {
  desktop: ['windows', 'macos', 'linux'],
  mobile: ['android', 'ios'],
  tablet: ['android', 'ios'],
} as const satisfies Record<Device, readonly Platform[]>;
const kept = ['session', 'host', 'request'] as const;

/** The platforms that are meant, and the browsers that run on one of them. */
export function choicesOf({ browser, platform, device }: Wanted): {
  readonly browsers: Browser[];
  readonly platforms: Platform[];
} {
  const held: readonly Platform[] = device === undefined ? everyPlatform : devices[device];
  const meant = platform === undefined ? held : held.filter((each) => each === platform);
  const named = browser === undefined ? browsers : [browser];
  const runsOn = (name: Browser, each: Platform) => (platforms[name] as readonly Platform[]).includes(each);
  return {
    browsers: named.filter((name) => meant.some((each) => runsOn(name, each))),
    platforms: meant.filter((each) => named.some((name) => runsOn(name, each))),
  };
}

/** @throws TypeError as {@link checkIdentity}. */
export function resolveIdentity(
  option: IdentityOptions | WornIdentity | false | undefined,
): IdentityOptions | WornIdentity | undefined {
  if (option === undefined || option === false) return undefined;
  if (isWorn(option)) return option;
  checkIdentity(option);
  return option;
}

/** Whether it is one that was drawn before. */
export function isWorn(identity: IdentityOptions | WornIdentity): identity is WornIdentity {
  return typeof (identity as WornIdentity | null)?.headersFor === 'function';
}

/** @throws TypeError naming what is no identity, or one that does not exist. */
export function checkIdentity(option: IdentityOptions): void {
  if (typeof option !== 'object' || option === null)
    throw new TypeError(
      `identity: expected false or { browser, platform, device, locale, sticky }, got ${String(option)}`,
    );
  const { browser, platform, device, locale, sticky } = option;
  for (const name of Object.keys(option)) {
    if (!known.has(name)) throw new TypeError(`identity: there is no option '${name}'`);
  }
  oneOf(browser, browsers, 'identity.browser');
  oneOf(platform, everyPlatform, 'identity.platform');
  oneOf(device, Object.keys(devices), 'identity.device');
  oneOf(sticky, kept, 'identity.sticky');
  if (choicesOf({ browser, platform }).browsers.length === 0) {
    const name = browser as Browser;
    throw new TypeError(
      `identity: there is no ${name} on ${platform} to be told apart from others; ${name} is known on ${platforms[name].join(', ')}`,
    );
  }
  if (choicesOf(option).browsers.length === 0) {
    throw new TypeError(
      `identity: there is no ${[browser, platform].filter(Boolean).join(' on ')} on a ${device} device`,
    );
  }
  if (locale !== undefined && !isLocale(locale))
    throw new TypeError(`identity.locale: expected a language tag such as 'de-DE', got '${String(locale)}'`);
}

const known = new Set(['browser', 'platform', 'device', 'locale', 'sticky']);

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
