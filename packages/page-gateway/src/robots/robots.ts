// What robots.txt says of a page: each host's own file, fetched once, kept for a while and asked by everybody. Never holds
// up the program for a hostile file, and never takes a host that is away for one that forbids.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Session } from 'errand';
import { askForRobots, type RobotsFile } from './ask.js';
import { Flights } from './flights.js';
import { comparablePath } from './pattern.js';
import type { Rule } from './rules.js';

export interface RobotsOptions {
  /** Fetches the files, so that its guard, proxies and limits hold for them. */
  readonly session: Session;
  /** For one file with its redirects, in milliseconds. @default 10_000 */
  readonly timeout?: number;
  /** How many files are kept. @default 5_000 */
  readonly maxFiles?: number;
  /** How much they may take together, in bytes, roughly. @default 64 MiB */
  readonly maxWeight?: number;
  /** Milliseconds; for tests. @default performance.now */
  readonly now?: () => number;
}

export interface RobotsAnswer {
  readonly allowed: boolean;
  /** Milliseconds between two requests that the host asks for; at most a minute. */
  readonly crawlDelay: number | undefined;
  /**
   * Why: a `rules` file was read; there is `none`; the host is `failing` to give its own, which disallows all for some
   * minutes; or it is `unreachable`, which says nothing of the page, and will be seen when that is asked for.
   */
  readonly state: RobotsFile['state'];
  /** The line that decided: `Disallow: /private`. */
  readonly rule: string | undefined;
}

interface Kept {
  readonly file: RobotsFile;
  readonly until: number;
}

/** Characters compared before others get a turn. */
const slice = 200_000;

export class Robots {
  readonly #session: Session;
  readonly #timeout: number;
  readonly #maxFiles: number;
  readonly #maxWeight: number;
  readonly #now: () => number;
  /** By token and origin; the least recently used first. */
  readonly #files = new Map<string, Kept>();
  #weight = 0;
  readonly #flights = new Flights<RobotsFile>();

  constructor({ session, timeout = 10_000, maxFiles = 5_000, maxWeight = 64 * 1024 * 1024, now }: RobotsOptions) {
    this.#session = session;
    this.#timeout = timeout;
    this.#maxFiles = maxFiles;
    this.#maxWeight = maxWeight;
    this.#now = now ?? (() => performance.now());
  }

  /**
   * @param userAgentToken The product token whose groups count; where there are none, those of `*`.
   * @throws the signal's reason, or what a closed session throws.
   */
  async check(url: URL, userAgentToken: string, signal?: AbortSignal): Promise<RobotsAnswer> {
    signal?.throwIfAborted();
    if (url.pathname === '/robots.txt') {
      return { allowed: true, crawlDelay: undefined, state: 'none', rule: undefined };
    }
    const key = `${userAgentToken.toLowerCase()} ${url.origin}`;
    const file = this.#fresh(key) ?? (await this.#fetch(key, url.origin, userAgentToken, signal));
    const { state, crawlDelay } = file;
    if (state === 'failing') return { allowed: false, crawlDelay, state, rule: undefined };
    const rule = await decidingRule(file.rules, comparablePath(url), signal);
    return { allowed: rule?.allow ?? true, crawlDelay, state, rule: rule?.text };
  }

  #fresh(key: string): RobotsFile | undefined {
    const kept = this.#files.get(key);
    if (kept === undefined || kept.until <= this.#now()) return undefined;
    this.#files.delete(key);
    this.#files.set(key, kept);
    return kept.file;
  }

  #fetch(key: string, origin: string, token: string, signal: AbortSignal | undefined): Promise<RobotsFile> {
    return this.#flights.join(key, signal, async (ending) => {
      const asked = await askForRobots(this.#session, origin, token, { signal: ending, timeout: this.#timeout });
      const before = this.#files.get(key)?.file;
      // An old copy is better than none, for as long as the host cannot give a new one (RFC 9309, 2.4).
      const outdated = before?.state === 'rules' && (asked.state === 'failing' || asked.state === 'unreachable');
      const file = outdated ? { ...before, lifetime: asked.lifetime } : asked;
      if (file.lifetime > 0) this.#keep(key, file);
      return file;
    });
  }

  #keep(key: string, file: RobotsFile): void {
    this.#forget(key);
    this.#files.set(key, { file, until: this.#now() + file.lifetime });
    this.#weight += file.weight;
    for (const oldest of this.#files.keys()) {
      if (this.#files.size <= this.#maxFiles && this.#weight <= this.#maxWeight) return;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    this.#weight -= this.#files.get(key)?.file.weight ?? 0;
    this.#files.delete(key);
  }
}

/** The first that matches, in slices: a file of half a megabyte has more rules than one turn of the loop should bear. */
async function decidingRule(
  rules: readonly Rule[],
  path: string,
  signal: AbortSignal | undefined,
): Promise<Rule | undefined> {
  let compared = 0;
  for (const rule of rules) {
    if (rule.pattern.matches(path)) return rule;
    compared += rule.pattern.cost(path);
    if (compared < slice) continue;
    compared = 0;
    await nextTurn();
    signal?.throwIfAborted();
  }
  return undefined;
}
