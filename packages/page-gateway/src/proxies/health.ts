// How one proxy has done: it cools down after a failure, for longer after each further one, and counts as dead after
// several in a row. A mechanism without clocks and sockets.

export type ProxyState = 'healthy' | 'cooling' | 'dead';

/** Milliseconds. */
const firstRest = 5_000;
const longestRest = 10 * 60_000;
/** Failures in a row. */
const deadly = 4;
/** The weight of the newest latency. */
const share = 0.2;

export class Health {
  successes = 0;
  failures = 0;
  /** A moving average of milliseconds. */
  latency: number | undefined;
  lastError: string | undefined;
  restsUntil = 0;
  #row = 0;

  get state(): ProxyState {
    if (this.#row === 0) return 'healthy';
    return this.#row < deadly ? 'cooling' : 'dead';
  }

  /** Whether it may be chosen beside healthy ones: a dead one has to be found alive first. */
  isReady(now: number): boolean {
    return this.state === 'healthy' || (this.state === 'cooling' && this.restsUntil <= now);
  }

  succeeded(ms: number): void {
    this.successes++;
    this.#row = 0;
    this.restsUntil = 0;
    this.latency = this.latency === undefined ? ms : this.latency + share * (ms - this.latency);
  }

  failed(error: string, now: number): void {
    this.failures++;
    this.lastError = error;
    // Calls that were under way together fail together: that counts once.
    if (this.restsUntil > now) return;
    this.#row++;
    this.restsUntil = now + Math.min(longestRest, firstRest * 2 ** (this.#row - 1));
  }

  /** It answers again, and may show what it is worth. */
  revived(now: number): void {
    if (this.#row === 0) return;
    this.#row = Math.min(this.#row, deadly - 1);
    this.restsUntil = now;
  }
}
