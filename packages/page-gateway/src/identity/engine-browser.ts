// The identity of visits that may be rendered: the engine's own browser, version and platform, in plain HTTP too, so that
// nothing changes between the first request and the browser's. It may differ in locale and viewport, and in nothing else.
import { drawIdentity } from 'errand';
import type { ClientHints, Identity } from '../core/identity.js';
import type { Device } from '../core/page-request.js';
import { type HeaderPairs, type IdentityRecord, identityFrom } from './record.js';
import { viewportFor } from './viewport.js';

/** What the engine says of itself. */
export interface EngineBrowser {
  readonly name: 'chrome' | 'edge';
  /** All of it: '126.0.6478.126'. */
  readonly version: string;
  readonly platform: 'windows' | 'macos' | 'linux';
  /** As in `sec-ch-ua`, with major versions, in the engine's order. */
  readonly brands: ClientHints['brands'];
  readonly platformVersion?: string;
  readonly architecture?: string;
}

const system = {
  windows: { agent: 'Windows NT 10.0; Win64; x64', hint: 'Windows' },
  macos: { agent: 'Macintosh; Intel Mac OS X 10_15_7', hint: 'macOS' },
  linux: { agent: 'X11; Linux x86_64', hint: 'Linux' },
} as const;

const accept =
  'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7';
/** A page that somebody opens by its address. */
const navigation: HeaderPairs = [
  ['Sec-Fetch-Site', 'none'],
  ['Sec-Fetch-Mode', 'navigate'],
  ['Sec-Fetch-User', '?1'],
  ['Sec-Fetch-Dest', 'document'],
];

export function engineIdentity(engine: EngineBrowser, device: Device, locale: string, pick: number): Identity {
  const { name, platform, brands } = engine;
  const [major = engine.version] = engine.version.split('.');
  const edge = name === 'edge' ? ` Edg/${major}.0.0.0` : '';
  const userAgent = `Mozilla/5.0 (${system[platform].agent}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${major}.0.0.0 Safari/537.36${edge}`;
  const hints: HeaderPairs = [
    ['sec-ch-ua', brands.map(({ brand, version }) => `"${brand}";v="${version}"`).join(', ')],
    ['sec-ch-ua-mobile', '?0'],
    ['sec-ch-ua-platform', `"${system[platform].hint}"`],
  ];
  const asked: HeaderPairs = [
    ['Upgrade-Insecure-Requests', '1'],
    ['User-Agent', userAgent],
    ['Accept', accept],
  ];
  const [language = locale] = locale.split('-');
  const languages = ['Accept-Language', language === locale ? locale : `${locale},${language};q=0.9`] as const;
  const record: IdentityRecord = {
    ...{ browser: name, version: major, platform, mobile: false, userAgent, locale },
    viewport: viewportFor(device, platform, pick),
    hints: hintsOf(engine),
    secure: [...hints, ...asked, ...navigation, ['Accept-Encoding', codings()], languages],
    plain: [...asked, ['Accept-Encoding', 'gzip, deflate'], languages],
  };
  return identityFrom(record);
}

let known: string | undefined;

/** Of the browser's content codings those that errand can undo. */
function codings(): string {
  const offered = () => drawIdentity({ browser: 'chrome' }).headersFor(new URL('https://origin.example/'));
  known ??= offered().find(([name]) => name.toLowerCase() === 'accept-encoding')?.[1] ?? 'gzip, deflate, br';
  return known;
}

function hintsOf({
  brands,
  version,
  platform,
  platformVersion = '',
  architecture = 'x86',
}: EngineBrowser): ClientHints {
  const major = version.split('.')[0];
  return {
    brands,
    fullVersionList: brands.map((each) => ({
      brand: each.brand,
      version: each.version === major ? version : `${each.version}.0.0.0`,
    })),
    platform: system[platform].hint,
    platformVersion,
    ...{ architecture, bitness: '64', model: '', mobile: false },
  };
}
