// Who goes: sticky visitors by their owner and name, for as long as they are used, and one for a single call where there is
// no name. Proxy, identity and cookies are made together and replaced together.
import { CookieJar } from 'errand';
import type { Identity } from '../core/identity.js';
import type { PageRequest } from '../core/page-request.js';
import { Problem } from '../core/problem.js';
import type { ProxyServer } from '../core/proxy-server.js';
import type { Visitor } from '../core/visitor.js';
import type { Awaitable } from '../store/key-store.js';
import { type Beginner, type Keep, lowestScore, type Release } from './keep.js';
import { Kept, type SessionStore } from './kept.js';
import { Shared } from './shared.js';
import type { SharedStore } from './shared-store.js';

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
  /** Keeps sticky visitors over a restart, or shares them with other gateways; without one they are forgotten. */
  readonly store?: SessionStore | SharedStore;
  /** How long an unused one is kept, in milliseconds. @default 15 minutes */
  readonly idle?: number;
  /** How many are kept in memory; the one that was used longest ago goes first. @default 10_000 */
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

/** Somebody else may be first with a session so often in a row. */
const mostRivals = 10;

export class Visitors {
  readonly #proxies: WaysOut;
  readonly #identities: Wardrobe;
  readonly #keep: Keep;
  #drawn = 0;

  constructor({ proxies, identities, store, idle = 15 * 60_000, limit = 10_000, now = Date.now }: VisitorsOptions) {
    this.#proxies = proxies;
    this.#identities = identities;
    const options = { idle, limit, now, proxyOf: (id: string) => proxies.get(id) };
    this.#keep =
      store !== undefined && 'replace' in store ? new Shared({ ...options, store }) : new Kept({ ...options, store });
  }

  /**
   * @param owner The id of the key that asks: sessions of one name are others for others.
   * @param avoid Proxies that were tried before.
   * @throws Problem as the proxies and identities do; session_busy while a person is at it.
   */
  async visitorFor(request: PageRequest, owner: string, avoid: ReadonlySet<string> = new Set()): Promise<Visitor> {
    if (request.session === undefined) {
      const id = `visit-${(++this.#drawn).toString(36)}`;
      return this.#make(id, false, request, avoid);
    }
    const key = keyOf(owner, request.session);
    let sticky = await this.#keep.find(key);
    for (let rivals = 0; rivals < mostRivals; rivals++) {
      if (sticky?.handedOff) throw busy(request.session, 'a person is at it');
      if (sticky !== undefined && sticky.score > lowestScore && !contradicts(request, sticky.visitor)) {
        if (!mayRender(request) || sticky.mayRender) return sticky.visitor;
        // What signed in by plain HTTP goes on in the browser: with the same proxy and cookies, but as the browser that it is.
        const { locale } = sticky.visitor.identity;
        sticky = await this.#keep.dress(sticky, this.#draw({ ...request, locale }));
        continue;
      }
      const visitor = this.#make(request.session, true, request, avoid);
      const beginner: Beginner = { key, visitor, mayRender: mayRender(request) };
      sticky = await this.#keep.begin(beginner, sticky);
      if (sticky.visitor === visitor) return visitor;
    }
    throw busy(request.session, 'others replace it all the time');
  }

  /** He is not wanted any more, as a whole: whoever comes next by his name gets another. What was replaced stays replaced. */
  drop(visitor: Visitor): Awaitable<void> {
    return this.#keep.drop(visitor);
  }

  /** What came of a visit: sites that serve him speak for a visitor, blocks and captchas against him. */
  score(visitor: Visitor, good: boolean): void {
    this.#keep.score(visitor, good ? 1 : -1);
  }

  /** What a call has changed of a visitor is kept, for the next call wherever it is made. Never fails. */
  save(visitor: Visitor): Awaitable<void> {
    return this.#keep.save(visitor);
  }

  /**
   * The visitor for oneself, as the browser needs him; others wait for their turn.
   * @param patience Milliseconds.
   * @throws Problem session_busy where it does not come in time.
   */
  async lease(visitor: Visitor, patience: number, signal: AbortSignal): Promise<Release> {
    const release = await this.#keep.lease(visitor, patience, signal);
    if (release !== undefined) return release;
    throw busy(
      visitor.id,
      `another page of it is in the browser, for more than ${Math.round(Math.max(0, patience))} ms`,
    );
  }

  /**
   * A person takes the visitor over: until the returned function is called, everybody else gets session_busy.
   * @throws Problem session_busy where another person was first.
   */
  async handOff(visitor: Visitor): Promise<Release> {
    const giveBack = await this.#keep.handOff(visitor);
    if (giveBack !== undefined) return giveBack;
    throw busy(visitor.id, 'a person is at it');
  }

  report(): VisitorReport[] {
    return this.#keep.list().map(({ visitor, score, lastUsed }) => ({
      session: visitor.id,
      proxy: visitor.proxy?.id ?? null,
      identity: visitor.identity.id,
      cookies: visitor.cookies.size,
      score,
      lastUsed: new Date(lastUsed).toISOString(),
    }));
  }

  /** Writes down what is not yet. */
  close(): Awaitable<void> {
    return this.#keep.close();
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
