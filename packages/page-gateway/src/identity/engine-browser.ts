// The identity of visits that may be rendered: the engine's own browser, version and platform, in plain HTTP too, so that
// nothing changes between the first request and the browser's. It may differ in locale and viewport, and in nothing else.
import { drawIdentity } from 'errand';
import type { ClientHints, Identity } from '../core/identity.js';
import { type HeaderPairs, type IdentityRecord, identityFrom } from '../core/identity-record.js';
import type { Device } from '../core/page-request.js';
import { viewportFor } from './viewport.js';

/** What the engine says of itself; its `version` is all of it: '126.0.6478.126'. */
export interface EngineBrowser extends Pick<Identity, 'browser' | 'version' | 'platform' | 'userAgent'> {
  readonly hints: ClientHints;
}

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
  const { browser, platform, userAgent, hints: told } = engine;
  const [version = engine.version] = engine.version.split('.');
  const hints: HeaderPairs = [
    ['sec-ch-ua', told.brands.map(({ brand, version }) => `"${brand}";v="${version}"`).join(', ')],
    ['sec-ch-ua-mobile', '?0'],
    ['sec-ch-ua-platform', `"${told.platform}"`],
  ];
  const asked: HeaderPairs = [
    ['Upgrade-Insecure-Requests', '1'],
    ['User-Agent', userAgent],
    ['Accept', accept],
  ];
  const [language = locale] = locale.split('-');
  const languages = ['Accept-Language', language === locale ? locale : `${locale},${language};q=0.9`] as const;
  const record: IdentityRecord = {
    ...{ browser, version, platform, mobile: false, userAgent, locale },
    viewport: viewportFor(device, platform, pick),
    hints: told,
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
