// errand's cache store on Redis. It is an aid: where it fails or would take long, nothing is stored and nothing found.
import type { CacheStore } from 'errand';
import type { Link } from './link.js';

/** Nothing is kept for longer, whatever it says of itself. Milliseconds. */
const longestLife = 30 * 24 * 3_600_000;

export class RedisStore implements CacheStore {
  readonly #link: Link;
  readonly #prefix: string;
  readonly #maxEntrySize: number;

  constructor(link: Link, prefix: string, maxEntrySize: number) {
    this.#link = link;
    this.#prefix = `${prefix}cache:`;
    this.#maxEntrySize = maxEntrySize;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    try {
      const found = await this.#link.bytes(['GET', this.#prefix + key]);
      return found instanceof Uint8Array ? found : undefined;
    } catch {
      return undefined;
    }
  }

  /** An entry that is too large takes the place of what it would replace: nothing. */
  async set(key: string, entry: Uint8Array, ttl: number): Promise<void> {
    const life = Math.min(longestLife, Math.ceil(ttl));
    if (!(life >= 1) || entry.byteLength > this.#maxEntrySize) return this.delete(key);
    const bytes = Buffer.from(entry.buffer, entry.byteOffset, entry.byteLength);
    await this.#quietly(['SET', this.#prefix + key, bytes, 'PX', String(life)]);
  }

  async delete(key: string): Promise<void> {
    await this.#quietly(['DEL', this.#prefix + key]);
  }

  async #quietly(command: ReadonlyArray<string | Buffer>): Promise<void> {
    try {
      await this.#link.bytes(command);
    } catch {
      // It will be asked for again.
    }
  }
}
