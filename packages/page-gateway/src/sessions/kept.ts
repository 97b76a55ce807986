// Sticky visitors that this process keeps by itself: in memory up to a bound, and in the store, from where they come back
// after a restart. Whoever was not used for a while is forgotten.
import { CookieJar } from 'errand';
import type { Identity } from '../core/identity.js';
import type { ProxyServer } from '../core/proxy-server.js';
import type { Visitor } from '../core/visitor.js';
import { type Beginner, bounded, type Keep, type Release, type Sticky } from './keep.js';
import { Recent, type RecentOptions } from './recent.js';
import { Turns } from './turns.js';
import { readWho, visitorFrom, type Who, whoOf } from './who.js';

/** Where one process writes sticky visitors. What is written holds cookies: it is secret. */
export interface SessionStore {
  load(id: string): string | undefined;
  /** @param expires Milliseconds since 1970. */
  save(id: string, state: string, expires: number): void;
  delete(id: string): void;
}

interface Keeping extends Sticky {
  visitor: Visitor;
  mayRender: boolean;
  score: number;
  lastUsed: number;
  handedOff: boolean;
  held: boolean;
  readonly turns: Turns;
}

interface Written extends Who {
  readonly cookies: ReturnType<CookieJar['toJSON']>;
  readonly score: number;
}

export interface KeptOptions extends RecentOptions {
  readonly store: SessionStore | undefined;
  readonly proxyOf: (id: string) => ProxyServer | undefined;
}

/** What changed is written together, so long after the first change. */
const writeAfter = 1_000;

export class Kept implements Keep {
  readonly #options: KeptOptions;
  readonly #recent: Recent<Keeping>;
  readonly #changed = new Set<Keeping>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: KeptOptions) {
    this.#options = options;
    this.#recent = new Recent(options);
  }

  find(key: string): Keeping | undefined {
    const entry = this.#recent.get(key) ?? this.#load(key);
    if (entry === undefined) return undefined;
    if (this.#recent.isIdle(entry)) {
      this.#remove(key);
      return undefined;
    }
    this.#used(entry);
    return entry;
  }

  begin({ key, visitor, mayRender }: Beginner, instead: Sticky | undefined): Keeping {
    const there = this.#recent.get(key);
    return there === undefined || there === instead ? this.#add(key, visitor, mayRender, 0) : there;
  }

  dress(sticky: Sticky, identity: Identity): Keeping {
    const entry = sticky as Keeping;
    entry.visitor = { ...entry.visitor, identity };
    entry.mayRender = true;
    this.#used(entry);
    return entry;
  }

  drop(visitor: Visitor): void {
    const entry = this.#recent.entryOf(visitor);
    if (entry !== undefined) this.#remove(entry.key);
  }

  score(visitor: Visitor, by: number): void {
    const entry = this.#recent.entryOf(visitor);
    if (entry === undefined) return;
    entry.score = bounded(entry.score + by);
    this.#used(entry);
  }

  /** Nobody else looks: it is written with the next ones. */
  save(): void {}

  async lease(visitor: Visitor, patience: number, signal: AbortSignal): Promise<Release | undefined> {
    const entry = this.#recent.entryOf(visitor);
    if (entry === undefined) return () => {};
    const release = await entry.turns.take(patience, signal);
    if (release === undefined) return undefined;
    return () => {
      this.#used(entry);
      release();
    };
  }

  handOff(visitor: Visitor): Release {
    const entry = this.#recent.entryOf(visitor);
    if (entry === undefined) return () => {};
    entry.handedOff = entry.held = true;
    return () => {
      entry.handedOff = entry.held = false;
      this.#used(entry);
    };
  }

  list(): readonly Keeping[] {
    return this.#recent.list();
  }

  /** Writes down what is not yet. */
  close(): void {
    this.#writeAll();
  }

  #add(key: string, visitor: Visitor, mayRender: boolean, score: number): Keeping {
    const lastUsed = this.#options.now();
    const begun = { key, visitor, mayRender, score, lastUsed };
    const entry: Keeping = { ...begun, handedOff: false, held: false, turns: new Turns() };
    const gone = this.#recent.add(entry);
    this.#note(entry);
    if (gone !== undefined && this.#changed.delete(gone)) this.#write(gone);
    return entry;
  }

  #used(entry: Keeping): void {
    if (this.#recent.used(entry)) this.#note(entry);
  }

  #note(entry: Keeping): void {
    if (this.#options.store === undefined) return;
    this.#changed.add(entry);
    this.#timer ??= setTimeout(() => this.#writeAll(), writeAfter).unref();
  }

  #remove(key: string): void {
    const entry = this.#recent.get(key);
    if (entry !== undefined) this.#changed.delete(entry);
    this.#recent.delete(key);
    this.#options.store?.delete(key);
  }

  #writeAll(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const entry of this.#changed) this.#write(entry);
    this.#changed.clear();
    this.#recent.expire();
  }

  #write(entry: Keeping): void {
    const { key, visitor, score, lastUsed } = entry;
    const written: Written = { ...whoOf(entry), score, cookies: visitor.cookies.toJSON() };
    this.#options.store?.save(key, JSON.stringify(written), lastUsed + this.#options.idle);
  }

  #load(key: string): Keeping | undefined {
    const { store, proxyOf } = this.#options;
    const text = store?.load(key);
    if (text === undefined) return undefined;
    const written = readWho<Written>(text);
    const visitor =
      written && Array.isArray(written.cookies)
        ? visitorFrom(written, CookieJar.fromJSON(written.cookies), proxyOf)
        : undefined;
    if (written === undefined || visitor === undefined) {
      this.#remove(key);
      return undefined;
    }
    return this.#add(key, visitor, written.mayRender, written.score);
  }
}
