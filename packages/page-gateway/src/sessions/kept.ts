// Sticky visitors that are kept: in memory up to a bound, and in the store, from where they come back after a restart.
// Whoever was not used for a while is forgotten.
import { CookieJar } from 'errand';
import { type IdentityRecord, identityFrom, recordOf } from '../core/identity-record.js';
import type { ProxyServer } from '../core/proxy-server.js';
import type { Visitor } from '../core/visitor.js';
import { Turns } from './turns.js';

/** Where sticky visitors are written. What is written holds cookies: it is secret. */
export interface SessionStore {
  load(id: string): string | undefined;
  /** @param expires Milliseconds since 1970. */
  save(id: string, state: string, expires: number): void;
  delete(id: string): void;
}

export interface Keeping {
  readonly key: string;
  visitor: Visitor;
  mayRender: boolean;
  score: number;
  lastUsed: number;
  readonly turns: Turns;
}

interface Written {
  readonly version: 1;
  readonly name: string;
  readonly proxy: string | null;
  readonly identity: IdentityRecord;
  readonly cookies: ReturnType<CookieJar['toJSON']>;
  readonly mayRender: boolean;
  readonly score: number;
}

export interface KeptOptions {
  readonly store: SessionStore | undefined;
  readonly idle: number;
  readonly limit: number;
  readonly now: () => number;
  readonly proxyOf: (id: string) => ProxyServer | undefined;
}

/** What changed is written together, so long after the first change. */
const writeAfter = 1_000;

export class Kept {
  readonly #options: KeptOptions;
  /** The one that was used longest ago first. */
  readonly #entries = new Map<string, Keeping>();
  /** A visitor may come to look otherwise; his cookies are his own. */
  readonly #keys = new WeakMap<CookieJar, string>();
  readonly #changed = new Set<Keeping>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: KeptOptions) {
    this.#options = options;
  }

  find(key: string): Keeping | undefined {
    const { now, idle } = this.#options;
    const entry = this.#entries.get(key) ?? this.#load(key);
    if (entry === undefined) return undefined;
    if (entry.lastUsed + idle <= now()) {
      this.remove(key);
      return undefined;
    }
    this.used(entry);
    return entry;
  }

  /** Undefined for one that is not sticky, or was replaced. */
  entryOf(visitor: Visitor): Keeping | undefined {
    const key = this.#keys.get(visitor.cookies);
    const entry = key === undefined ? undefined : this.#entries.get(key);
    return entry?.visitor.cookies === visitor.cookies ? entry : undefined;
  }

  add(entry: Keeping): void {
    this.#keys.set(entry.visitor.cookies, entry.key);
    this.used(entry);
    if (this.#entries.size <= this.#options.limit) return;
    const oldest = this.#entries.values().next().value as Keeping;
    this.#write(oldest);
    this.#entries.delete(oldest.key);
  }

  used(entry: Keeping): void {
    entry.lastUsed = this.#options.now();
    this.#entries.delete(entry.key);
    this.#entries.set(entry.key, entry);
    if (this.#options.store === undefined) return;
    this.#changed.add(entry);
    this.#timer ??= setTimeout(() => this.#writeAll(), writeAfter).unref();
  }

  remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#changed.delete(entry);
    this.#entries.delete(key);
    this.#options.store?.delete(key);
  }

  /** The one that was used last first. */
  list(): Keeping[] {
    const { now, idle } = this.#options;
    return [...this.#entries.values()].filter(({ lastUsed }) => lastUsed + idle > now()).reverse();
  }

  close(): void {
    this.#writeAll();
  }

  #writeAll(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const entry of this.#changed) this.#write(entry);
    this.#changed.clear();
    const { now, idle } = this.#options;
    for (const [key, { lastUsed }] of this.#entries) {
      if (lastUsed + idle > now()) return;
      this.#entries.delete(key);
    }
  }

  #write({ key, visitor, mayRender, score, lastUsed }: Keeping): void {
    const { id: name, proxy, identity, cookies } = visitor;
    const written: Written = {
      ...{ version: 1, name, mayRender, score },
      proxy: proxy?.id ?? null,
      identity: recordOf(identity),
      cookies: cookies.toJSON(),
    };
    this.#options.store?.save(key, JSON.stringify(written), lastUsed + this.#options.idle);
  }

  /** Undefined where there is none, or where its proxy is no longer there: without it, the rest of it is nobody. */
  #load(key: string): Keeping | undefined {
    const { store, now, proxyOf } = this.#options;
    const text = store?.load(key);
    if (text === undefined) return undefined;
    const written = read(text);
    const proxy = written?.proxy == null ? undefined : proxyOf(written.proxy);
    if (written === undefined || (written.proxy !== null && proxy === undefined)) {
      this.remove(key);
      return undefined;
    }
    const { name, identity, cookies, mayRender, score } = written;
    const jar = CookieJar.fromJSON(cookies);
    const visitor: Visitor = { id: name, sticky: true, proxy, identity: identityFrom(identity), cookies: jar };
    const entry: Keeping = { key, visitor, mayRender, score, lastUsed: now(), turns: new Turns() };
    this.add(entry);
    return entry;
  }
}

/** Undefined for what an older or a newer version has written. */
function read(text: string): Written | undefined {
  try {
    const written = JSON.parse(text) as Partial<Written>;
    const { version, identity, cookies } = written;
    return version === 1 && identity !== undefined && Array.isArray(cookies) ? (written as Written) : undefined;
  } catch {
    return undefined;
  }
}
