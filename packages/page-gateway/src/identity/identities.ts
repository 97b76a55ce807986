// Whom a visitor looks like: identities drawn from what real browsers send, each worn as seldom as possible, or the
// engine's own for visits that may be rendered. A bounded number is kept, since drawing one takes longer than a request.
import { type DrawnIdentity, drawIdentity } from 'errand';
import type { ClientHints, Identity } from '../core/identity.js';
import { identityFrom } from '../core/identity-record.js';
import type { Device } from '../core/page-request.js';
import { Problem } from '../core/problem.js';
import { type EngineBrowser, engineIdentity } from './engine-browser.js';
import { viewportFor } from './viewport.js';

export interface IdentityWish {
  readonly device: Device;
  readonly browser: Identity['browser'] | undefined;
  readonly locale: string | undefined;
  /** Whether the browser engine may come to be needed. */
  readonly mayRender: boolean;
}

export interface IdentitiesOptions {
  /** The browser that renders; undefined where there is none. */
  readonly engineBrowser?: () => EngineBrowser | undefined;
  /** From 0 to 1. @default Math.random */
  readonly random?: () => number;
}

/** Different identities of one kind, and kinds that are kept. */
const poolSize = 48;
const maxPools = 64;
/** Draws in a row that gave nothing new, after which no more are tried. */
const patience = 40;

type Kind = readonly [browser: Identity['browser'], platform: Identity['platform']];

const kindsOn: Record<'desktop' | 'held', readonly Kind[]> = {
  desktop: [
    ['chrome', 'windows'],
    ['chrome', 'macos'],
    ['chrome', 'linux'],
    ['edge', 'windows'],
    ['edge', 'macos'],
    ['firefox', 'windows'],
    ['firefox', 'macos'],
    ['firefox', 'linux'],
    ['safari', 'macos'],
  ],
  held: [
    ['chrome', 'android'],
    ['edge', 'android'],
    ['firefox', 'android'],
    ['safari', 'ios'],
  ],
};

/** Identities of one kind, the one that was worn longest ago first. */
interface Pool {
  readonly known: Set<string>;
  readonly resting: Identity[];
  full: boolean;
}

export class Identities {
  readonly #engineBrowser: () => EngineBrowser | undefined;
  readonly #random: () => number;
  readonly #pools = new Map<string, Pool>();

  constructor({ engineBrowser = () => undefined, random = Math.random }: IdentitiesOptions = {}) {
    this.#engineBrowser = engineBrowser;
    this.#random = random;
  }

  /** @throws Problem bad_parameter where there is no such browser on such a device, or no such locale. */
  draw({ device, browser, locale = 'en-US', mayRender }: IdentityWish): Identity {
    const engine = mayRender ? this.#engineBrowser() : undefined;
    try {
      if (engine !== undefined) return engineIdentity(engine, device, locale, this.#random());
      return this.#fromPool(device, browser, locale);
    } catch (error) {
      if (error instanceof Problem) throw error;
      const asked = browser === undefined ? device : `${browser} on ${device}`;
      const parameter = error instanceof TypeError && error.message.includes('locale') ? 'locale' : 'identity';
      const why = error instanceof Error ? error.message : String(error);
      throw new Problem('bad_parameter', `There is no identity of ${asked} in ${locale}: ${why}.`, {
        members: { parameter },
        cause: error,
      });
    }
  }

  /** What most people of a country speak: 'de' → 'de-DE'; undefined for what is no country. */
  localeOf(country: string): string | undefined {
    try {
      const { language, region } = new Intl.Locale(`und-${country}`).maximize();
      return region === country.toUpperCase() ? `${language}-${region}` : undefined;
    } catch {
      return undefined;
    }
  }

  #fromPool(device: Device, browser: Identity['browser'] | undefined, locale: string): Identity {
    const pool = this.#pool(`${device} ${browser} ${locale}`);
    let identity: Identity | undefined;
    for (let draw = 0; draw < patience && !pool.full && identity === undefined; draw++) {
      const drawn = this.#drawOne(device, browser, locale);
      const key = drawn.headersFor(anywhere).join('\n');
      if (pool.known.has(key)) continue;
      pool.known.add(key);
      identity = this.#settled(drawn);
    }
    pool.full ||= identity === undefined || pool.known.size >= poolSize;
    identity ??= pool.resting.shift() as Identity;
    pool.resting.push(identity);
    return identity;
  }

  /** Browsers and platforms by turns: by their share in the world, most would be the same. */
  #drawOne(device: Device, browser: Identity['browser'] | undefined, locale: string): DrawnIdentity {
    const kinds = kindsOn[device === 'desktop' ? 'desktop' : 'held'].filter(
      ([name]) => browser === undefined || name === browser,
    );
    const [name, platform] = kinds[Math.floor(this.#random() * kinds.length)] ?? [browser];
    return drawIdentity({ device, locale, ...(name && { browser: name }), ...(platform && { platform }) });
  }

  #pool(key: string): Pool {
    const pool: Pool = this.#pools.get(key) ?? { known: new Set(), resting: [], full: false };
    this.#pools.delete(key);
    this.#pools.set(key, pool);
    if (this.#pools.size > maxPools) this.#pools.delete(this.#pools.keys().next().value as string);
    return pool;
  }

  #settled(drawn: DrawnIdentity): Identity {
    const { browser, version, platform, device, userAgent, locale } = drawn;
    const secure = drawn.headersFor(anywhere);
    return identityFrom({
      ...{ browser, version, platform, mobile: device === 'mobile', userAgent, locale },
      viewport: viewportFor(device, platform, this.#random()),
      hints: hintsIn(secure, device === 'mobile'),
      secure,
      plain: drawn.headersFor(new URL('http://origin.example/')),
    });
  }
}

const anywhere = new URL('https://origin.example/');

/** What `sec-ch-ua` and its like say, for those who ask `navigator.userAgentData`. */
function hintsIn(fields: ReadonlyArray<readonly [string, string]>, mobile: boolean): ClientHints | null {
  const said = new Map(fields.map(([name, value]) => [name.toLowerCase(), value]));
  const brands = [...(said.get('sec-ch-ua') ?? '').matchAll(/"([^"]+)";v="([^"]+)"/g)].map(
    ([, brand = '', version = '']) => ({ brand, version }),
  );
  if (brands.length === 0) return null;
  return {
    brands,
    fullVersionList: brands.map(({ brand, version }) => ({ brand, version: `${version}.0.0.0` })),
    platform: (said.get('sec-ch-ua-platform') ?? '').replaceAll('"', ''),
    ...{ platformVersion: '', architecture: mobile ? '' : 'x86', bitness: mobile ? '' : '64', model: '', mobile },
  };
}
