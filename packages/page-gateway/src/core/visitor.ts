// Who goes: a proxy, an identity and the cookies earned with them. The three are made together and never split, because
// what a site clears is that one visitor.
import type { CookieJar } from 'errand';
import type { Identity } from './identity.js';
import type { ProxyServer } from './proxy-server.js';

export interface Visitor {
  /** The name of the sticky session, or an own one for a single call. */
  readonly id: string;
  readonly sticky: boolean;
  /** `undefined`: directly. */
  readonly proxy: ProxyServer | undefined;
  readonly identity: Identity;
  readonly cookies: CookieJar;
}
