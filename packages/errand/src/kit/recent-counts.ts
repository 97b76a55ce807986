// How often two kinds of events happened within the latest stretch of time, in a ring of a few counters: constant memory
// and constant time, however many events there are. Old events leave a slot at a time.

const slots = 10;

export class RecentCounts {
  readonly #slotLength: number;
  readonly #ring = new Uint32Array(slots * 2);
  #slot = Number.NEGATIVE_INFINITY;
  #first = 0;
  #second = 0;

  /** `window` in milliseconds. Time never runs backwards between calls. */
  constructor(window: number) {
    this.#slotLength = window / slots;
  }

  countFirst(now: number): void {
    const at = this.#advance(now);
    this.#ring[at] = (this.#ring[at] as number) + 1;
    this.#first++;
  }

  countSecond(now: number): void {
    const at = this.#advance(now) + 1;
    this.#ring[at] = (this.#ring[at] as number) + 1;
    this.#second++;
  }

  first(now: number): number {
    this.#advance(now);
    return this.#first;
  }

  second(now: number): number {
    this.#advance(now);
    return this.#second;
  }

  clear(): void {
    this.#ring.fill(0);
    this.#first = 0;
    this.#second = 0;
  }

  /** Drops what has left the window. @returns where the counters of the present slot begin. */
  #advance(now: number): number {
    const slot = Math.floor(now / this.#slotLength);
    if (slot - this.#slot >= slots) this.clear();
    else for (let passed = this.#slot + 1; passed <= slot; passed++) this.#drop((passed % slots) * 2);
    if (slot > this.#slot) this.#slot = slot;
    return (this.#slot % slots) * 2;
  }

  #drop(at: number): void {
    this.#first -= this.#ring[at] as number;
    this.#second -= this.#ring[at + 1] as number;
    this.#ring[at] = 0;
    this.#ring[at + 1] = 0;
  }
}
