// The session's own cookie jar: RFC 6265bis for a client without pages, bounded per site and in all. It never gives a
// cookie to a host, path or scheme that it was not set for.
import { isIP } from 'node:net';
import { defaultPath, getPublicSuffix, pathMatch } from 'tough-cookie';
import { plainHost } from '../../core/hosts.js';
import { parseSetCookie, type SetCookie } from './set-cookie.js';

/** Where cookies are kept; tough-cookie's `CookieJar` is one. */
export interface CookieStore {
  /** The Cookie header for the URL; empty where there is none. */
  getCookieString(url: string): string | Promise<string>;
  /** Keeps what one Set-Cookie line says; what it throws is taken as a refusal of that cookie. */
  setCookie(cookie: string, url: string): unknown;
}

/** A cookie as {@link CookieJar.toJSON} tells it. */
export interface StoredCookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  /** Whether it goes to `domain` alone, and not to the hosts below it. */
  readonly hostOnly: boolean;
  readonly path: string;
  /** Milliseconds since the epoch; absent: as long as the jar. */
  readonly expiresAt?: number;
  readonly secure: boolean;
  readonly httpOnly: boolean;
}

interface Entry extends StoredCookie {
  readonly created: number;
  used: number;
}

/** As browsers have it: cookies of one site (a registrable domain with all its hosts), and of all. */
const maxPerSite = 180;
const maxInAll = 3300;
/** What is left when there were too many in all, so that the next few cost nothing. */
const keptInAll = 3000;
/** Bytes of names and values in all. */
const maxBytes = 4 * 1024 * 1024;
/** What common servers take in one header line. What does not fit, in the order of sending, stays here. */
const maxHeader = 8000;

export class CookieJar implements CookieStore {
  readonly #sites = new Map<string, Entry[]>();
  readonly #siteOf = new Map<string, string>();
  readonly #now: () => number;
  #count = 0;
  #bytes = 0;
  /** Counts up, so that what happened later is later even within a millisecond. */
  #turn = 0;

  /** @param now Milliseconds since the epoch; for tests. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** How many cookies are kept, expired ones that nobody has met yet included. */
  get size(): number {
    return this.#count;
  }

  getCookieString(url: string): string {
    return this.header(new URL(url));
  }

  setCookie(cookie: string, url: string): boolean {
    return this.keep(cookie, new URL(url));
  }

  clear(): void {
    this.#sites.clear();
    this.#count = 0;
    this.#bytes = 0;
  }

