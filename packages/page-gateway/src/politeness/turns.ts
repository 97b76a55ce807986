// Whose turn it is at one host: so many at once, so far apart, none while the host wants to be left alone, and first come,
// first served. Knows no clock and no timer: whoever keeps it says what time it is, and wakes it when it wants to be woken.
import { Line, type Waiting } from './line.js';

const never = Number.NEGATIVE_INFINITY;

/** The turns at one host, whoever counts them. */
export interface HostTurns {
  readonly running: number;
  readonly waiting: number;
  readonly pausedUntil: number;
  /** Milliseconds between two starts, as the operator and the host want it. */
  readonly spacing: number;
  /** When {@link wake} is due; Infinity while nothing is gained by time alone. */
  wakeAt(now: number): number;
  /** Forgetting it now would change nothing. */
  idle(now: number): boolean;
  /** Stands in line; the outcome may be told before this returns. */
  join(waiting: Waiting, now: number): void;
  withdraw(waiting: Waiting, now: number): void;
  leave(now: number): void;
  /** What the host's robots.txt asks for. */
  crawlDelay(milliseconds: number, now: number): void;
  /** Nobody goes there before that. */
  pause(until: number, now: number): void;
  /** Lets in whom there is room for. */
  wake(now: number): void;
}

export class Turns implements HostTurns {
  readonly #concurrency: number;
  readonly #delay: number;
  #crawlDelay = 0;
  #running = 0;
  #lastStart = never;
  #pausedUntil = never;
  readonly #line = new Line();

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

  get spacing(): number {
    return Math.max(this.#delay, this.#crawlDelay);
  }

  wakeAt(now: number): number {
    const full = this.#running >= this.#concurrency;
    return this.#line.size === 0 || full ? Number.POSITIVE_INFINITY : this.#opensAt(now, 0);
  }

  idle(now: number): boolean {
    return this.#running === 0 && this.#line.size === 0 && this.#opensAt(now, 0) <= now;
  }

  join(waiting: Waiting, now: number): void {
    if (this.#line.join(waiting, this.#opensAt(now, this.#line.size), now)) this.wake(now);
  }

  withdraw(waiting: Waiting): void {
    this.#line.delete(waiting);
  }

  leave(now: number): void {
    this.#running--;
    this.wake(now);
  }

  crawlDelay(milliseconds: number, now: number): void {
    if (milliseconds === this.#crawlDelay) return;
    this.#crawlDelay = milliseconds;
    this.#dismissHopeless(now);
    this.wake(now);
  }

  pause(until: number, now: number): void {
    if (until <= this.#pausedUntil) return;
    this.#pausedUntil = until;
    this.#dismissHopeless(now);
  }

  wake(now: number): void {
    while (this.#line.size > 0 && this.#running < this.#concurrency && this.#opensAt(now, 0) <= now) {
      this.#running++;
      this.#lastStart = now;
      this.#line.shift().granted(now);
    }
  }

  /** The earliest start, as far as time goes, of one that has `ahead` others before it. */
  #opensAt(now: number, ahead: number): number {
    return Math.max(now, this.#pausedUntil, this.#lastStart + this.spacing) + ahead * this.spacing;
  }

  #dismissHopeless(now: number): void {
    this.#line.dismissHopeless((ahead) => this.#opensAt(now, ahead), now);
  }
}
