// A token bucket without a clock: `size` tokens, full at first, refilled evenly over a minute.

const minute = 60_000;

export class Bucket {
  readonly #size: number;
  #tokens: number;
  #at: number;

  constructor(size: number, now: number) {
    this.#size = size;
    this.#tokens = size;
    this.#at = now;
  }

  get size(): number {
    return this.#size;
  }

  /** Whole tokens that could be taken now. */
  remaining(now: number): number {
    this.#refill(now);
    return Math.floor(this.#tokens);
  }

  /** Takes a token and returns 0, or returns the milliseconds until there will be one. */
  take(now: number): number {
    this.#refill(now);
    if (this.#tokens < 1) return ((1 - this.#tokens) * minute) / this.#size;
    this.#tokens -= 1;
    return 0;
  }

  /** Undoes one `take`. */
  giveBack(): void {
    this.#tokens = Math.min(this.#size, this.#tokens + 1);
  }

  #refill(now: number): void {
    // A clock that was set back refills nothing.
    const gained = (Math.max(0, now - this.#at) * this.#size) / minute;
    // Thirds and sevenths of a token do not add up exactly; without this a full minute may lack the last one.
    this.#tokens = Math.min(this.#size, Math.round((this.#tokens + gained) * 1e9) / 1e9);
    this.#at = now;
  }
}
