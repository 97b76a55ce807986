// The copies asked for of late, in memory up to a number of bytes.
import { type Copy, sizeOfCopy } from './copy.js';

export class RecentCopies {
  readonly #limit: number;
  /** The least recently used first. */
  readonly #copies = new Map<string, Copy>();
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): Copy | undefined {
    const copy = this.#copies.get(key);
    if (copy !== undefined) {
      this.#copies.delete(key);
      this.#copies.set(key, copy);
    }
    return copy;
  }

  set(key: string, copy: Copy): void {
    this.delete(key);
    const size = sizeOfCopy(copy);
    if (size > this.#limit) return;
    this.#copies.set(key, copy);
    this.#bytes += size;
    for (const oldest of this.#copies.keys()) {
      if (this.#bytes <= this.#limit) return;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const copy = this.#copies.get(key);
    if (copy === undefined) return;
    this.#bytes -= sizeOfCopy(copy);
    this.#copies.delete(key);
  }

  expire(now: number): void {
    for (const [key, { expires }] of this.#copies) if (expires <= now) this.delete(key);
  }
}
