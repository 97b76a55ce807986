// Who goes: sticky visitors by their owner and name, for as long as they are used, and one for a single call where there is
// no name. Proxy, identity and cookies are made together and replaced together.
import { CookieJar } from 'errand';
import type { Identity } from '../core/identity.js';
import type { PageRequest } from '../core/page-request.js';
import { Problem } from '../core/problem.js';
import type { ProxyServer } from '../core/proxy-server.js';
import type { Visitor } from '../core/visitor.js';
import { type Keeping, Kept, type SessionStore } from './kept.js';
import { Turns } from './turns.js';

/** What the visitors need of the proxies. */
export interface WaysOut {
  choose(wish: {
    readonly host: string;
    readonly country: string | undefined;
    readonly pool: string | undefined;
    readonly avoid: ReadonlySet<string>;
  }): ProxyServer | undefined;
  get(id: string): ProxyServer | undefined;
}

/** What they need of the identities. */
export interface Wardrobe {
  draw(wish: {
    readonly device: PageRequest['device'];
    readonly browser: PageRequest['browser'];
    readonly locale: string | undefined;
    readonly mayRender: boolean;
  }): Identity;
  /** The locale of a country's people. */
  localeOf(country: string): string | undefined;
}

export interface VisitorsOptions {
  readonly proxies: WaysOut;
  readonly identities: Wardrobe;
  /** Keeps sticky visitors over a restart; without one they are forgotten. */
  readonly store?: SessionStore;
  /** How long an unused one is kept, in milliseconds. @default 15 minutes */
  readonly idle?: number;
  /** How many are kept; the one that was used longest ago goes first. @default 10_000 */
  readonly limit?: number;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

export interface VisitorReport {
  readonly session: string;
  readonly proxy: string | null;
  readonly identity: string;
  readonly cookies: number;
  readonly score: number;
  readonly lastUsed: string;
}

/** Sites that refuse a visitor so often, beyond those that serve him, do not want him any more. */
const lowestScore = -3;
const highestScore = 5;

export class Visitors {
  readonly #proxies: WaysOut;
  readonly #identities: Wardrobe;
  readonly #kept: Kept;
  readonly #now: () => number;
  #drawn = 0;

  constructor({ proxies, identities, store, idle = 15 * 60_000, limit = 10_000, now = Date.now }: VisitorsOptions) {
    this.#proxies = proxies;
    this.#identities = identities;
    this.#now = now;
    this.#kept = new Kept({ store, idle, limit, now, proxyOf: (id) => proxies.get(id) });
  }

  /**
   * @param owner The id of the key that asks: sessions of one name are others for others.
   * @param avoid Proxies that were tried before.
   * @throws Problem as the proxies and identities do; session_busy while a person is at it.
   */
  visitorFor(request: PageRequest, owner: string, avoid: ReadonlySet<string> = new Set()): Visitor {
    if (request.session === undefined) {
      const id = `visit-${(++this.#drawn).toString(36)}`;
      return this.#make(id, false, request, avoid);
    }
    const entry = this.#kept.find(keyOf(owner, request.session));
    if (entry === undefined) return this.#begin(request, owner, avoid);
    if (entry.turns.handedOff) throw busy(request.session, 'a person is at it');
    if (entry.score <= lowestScore || contradicts(request, entry.visitor)) return this.#begin(request, owner, avoid);
    if (mayRender(request) && !entry.mayRender) this.#dressForBrowser(entry, request);
    return entry.visitor;
  }

  /** He is not wanted any more, as a whole: whoever comes next by his name gets another. What was replaced stays replaced. */
  drop(visitor: Visitor): void {
    const entry = this.#kept.entryOf(visitor);
    if (entry !== undefined) this.#kept.remove(entry.key);
  }

  /** What came of a visit: sites that serve him speak for a visitor, blocks and captchas against him. */
  score(visitor: Visitor, good: boolean): void {
    const entry = this.#kept.entryOf(visitor);
    if (entry === undefined) return;
    entry.score = Math.max(lowestScore, Math.min(highestScore, entry.score + (good ? 1 : -1)));
    this.#kept.used(entry);
  }

