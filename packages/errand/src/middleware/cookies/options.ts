// The option `cookies`: no jar, a jar of the session's own, or the caller's.
import { CookieJar, type CookieStore } from './jar.js';

/**
 * The store that the option asks for; undefined where cookies are off.
 * @throws TypeError where it is neither a boolean nor a store.
 */
export function resolveCookies(option: boolean | CookieStore | undefined): CookieStore | undefined {
  if (option === undefined || option === false) return undefined;
  if (option === true) return new CookieJar();
  if (typeof option?.getCookieString !== 'function' || typeof option.setCookie !== 'function') {
    throw new TypeError(
      'cookies: expected true, false or a store with getCookieString(url) and setCookie(cookie, url)',
    );
  }
  return option;
}
