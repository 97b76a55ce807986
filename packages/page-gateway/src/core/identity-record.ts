// An identity as plain data, so that it can be kept with its session, and the identity made of it again. Only trustworthy
// origins are shown client hints and fetch metadata.
import { createHash } from 'node:crypto';
import type { ClientHints, Identity } from './identity.js';

export type HeaderPairs = ReadonlyArray<readonly [name: string, value: string]>;

export interface IdentityRecord {
  readonly browser: Identity['browser'];
  readonly version: string;
  readonly platform: Identity['platform'];
  readonly mobile: boolean;
  readonly userAgent: string;
  readonly locale: string;
  readonly viewport: Identity['viewport'];
  readonly hints: ClientHints | null;
  /** To https, and to this machine. */
  readonly secure: HeaderPairs;
  /** To plain http. */
  readonly plain: HeaderPairs;
}

export function identityFrom(record: IdentityRecord): Identity {
  const { browser, version, platform, mobile, userAgent, locale, viewport, hints, secure, plain } = record;
  const fingerprint = createHash('sha256').update(JSON.stringify(record)).digest('hex').slice(0, 6);
  return {
    id: `${browser}-${version}-${platform}-${fingerprint}`,
    ...{ browser, version, platform, mobile, userAgent, locale, viewport },
    hints: hints ?? undefined,
    headersFor: (target) => (isTrustworthy(target) ? secure : plain),
  };
}

export function recordOf(identity: Identity): IdentityRecord {
  const { browser, version, platform, mobile, userAgent, locale, viewport, hints } = identity;
  return {
    ...{ browser, version, platform, mobile, userAgent, locale, viewport },
    hints: hints ?? null,
    secure: identity.headersFor(secureOrigin),
    plain: identity.headersFor(plainOrigin),
  };
}

const secureOrigin = new URL('https://origin.example/');
const plainOrigin = new URL('http://origin.example/');

/** As browsers have it: https, and whatever does not leave this machine. */
function isTrustworthy({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}
