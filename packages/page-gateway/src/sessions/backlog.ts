// What the shared store has to be told and could not be while it was away. It is told when it is back, in the order that
// matters: that a visitor is gone before anything else of his name.
import type { SharedStore, There } from './shared-store.js';

/** Milliseconds between two looks whether the store is back, where there is something to tell it. */
const lookEvery = 250;
/** It is there, and takes nothing. */
const longestPause = 5_000;
/** Sessions that were dropped while it was away; beyond them the oldest are forgotten. */
const mostDrops = 10_000;
/** So many visitors are written at once. */
const atOnce = 50;

type Gone = Pick<There, 'id' | 'generation'>;

export class Backlog<T> {
  readonly #store: SharedStore;
  readonly #write: (visitor: T) => Promise<void>;
  readonly #unwritten = new Set<T>();
  readonly #dropped = new Map<string, Gone>();
  #timer: NodeJS.Timeout | undefined;
  #pause = lookEvery;
  #closed = false;
  #looking = false;

  /** @param write Never fails, and says here what became of it. */
  constructor(store: SharedStore, write: (visitor: T) => Promise<void>) {
    this.#store = store;
    this.#write = write;
  }

  /** Undefined where the store is away. */
  async ask<A>(key: string, question: (store: SharedStore) => Promise<A>): Promise<A | undefined> {
    try {
      const gone = this.#dropped.get(key);
      if (gone !== undefined) {
        await this.#store.drop(key, gone);
        this.#dropped.delete(key);
      }
      return await question(this.#store);
    } catch {
      return undefined;
    }
  }

  /** To be written as he is then. */
  add(visitor: T): void {
    this.#unwritten.add(visitor);
    this.#later();
  }

  /** He is written, or not wanted any more. */
  delete(visitor: T): void {
    this.#unwritten.delete(visitor);
  }

  async drop({ key, id, generation }: Gone & { readonly key: string }): Promise<void> {
    this.#dropped.delete(key);
    this.#dropped.set(key, { id, generation });
    const [oldest] = this.#dropped.keys();
    if (this.#dropped.size > mostDrops && oldest !== undefined) this.#dropped.delete(oldest);
    await this.ask(key, async () => {});
    if (this.#dropped.has(key)) this.#later();
  }

  /** What the store does not take now is lost. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#tell();
  }

  /** The store is back. */
  tellNow(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    void this.#look();
  }

  #later(): void {
    if (this.#closed) return;
    this.#timer ??= setTimeout(() => void this.#look(), this.#pause).unref();
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    await this.#tell();
    this.#looking = false;
    this.#timer = undefined;
    const all = this.#unwritten.size + this.#dropped.size === 0;
    this.#pause = all || !this.#store.reachable ? lookEvery : Math.min(longestPause, 2 * this.#pause);
    if (!all) this.#later();
  }

  async #tell(): Promise<void> {
    for (const key of [...this.#dropped.keys()]) {
      if (!this.#store.reachable) return;
      await this.ask(key, async () => {});
    }
    const unwritten = [...this.#unwritten];
    while (unwritten.length > 0 && this.#store.reachable)
      await Promise.all(unwritten.splice(0, atOnce).map(this.#write));
  }
}
