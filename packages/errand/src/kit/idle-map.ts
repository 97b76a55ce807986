// What is known of each key, made when it is first asked for and forgotten when that changes nothing. Never grows beyond
// twice what is in use, however many keys come by.

export interface Forgettable {
  /** Whether forgetting it now would change nothing. */
  idle(now: number): boolean;
}

/** As many are kept without looking for those that could be forgotten. */
const smallEnough = 256;

export class IdleMap<T extends Forgettable> {
  readonly #make: (key: string) => T;
  readonly #known = new Map<string, T>();
  #sweepAt = smallEnough;

  constructor(make: (key: string) => T) {
    this.#make = make;
  }

  of(key: string, now: number): T {
    return this.#known.get(key) ?? this.#add(key, now);
  }

  peek(key: string): T | undefined {
    return this.#known.get(key);
  }

  entries(): IterableIterator<[string, T]> {
    return this.#known.entries();
  }

  #add(key: string, now: number): T {
    if (this.#known.size >= this.#sweepAt) {
      for (const [each, value] of this.#known) if (value.idle(now)) this.#known.delete(each);
      this.#sweepAt = Math.max(smallEnough, this.#known.size * 2);
    }
    const value = this.#make(key);
    this.#known.set(key, value);
    return value;
  }
}