  /**
   * The visitor for oneself, as the browser needs him; others wait for their turn.
   * @param patience Milliseconds.
   * @throws Problem session_busy where it does not come in time.
   */
  async lease(visitor: Visitor, patience: number, signal: AbortSignal): Promise<() => void> {
    const entry = this.#kept.entryOf(visitor);
    if (entry === undefined) return () => {};
    const release = await entry.turns.take(patience, signal);
    if (release === undefined)
      throw busy(visitor.id, `another page of it is in the browser, for more than ${patience} ms`);
    return () => {
      this.#kept.used(entry);
      release();
    };
  }

  /** A person takes the visitor over: until the returned function is called, everybody else gets session_busy. */
  handOff(visitor: Visitor): () => void {
    const entry = this.#kept.entryOf(visitor);
    if (entry === undefined) return () => {};
    entry.turns.handedOff = true;
    return () => {
      entry.turns.handedOff = false;
      this.#kept.used(entry);
    };
  }

  report(): VisitorReport[] {
    return this.#kept.list().map(({ visitor, score, lastUsed }) => ({
      session: visitor.id,
      proxy: visitor.proxy?.id ?? null,
      identity: visitor.identity.id,
      cookies: visitor.cookies.size,
      score,
      lastUsed: new Date(lastUsed).toISOString(),
    }));
  }

  /** Writes down what is not yet. */
  close(): void {
    this.#kept.close();
  }

  #begin(request: PageRequest, owner: string, avoid: ReadonlySet<string>): Visitor {
    const name = request.session as string;
    const visitor = this.#make(name, true, request, avoid);
    const entry: Keeping = {
      key: keyOf(owner, name),
      ...{ visitor, mayRender: mayRender(request), score: 0, lastUsed: this.#now(), turns: new Turns() },
    };
    this.#kept.add(entry);
    return visitor;
  }

  #make(id: string, sticky: boolean, request: PageRequest, avoid: ReadonlySet<string>): Visitor {
    const { country, pool } = request;
    const { host } = new URL(request.url);
    const proxy = this.#proxies.choose({ host, country, pool, avoid });
    return { id, sticky, proxy, identity: this.#draw(request), cookies: new CookieJar() };
  }

  #draw(request: PageRequest): Identity {
    const { device, browser, locale, country } = request;
    const spoken = locale ?? (country === undefined ? undefined : this.#identities.localeOf(country));
    return this.#identities.draw({ device, browser, locale: spoken, mayRender: mayRender(request) });
  }

  /** What signed in by plain HTTP goes on in the browser: with the same proxy and cookies, but as the browser that it is. */
  #dressForBrowser(entry: Keeping, request: PageRequest): void {
    const identity = this.#draw({ ...request, locale: entry.visitor.identity.locale });
    entry.visitor = { ...entry.visitor, identity };
    entry.mayRender = true;
    this.#kept.used(entry);
  }
}

/**
 * Whether the call asks for another country or pool than the session goes by: nobody goes to another one in silence. What
 * else it says of its visitor is settled with the first call.
 */
function contradicts({ country, pool }: PageRequest, { proxy }: Visitor): boolean {
  const differs = (asked: string | undefined, is: string | undefined) =>
    asked !== undefined && asked.toLowerCase() !== is;
  return differs(country, proxy?.country) || differs(pool, proxy?.pool);
}

/** What is handed to a person goes on in the browser, too. */
function mayRender({ render, onCaptcha }: PageRequest): boolean {
  return render !== false || onCaptcha === 'handoff';
}

function keyOf(owner: string, name: string): string {
  return `${owner}\n${name}`;
}

function busy(name: string, why: string): Problem {
  return new Problem('session_busy', `The session '${name}' is in use: ${why}; try again later.`, { retryAfter: 5 });
}
