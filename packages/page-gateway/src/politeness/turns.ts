// Whose turn it is at one host: so many at once, so far apart, none while the host wants to be left alone, and first come,
// first served. Knows no clock and no timer: whoever keeps it says what time it is, and wakes it when it wants to be woken.

/** One that waits for its turn. It is told the outcome once, or withdraws before that. */
export interface Waiting {
  /** When a turn is of no use any more. */
  readonly deadline: number;
  granted(now: number): void;
  /** Time alone makes it wait beyond its deadline: its turn comes at `opensAt` at the earliest. */
  hopeless(opensAt: number, now: number): void;
}

const never = Number.NEGATIVE_INFINITY;

export class Turns {
  readonly #concurrency: number;
  readonly #delay: number;
  #crawlDelay = 0;
  #running = 0;
  #lastStart = never;
  #pausedUntil = never;
  readonly #line = new Set<Waiting>();
  /** Goes along the line, so that finding the first never passes by those that have left. */
  #order = this.#line.values();

  /** @param delay Milliseconds between two starts. */
  constructor(concurrency: number, delay: number) {
    this.#concurrency = concurrency;
    this.#delay = delay;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#line.size;
  }

  get pausedUntil(): number {
    return this.#pausedUntil;
  }

  /** Milliseconds between two starts, as the operator and the host want it. */
  get spacing(): number {
    return Math.max(this.#delay, this.#crawlDelay);
  }

  /** When {@link wake} is due; Infinity while nobody waits for time to pass. */
  wakeAt(now: number): number {
    const full = this.#running >= this.#concurrency;
    return this.#line.size === 0 || full ? Number.POSITIVE_INFINITY : this.#opensAt(now, 0);
  }

  /** Forgetting it now would change nothing. */
  idle(now: number): boolean {
    return this.#running === 0 && this.#line.size === 0 && this.#opensAt(now, 0) <= now;
  }

  /** Stands in line; the outcome may be told before this returns. */
  join(waiting: Waiting, now: number): void {
    const opensAt = this.#opensAt(now, this.#line.size);
    if (opensAt > now && opensAt > waiting.deadline) {
      waiting.hopeless(opensAt, now);
    } else {
      this.#line.add(waiting);
      this.wake(now);
    }
  }

  withdraw(waiting: Waiting): void {
    this.#line.delete(waiting);
  }

  leave(now: number): void {
    this.#running--;
    this.wake(now);
  }

  /** What the host's robots.txt asks for. */
  crawlDelay(milliseconds: number, now: number): void {
    if (milliseconds === this.#crawlDelay) return;
    this.#crawlDelay = milliseconds;
    this.#dismissHopeless(now);
    this.wake(now);
  }

  /** Nobody goes there before that. */
  pause(until: number, now: number): void {
    if (until <= this.#pausedUntil) return;
    this.#pausedUntil = until;
    this.#dismissHopeless(now);
  }

  /** Lets in whom there is room for. */
  wake(now: number): void {
    while (this.#line.size > 0 && this.#running < this.#concurrency && this.#opensAt(now, 0) <= now) {
      const first = this.#first();
      this.#line.delete(first);
      this.#running++;
      this.#lastStart = now;
      first.granted(now);
    }
  }

  /** The earliest start, as far as time goes, of one that has `ahead` others before it. */
  #opensAt(now: number, ahead: number): number {
    return Math.max(now, this.#pausedUntil, this.#lastStart + this.spacing) + ahead * this.spacing;
  }

  #first(): Waiting {
    let next = this.#order.next();
    if (next.done) {
      this.#order = this.#line.values();
      next = this.#order.next();
    }
    return next.value as Waiting;
  }

  #dismissHopeless(now: number): void {
    let ahead = 0;
    for (const waiting of this.#line) {
      const opensAt = this.#opensAt(now, ahead);
      if (opensAt > now && opensAt > waiting.deadline) {
        this.#line.delete(waiting);
        waiting.hopeless(opensAt, now);
      } else ahead++;
    }
  }
}
