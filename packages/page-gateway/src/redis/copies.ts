// Copies of pages that every gateway of one Redis finds. Whatever goes wrong there is no copy then, and never an error for
// the caller, who waits for one answer of Redis and not for long.
import { bytesOfCopy, type Copy, copyOfBytes } from '../cache/copy.js';
import type { CopyShelf } from '../cache/shelf.js';
import type { RedisConnection } from './connection.js';

export interface RedisCopiesOptions {
  readonly connection: RedisConnection;
  /** Bytes of one copy; a larger one stays in the memory of the gateway that fetched it. @default 8 MiB */
  readonly maxSize?: number;
  /** Told why a copy could not be kept, while Redis is there. */
  readonly onError?: (error: unknown) => void;
}

/** Milliseconds that a caller waits for a copy. */
const patience = 300;
/** A Redis that was too slow is not asked for so many milliseconds. */
const quiet = 1_000;

export class RedisCopies implements CopyShelf {
  readonly #connection: RedisConnection;
  readonly #maxSize: number;
  readonly #onError: (error: unknown) => void;
  readonly #writing = new Set<Promise<void>>();
  #quietUntil = Number.NEGATIVE_INFINITY;

  constructor({ connection, maxSize = 8 * 1024 ** 2, onError = () => {} }: RedisCopiesOptions) {
    this.#connection = connection;
    this.#maxSize = maxSize;
    this.#onError = onError;
  }

  async get(key: string, now: number): Promise<Copy | undefined> {
    if (!this.#asked) return undefined;
    try {
      const found = await this.#inTime(this.#find(this.#connection.key('copy', key)));
      if (found === undefined) return undefined;
      const [bytes, left] = found;
      const copy = Buffer.isBuffer(bytes) ? copyOfBytes(bytes) : undefined;
      if (copy === undefined || left <= 0) return undefined;
      // The times in it are those of another machine's clock; what is left of its life is Redis's own word.
      const age = Math.max(0, copy.expires - copy.stored - left);
      return { page: copy.page, stored: now - age, expires: now + left };
    } catch {
      return undefined;
    }
  }

  set(key: string, copy: Copy): Promise<void> {
    const done: Promise<void> = this.#write(this.#connection.key('copy', key), copy)
      .catch((error) => {
        if (this.#connection.reachable) this.#onError(error);
      })
      .finally(() => this.#writing.delete(done));
    this.#writing.add(done);
    return done;
  }

  /** Redis does so itself. */
  async expire(): Promise<void> {}

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await Promise.all(this.#writing);
  }

  get #asked(): boolean {
    return this.#connection.reachable && performance.now() >= this.#quietUntil;
  }

  /** The copy and what is left of its life, in one round trip. */
  async #find(key: string): Promise<readonly [bytes: unknown, left: number]> {
    const [bytes, left] = await Promise.all([
      this.#connection.bytes('GET', key),
      this.#connection.command('PTTL', key),
    ]);
    return [bytes, Number(left)];
  }

  async #write(key: string, copy: Copy): Promise<void> {
    if (!this.#asked) return;
    const life = Math.ceil(copy.expires - copy.stored);
    const bytes = bytesOfCopy(copy);
    // What is too large takes the place of what it would replace: nothing.
    if (life < 1 || bytes.length > this.#maxSize) await this.#connection.command('DEL', key);
    else await this.#connection.command('SET', key, bytes, 'PX', String(life));
  }

  async #inTime<T>(answer: Promise<T>): Promise<T | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => {
        // Where this process was busy itself, the answer may be here and only has to be read.
        setImmediate(() => {
          this.#quietUntil = performance.now() + quiet;
          resolve(undefined);
        });
      }, patience);
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
      answer.catch(() => {});
    }
  }
}
