// The option `cookies`: no jar, a jar of the session's own, or the caller's.
import { CookieJar, type CookieStore } from './jar.js';

/**
 * The store that the option asks for; undefined where cookies are off.
 * @throws TypeError where it is neither a boolean nor a store.
 */
export function resolveCookies(option: boolean | CookieStore | undefined): CookieStore | undefined {
  if (option === undefined || option === false) return undefined;
  if (option === true) return new CookieJar();
  return checkStore(option, 'true, false');
}

/** @throws TypeError where a call names neither a store nor false. */
export function readCallCookies(option: CookieStore | false): CookieStore | false {
  return option === false ? false : checkStore(option, 'false');
}

function checkStore(option: CookieStore, others: string): CookieStore {
  if (typeof option?.getCookieString === 'function' && typeof option.setCookie === 'function') return option;
  throw new TypeError(`cookies: expected ${others} or a store with getCookieString(url) and setCookie(cookie, url)`);
}
