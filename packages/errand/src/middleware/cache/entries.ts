// Where variants are kept, by URL: in memory, bounded in bytes, the least recently used going first.
import type { Variant } from './variant.js';

/** Variants by URL. What is put replaces what was there; none is the same as deletion. */
export interface Entries {
  get(key: string): readonly Variant[] | Promise<readonly Variant[]>;
  /** `now` is in milliseconds since the epoch. */
  put(key: string, variants: readonly Variant[], now: number): void | Promise<void>;
}

interface Kept {
  readonly variants: readonly Variant[];
  readonly size: number;
}

const nothing: readonly Variant[] = [];

export class MemoryEntries implements Entries {
  /** In the order of use, the oldest first. */
  readonly #kept = new Map<string, Kept>();
  readonly #maxSize: number;
  #size = 0;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  /** Bytes, roughly. */
  get size(): number {
    return this.#size;
  }

  get(key: string): readonly Variant[] {
    const kept = this.#kept.get(key);
    if (kept === undefined) return nothing;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept.variants;
  }

  put(key: string, variants: readonly Variant[]): void {
    this.#remove(key);
    if (variants.length === 0) return;
    const size = variants.reduce((sum, variant) => sum + variant.size, key.length);
    if (size > this.#maxSize) {
      // Of several, the newest stand first: as many as there is room for.
      this.put(key, variants.slice(0, -1));
      return;
    }
    this.#kept.set(key, { variants, size });
    this.#size += size;
    for (const oldest of this.#kept.keys()) {
      if (this.#size <= this.#maxSize) return;
      this.#remove(oldest);
    }
  }

  #remove(key: string): void {
    this.#size -= this.#kept.get(key)?.size ?? 0;
    this.#kept.delete(key);
  }
}
