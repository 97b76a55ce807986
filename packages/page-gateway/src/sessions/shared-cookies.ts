// A visitor's cookies here, and what was last agreed of them with the other gateways: each cookie is merged by itself, so
// that calls that run at the same time do not lose each other's. What was set here and not told yet is not overwritten.
import { CookieJar } from 'errand';
import type { CookieChanges } from './shared-store.js';

type Stored = ReturnType<CookieJar['toJSON']>[number];

interface Agreed {
  /** As the others have it. */
  readonly theirs: string;
  /** As it was here then; undefined where the jar did not keep it, {@link otherwise} where it was never the same as theirs. */
  readonly ours: string | undefined;
}

/** No cookie's text. */
const otherwise = '';

export class SharedCookies {
  readonly jar: CookieJar;
  readonly #agreed = new Map<string, Agreed>();

  constructor(jar = new CookieJar()) {
    this.jar = jar;
  }

  /** @param anew What they have was written anew: what is missing there was not removed. */
  merge(theirs: ReadonlyMap<string, string>, anew: boolean): void {
    const here = snapshot(this.jar);
    const news: string[] = [];
    for (const [field, text] of theirs) {
      const known = this.#agreed.get(field);
      if (known?.theirs === text) continue;
      const ours = here.get(field);
      // It was changed here, too, and that is told next.
      const own = ours !== known?.ours && ours !== text;
      const agreed = ours === text ? text : undefined;
      this.#agreed.set(field, { theirs: text, ours: own ? (known?.ours ?? otherwise) : agreed });
      if (!own && ours !== text && put(this.jar, text)) news.push(field);
    }
    for (const [field, { ours }] of this.#agreed) {
      if (theirs.has(field)) continue;
      this.#agreed.delete(field);
      if (!anew && ours !== undefined && here.get(field) === ours) put(this.jar, ours, true);
    }
    if (news.length === 0) return;
    const now = snapshot(this.jar);
    for (const field of news) {
      const theirs = this.#agreed.get(field)?.theirs as string;
      this.#agreed.set(field, { theirs, ours: now.get(field) });
    }
  }

  /** What the others do not know yet. */
  changes(): CookieChanges {
    const here = snapshot(this.jar);
    const set = new Map([...here].filter(([field, text]) => this.#agreed.get(field)?.ours !== text));
    const gone = [...this.#agreed].filter(([field, { ours }]) => ours !== undefined && !here.has(field));
    return { set, gone: gone.map(([field]) => field) };
  }

  /** They know it now. */
  told({ set, gone }: CookieChanges): void {
    for (const [field, text] of set) this.#agreed.set(field, { theirs: text, ours: text });
    for (const field of gone) this.#agreed.delete(field);
  }

  all(): ReadonlyMap<string, string> {
    return snapshot(this.jar);
  }
}

function snapshot(jar: CookieJar): Map<string, string> {
  return new Map(jar.toJSON().map((cookie) => [fieldOf(cookie), textOf(cookie)]));
}

function fieldOf({ domain, hostOnly, path, name }: Stored): string {
  return JSON.stringify([domain, hostOnly, path, name]);
}

/** Times in seconds, as a line says them. */
function textOf({ name, value, domain, hostOnly, path, expiresAt, secure, httpOnly }: Stored): string {
  const expires = expiresAt === undefined ? null : Math.ceil(expiresAt / 1000);
  return JSON.stringify([name, value, domain, hostOnly, path, secure, httpOnly, expires]);
}

/** Whether the text was one of a cookie. */
function put(jar: CookieJar, text: string, removed = false): boolean {
  try {
    const [name, value, domain, hostOnly, path, secure, httpOnly, expires] = JSON.parse(text);
    const host = domain.includes(':') ? `[${domain}]` : domain;
    const line = [`${name}=${value}`];
    // A path that no attribute can say is one that an address said.
    const said = !path.includes(';') && path.length <= 1024;
    if (said) line.push(`Path=${path}`);
    if (!hostOnly) line.push(`Domain=${domain}`);
    if (removed) line.push('Max-Age=0');
    else if (expires !== null) line.push(`Expires=${new Date(expires * 1000).toUTCString()}`);
    if (secure) line.push('Secure');
    if (httpOnly) line.push('HttpOnly');
    jar.setCookie(line.join('; '), `https://${host}${said ? '/' : `${path}/`}`);
    return true;
  } catch {
    return false;
  }
}
