// A visitor's cookies, into the browser and back: what a page set, changed or removed is the visitor's afterwards, cookies
// that scripts cannot read included.
import type { CookieJar } from 'errand';
import type { BrowserContext, Cookie } from 'playwright-core';

type NewCookie = Parameters<BrowserContext['addCookies']>[0][number];

/** What the context was given, to tell afterwards what has changed. */
export type Given = ReadonlyMap<string, string>;

/**
 * Puts the jar's cookies in.
 * @param line The caller's own `name=value; …`, for the target alone; they do not come back as the visitor's.
 */
export async function bring(
  context: BrowserContext,
  jar: CookieJar,
  line: string | undefined,
  target: string,
): Promise<Given> {
  const cookies: NewCookie[] = jar
    .toJSON()
    .filter(({ name }) => name !== '')
    .map(({ name, value, domain, hostOnly, path, secure, httpOnly, expiresAt }) => ({
      name,
      value,
      domain: hostOnly ? domain : `.${domain}`,
      path,
      secure,
      httpOnly,
      ...(expiresAt !== undefined && { expires: expiresAt / 1000 }),
    }));
  for (const [name, value] of pairsOf(line)) cookies.push({ name, value, url: target });
  if (cookies.length === 0) return new Map();
  try {
    await context.addCookies(cookies);
  } catch {
    // One that Chromium does not take must not cost the others.
    for (const cookie of cookies) await context.addCookies([cookie]).catch(() => {});
  }
  return new Map((await context.cookies()).map((cookie) => [keyOf(cookie), cookie.value]));
}

/** Takes what has changed since into the jar. */
export async function takeBack(context: BrowserContext, jar: CookieJar, given: Given): Promise<void> {
  const now = await context.cookies();
  const left = new Set(now.map(keyOf));
  for (const cookie of now) {
    if (given.get(keyOf(cookie)) !== cookie.value) jar.setCookie(lineOf(cookie), urlOf(cookie));
  }
  for (const key of given.keys()) {
    if (left.has(key)) continue;
    const [domain, path, name] = JSON.parse(key) as [string, string, string];
    const gone = { name, value: '', domain, path, expires: 0, secure: true, httpOnly: true };
    jar.setCookie(lineOf(gone), urlOf(gone));
  }
}

function* pairsOf(line: string | undefined): Generator<readonly [name: string, value: string]> {
  for (const pair of (line ?? '').split(';')) {
    const equals = pair.indexOf('=');
    if (equals > 0) yield [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()];
  }
}

type Told = Pick<Cookie, 'name' | 'value' | 'domain' | 'path' | 'expires' | 'secure' | 'httpOnly'>;

function keyOf({ domain, path, name }: Told): string {
  return JSON.stringify([domain, path, name]);
}

function urlOf({ domain, path }: Told): string {
  return `https://${domain.replace(/^\./, '')}${path}`;
}

function lineOf({ name, value, domain, path, expires, secure, httpOnly }: Told): string {
  const parts = [`${name}=${value}`, `Path=${path}`];
  if (domain.startsWith('.')) parts.push(`Domain=${domain.slice(1)}`);
  if (expires >= 0) parts.push(`Expires=${new Date(expires * 1000).toUTCString()}`);
  if (secure) parts.push('Secure');
  if (httpOnly) parts.push('HttpOnly');
  return parts.join('; ');
}
