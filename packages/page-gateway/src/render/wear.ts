// How Chromium comes to wear an identity: user agent, client hints and languages as one set, in every target. It never
// pretends to be another browser, version or platform than the engine is.
import type { Identity } from '../core/identity.js';
import type { ProxyServer } from '../core/proxy-server.js';
import type { EngineBrowser } from './engine-browser.js';
import type { Params, Target } from './targets.js';

/** The parameters of `Emulation.setUserAgentOverride`. */
export function overrideFor(identity: Identity, engine: EngineBrowser, target: URL): Params {
  const own = isEngines(identity, engine);
  const { userAgent, hints } = own ? identity : engine;
  const { brands, fullVersionList, platform, platformVersion, architecture, bitness, model, mobile } =
    hints ?? engine.hints;
  return {
    userAgent,
    acceptLanguage: languagesOf(identity, target),
    userAgentMetadata: {
      brands,
      fullVersionList,
      platform,
      platformVersion,
      architecture,
      bitness,
      model,
      mobile,
      wow64: false,
    },
  };
}

/** Whether the identity is what the engine is; one that was drawn for plain HTTP alone may be anything. */
export function isEngines(identity: Identity, engine: EngineBrowser): boolean {
  return (
    identity.browser === engine.browser &&
    identity.platform === engine.platform &&
    identity.version.split('.')[0] === engine.version.split('.')[0]
  );
}

/** Has a target wear it. */
export function wear(target: Target, override: Params): Promise<unknown> {
  return target.send('Emulation.setUserAgentOverride', override);
}

/** Languages in order, without the weights: Chromium adds its own. */
function languagesOf(identity: Identity, target: URL): string {
  const header = identity.headersFor(target).find(([name]) => name.toLowerCase() === 'accept-language')?.[1];
  return (header ?? identity.locale)
    .split(',')
    .map((part) => part.replace(/;.*$/, '').trim())
    .filter((part) => part !== '')
    .join(',');
}

/** Where countries with several time zones have most of their people. */
const mainZones: Readonly<Record<string, string>> = {
  ar: 'America/Argentina/Buenos_Aires',
  au: 'Australia/Sydney',
  br: 'America/Sao_Paulo',
  ca: 'America/Toronto',
  cl: 'America/Santiago',
  cn: 'Asia/Shanghai',
  de: 'Europe/Berlin',
  es: 'Europe/Madrid',
  id: 'Asia/Jakarta',
  kz: 'Asia/Almaty',
  mx: 'America/Mexico_City',
  my: 'Asia/Kuala_Lumpur',
  nz: 'Pacific/Auckland',
  pt: 'Europe/Lisbon',
  ru: 'Europe/Moscow',
  ua: 'Europe/Kiev',
  us: 'America/New_York',
};

/** The time zone of where the visitor seems to be; undefined: this machine's own. */
export function timeZoneOf(proxy: ProxyServer | undefined): string | undefined {
  const country = proxy?.country?.toLowerCase();
  if (country === undefined) return undefined;
  if (mainZones[country] !== undefined) return mainZones[country];
  if (!/^[a-z]{2}$/.test(country)) return undefined;
  const place = new Intl.Locale(`und-${country.toUpperCase()}`) as Intl.Locale & {
    timeZones?: string[];
    getTimeZones?(): string[] | undefined;
  };
  return (place.getTimeZones?.() ?? place.timeZones)?.[0];
}
