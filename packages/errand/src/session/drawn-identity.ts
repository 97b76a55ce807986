// An identity that a caller draws once and wears as long as he likes: on other sessions, in a browser, after a restart.
import type { FieldList } from '../core/headers.js';
import type { IdentityOptions, WornIdentity } from '../core/policy.js';
import { draw } from '../middleware/identity/draw.js';
import { loadGenerator } from '../middleware/identity/identities.js';
import { fieldsFor } from '../middleware/identity/identity.js';
import { type Browser, checkIdentity, type Device, type Platform } from '../middleware/identity/options.js';
import { acceptedCodings } from '../transport/decode.js';

/** One coherent browser, as sites see it. Give it to a session or a call as `identity`. */
export interface DrawnIdentity extends WornIdentity {
  readonly browser: Browser;
  /** Its major version. */
  readonly version: string;
  readonly platform: Platform;
  readonly device: Device;
  readonly userAgent: string;
  /** What `accept-language` begins with. */
  readonly locale: string;
}

/**
 * Draws one coherent browser: user agent, client hints and accept headers of one mind, for a first navigation. What is left
 * out of the options is drawn too.
 * @throws TypeError naming an option that makes no sense, or where header-generator is not installed.
 * @example const identity = drawIdentity({ device: 'mobile', locale: 'de-DE' }); session.get(url, { identity })
 */
export function drawIdentity(options: Omit<IdentityOptions, 'sticky'> = {}): DrawnIdentity {
  checkIdentity(options);
  const drawn = draw(loadGenerator(), options, acceptedCodings);
  const secure = pairsOf(drawn.secure);
  const plain = pairsOf(drawn.plain);
  const { browser, version, platform, device, userAgent, locale } = drawn;
  return {
    browser,
    version,
    platform,
    device,
    userAgent,
    locale,
    headersFor: (url) => fieldsFor({ secure, plain }, url),
  };
}

function pairsOf(fields: FieldList): ReadonlyArray<readonly [string, string]> {
  return Array.from({ length: fields.length / 2 }, (_, at) => [fields[2 * at] as string, fields[2 * at + 1] as string]);
}
