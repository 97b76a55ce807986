// Sticky visitors in memory, in the order of their use and up to a bound, found by their key or by their cookies.
import type { CookieJar } from 'errand';
import type { Visitor } from '../core/visitor.js';

export interface Remembered {
  readonly key: string;
  readonly visitor: Visitor;
  lastUsed: number;
  /** A person at this gateway has him in hand: he is not forgotten. */
  readonly held: boolean;
}

export interface RecentOptions {
  /** How long an unused one is kept, in milliseconds. */
  readonly idle: number;
  readonly limit: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export class Recent<T extends Remembered> {
  readonly #options: RecentOptions;
  /** The one that was used longest ago first. */
  readonly #entries = new Map<string, T>();
  /** A visitor may come to look otherwise; his cookies are his own. */
  readonly #keys = new WeakMap<CookieJar, string>();

  constructor(options: RecentOptions) {
    this.#options = options;
  }

  get(key: string): T | undefined {
    return this.#entries.get(key);
  }

  /** Undefined for one that is not sticky, or was replaced. */
  entryOf({ cookies }: Visitor): T | undefined {
    const key = this.#keys.get(cookies);
    const entry = key === undefined ? undefined : this.#entries.get(key);
    return entry?.visitor.cookies === cookies ? entry : undefined;
  }

  /** Whether it was not used for too long. */
  isIdle({ held, lastUsed }: T): boolean {
    return !held && lastUsed + this.#options.idle <= this.#options.now();
  }

  /** @returns The one that has to go for it. */
  add(entry: T): T | undefined {
    this.#keys.set(entry.visitor.cookies, entry.key);
    this.#entries.delete(entry.key);
    this.#entries.set(entry.key, entry);
    if (this.#entries.size <= this.#options.limit) return undefined;
    for (const oldest of this.#entries.values()) {
      if (oldest.held) continue;
      this.#entries.delete(oldest.key);
      return oldest;
    }
    return undefined;
  }

  /** @returns Whether it is still there. */
  used(entry: T, at = this.#options.now()): boolean {
    if (this.#entries.get(entry.key) !== entry) return false;
    entry.lastUsed = Math.max(entry.lastUsed, at);
    this.#entries.delete(entry.key);
    this.#entries.set(entry.key, entry);
    return true;
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  /** The one that was used last first. */
  list(): T[] {
    return [...this.#entries.values()].filter((entry) => !this.isIdle(entry)).reverse();
  }

  /** Forgets those that were not used for too long. */
  expire(): void {
    for (const entry of this.#entries.values()) {
      if (this.isIdle(entry)) this.#entries.delete(entry.key);
      else if (!entry.held) return;
    }
  }
}
