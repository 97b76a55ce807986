// Variants in a store of the caller's, as bytes under a digest of their URL. The store is an aid: where it fails or holds
// what cannot be read, the request goes out as if nothing were stored.
import { createHash } from 'node:crypto';
import { decode, encode } from './encoding.js';
import type { Entries } from './entries.js';
import { usefulFor } from './rules.js';
import { Variant } from './variant.js';

/** A place for stored responses that outlives the process or is shared with others. */
export interface CacheStore {
  get(key: string): Promise<Uint8Array | undefined> | Uint8Array | undefined;
  /** `ttl`: milliseconds after which the entry is of no use. */
  set(key: string, entry: Uint8Array, ttl: number): Promise<void> | void;
  delete(key: string): Promise<void> | void;
}

export class StoreEntries implements Entries {
  readonly #store: CacheStore;
  readonly #shared: boolean;
  readonly #maxEntrySize: number;

  /** `maxEntrySize` bounds all variants of one URL together: they travel as one. */
  constructor(store: CacheStore, shared: boolean, maxEntrySize: number) {
    this.#store = store;
    this.#shared = shared;
    this.#maxEntrySize = maxEntrySize;
  }

  async get(key: string): Promise<readonly Variant[]> {
    try {
      const bytes = await this.#store.get(digest(key));
      if (!(bytes instanceof Uint8Array)) return [];
      return decode(bytes).map((stored) => new Variant(stored, this.#shared, undefined));
    } catch {
      return [];
    }
  }

  async put(key: string, variants: readonly Variant[], now: number): Promise<void> {
    const kept = variants.slice();
    while (kept.length > 0 && kept.reduce((sum, { size }) => sum + size, 0) > this.#maxEntrySize) kept.pop();
    try {
      if (kept.length === 0) {
        await this.#store.delete(digest(key));
        return;
      }
      const ttl = Math.max(...kept.map(({ terms, stored }) => usefulFor(terms, stored.fields, now)));
      await this.#store.set(digest(key), encode(kept.map(({ stored }) => stored)), Math.ceil(ttl));
    } catch {
      // What could not be stored will be asked for again.
    }
  }
}

/** URLs can be long and hold secrets: a store sees neither. */
function digest(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}
