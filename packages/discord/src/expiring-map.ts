// A map whose entries end after a while and whose size is bounded: the oldest give way. It has no timer; `now` is an
// argument, in milliseconds.

interface Entry<V> {
  readonly value: V;
  readonly until: number;
}

export class ExpiringMap<K, V> {
  readonly #entries = new Map<K, Entry<V>>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(key: K, now: number): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (now < entry.until) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: K, value: V, until: number, now: number): void {
    this.#entries.delete(key);
    if (this.#entries.size >= this.#capacity) this.#makeRoom(now);
    this.#entries.set(key, { value, until });
  }

  delete(key: K): void {
    this.#entries.delete(key);
  }

  get size(): number {
    return this.#entries.size;
  }

  #makeRoom(now: number): void {
    for (const [key, { until }] of this.#entries) if (now >= until) this.#entries.delete(key);
    // More than one, so that a full map is not searched at every entry.
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= this.#capacity * 0.875) return;
      this.#entries.delete(key);
    }
  }
}