  /** The Cookie header for the URL: longer paths first, then older ones (RFC 6265bis 5.8.3). */
  header(url: URL): string {
    if (this.#count === 0) return '';
    const host = plainHost(url.hostname);
    const site = this.#site(host);
    const entries = this.#sites.get(site);
    if (entries === undefined) return '';
    this.#dropExpired(site, entries);
    const secure = url.protocol === 'https:';
    const found = entries.filter(
      (entry) =>
        (entry.hostOnly ? entry.domain === host : domainMatches(host, entry.domain)) &&
        (secure || !entry.secure) &&
        pathMatch(url.pathname, entry.path),
    );
    found.sort((a, b) => b.path.length - a.path.length || a.created - b.created);
    let header = '';
    for (const entry of found) {
      const pair = entry.name === '' ? entry.value : `${entry.name}=${entry.value}`;
      if (header.length + pair.length + 2 > maxHeader) continue;
      entry.used = ++this.#turn;
      header += header === '' ? pair : `; ${pair}`;
    }
    return header;
  }

  /** Keeps or removes what the line says where `url` may say it; whether that changed a cookie. */
  keep(line: string, url: URL): boolean {
    const now = this.#now();
    const cookie = parseSetCookie(line, now);
    if (cookie === undefined) return false;
    const host = plainHost(url.hostname);
    const scope = scopeOf(cookie, host);
    if (scope === undefined) return false;
    const { name, value, expiresAt, secure, httpOnly } = cookie;
    const overTls = url.protocol === 'https:';
    const path = cookie.path ?? defaultPath(url.pathname);
    if (secure && !overTls) return false;
    if (!keepsPrefix(cookie, scope.hostOnly)) return false;
    const site = this.#site(host);
    const entries = this.#sites.get(site) ?? [];
    this.#dropExpired(site, entries);
    if (!overTls && entries.some((entry) => shields(entry, name, scope.domain, path))) return false;
    const index = entries.findIndex(
      (entry) =>
        entry.name === name &&
        entry.path === path &&
        entry.domain === scope.domain &&
        entry.hostOnly === scope.hostOnly,
    );
    const old = entries[index];
    if (old !== undefined) this.#remove(site, entries, index);
    if (expiresAt !== undefined && expiresAt <= now) return old !== undefined;
    const created = old?.created ?? ++this.#turn;
    const whole = { name, value, ...scope, path, secure, httpOnly, created, used: ++this.#turn };
    this.#add(site, expiresAt === undefined ? whole : { ...whole, expiresAt });
    return old === undefined || old.value !== value;
  }

  /** The cookies that have not expired, as plain data, for {@link fromJSON}. They are secrets: store them as such. */
  toJSON(): StoredCookie[] {
    const now = this.#now();
    const entries = [...this.#sites.values()].flat().filter((entry) => !isExpired(entry, now));
    return entries.sort((a, b) => a.created - b.created).map(({ created, used, ...cookie }) => cookie);
  }

  /**
   * A jar with the cookies that another told.
   * @throws TypeError where it is not what {@link toJSON} gives.
   */
  static fromJSON(cookies: readonly StoredCookie[]): CookieJar {
    const jar = new CookieJar();
    if (!Array.isArray(cookies)) throw new TypeError('cookies: expected the list that CookieJar.toJSON() gives');
    for (const cookie of cookies) {
      if (!isStoredCookie(cookie))
        throw new TypeError('cookies: one of the list is not as CookieJar.toJSON() gives it');
      const { name, value, domain, hostOnly, path, secure, httpOnly, expiresAt } = cookie;
      const whole = { name, value, domain, hostOnly, path, secure, httpOnly, created: ++jar.#turn, used: ++jar.#turn };
      jar.#add(jar.#site(domain), expiresAt === undefined ? whole : { ...whole, expiresAt });
    }
    return jar;
  }

  #add(site: string, entry: Entry): void {
    let entries = this.#sites.get(site);
    if (entries === undefined) {
      entries = [];
      this.#sites.set(site, entries);
    }
    if (entries.length >= maxPerSite) this.#dropExpired(site, entries);
    if (entries.length >= maxPerSite) this.#remove(site, entries, leastWanted(entries));
    // The removal of the last cookie forgets the site.
    if (entries.length === 0) this.#sites.set(site, entries);
    entries.push(entry);
    this.#count++;
    this.#bytes += bytesOf(entry);
    if (this.#count > maxInAll || this.#bytes > maxBytes) this.#makeRoom();
  }

  #remove(site: string, entries: Entry[], index: number): void {
    const [removed] = entries.splice(index, 1);
    if (removed === undefined) return;
    this.#count--;
    this.#bytes -= bytesOf(removed);
    if (entries.length === 0) this.#sites.delete(site);
  }

  #dropExpired(site: string, entries: Entry[]): void {
    const now = this.#now();
    for (let index = entries.length - 1; index >= 0; index--) {
      if (isExpired(entries[index] as Entry, now)) this.#remove(site, entries, index);
    }
  }

  /** Lets go of what has expired anywhere, then of what was used longest ago. */
  #makeRoom(): void {
    for (const [site, entries] of [...this.#sites]) this.#dropExpired(site, entries);
    const all = [...this.#sites].flatMap(([site, entries]) => entries.map((entry) => ({ site, entries, entry })));
    all.sort((a, b) => a.entry.used - b.entry.used);
    for (const { site, entries, entry } of all) {
      if (this.#count <= keptInAll && this.#bytes <= (maxBytes * keptInAll) / maxInAll) return;
      this.#remove(site, entries, entries.indexOf(entry));
    }
  }

  /** The registrable domain of the host, or the host itself where there is none. */
  #site(host: string): string {
    let site = this.#siteOf.get(host);
    if (site === undefined) {
      site = registrable(host) ?? host;
      if (this.#siteOf.size >= 1000) this.#siteOf.clear();
      this.#siteOf.set(host, site);
    }
    return site;
  }
}

/** The registrable domain; undefined for an address and for a public suffix. */
function registrable(host: string): string | undefined {
  if (isIP(host) !== 0) return undefined;
  return getPublicSuffix(host, { allowSpecialUseDomain: true, ignoreError: true });
}

/** Whom the cookie is for; undefined where the host may not set it so (RFC 6265bis 5.7, steps 8 to 10). */
function scopeOf({ domain }: SetCookie, host: string): { domain: string; hostOnly: boolean } | undefined {
  const own = { domain: host, hostOnly: true };
  if (domain === '') return own;
  if (isIP(host) !== 0) return domain === host || domain === `[${host}]` ? own : undefined;
  if (!domainMatches(host, domain)) return undefined;
  if (registrable(domain) === undefined) return domain === host ? own : undefined;
  return { domain, hostOnly: false };
}

/** RFC 6265bis 5.1.3. Addresses have no hosts below them: their cookies are host-only, so `domain` is none. */
function domainMatches(host: string, domain: string): boolean {
  return host === domain || (host.endsWith(domain) && host[host.length - domain.length - 1] === '.');
}

/** RFC 6265bis 5.7, steps 20 to 22: what a prefix promises must be so, and a nameless cookie may not look like one. */
function keepsPrefix({ name, value, path, secure }: SetCookie, hostOnly: boolean): boolean {
  const prefixed = (name === '' ? value : name).toLowerCase();
  if (prefixed.startsWith('__host-')) return name !== '' && secure && hostOnly && path === '/';
  if (prefixed.startsWith('__secure-')) return name !== '' && secure;
  return true;
}

/** RFC 6265bis 5.7, step 16: over plain http nobody lays a cookie over one that is for https only. */
function shields(entry: Entry, name: string, domain: string, path: string): boolean {
  return (
    entry.secure &&
    entry.name === name &&
    (domainMatches(domain, entry.domain) || domainMatches(entry.domain, domain)) &&
    pathMatch(path, entry.path)
  );
}

function isExpired(entry: StoredCookie, now: number): boolean {
  return entry.expiresAt !== undefined && entry.expiresAt <= now;
}

/** RFC 6265bis 5.7: of one site's cookies, those that anybody may read go first, then those used longest ago. */
function leastWanted(entries: readonly Entry[]): number {
  let worst = 0;
  for (const [index, entry] of entries.entries()) {
    const than = entries[worst] as Entry;
    if (entry.secure === than.secure ? entry.used < than.used : than.secure) worst = index;
  }
  return worst;
}

function bytesOf(entry: StoredCookie): number {
  return entry.name.length + entry.value.length + entry.path.length + entry.domain.length;
}

function isStoredCookie(value: unknown): value is StoredCookie {
  const cookie = value as Partial<StoredCookie> | null;
  const texts = [cookie?.name, cookie?.value, cookie?.domain, cookie?.path];
  return (
    texts.every((text) => typeof text === 'string' && !/[^\t\x20-\x7e\x80-\xff]/.test(text)) &&
    [cookie?.hostOnly, cookie?.secure, cookie?.httpOnly].every((flag) => typeof flag === 'boolean') &&
    (cookie?.expiresAt === undefined || typeof cookie.expiresAt === 'number')
  );
}
