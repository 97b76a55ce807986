// How long requests wait for room among the session's connections: as long as `timeout.queue` says.
import { TimeoutError } from '../errors.js';
import { longestDelay } from '../kit/duration.js';
import type { Waiter } from './route.js';

export class Patience {
  readonly #timers = new Map<Waiter, NodeJS.Timeout>();
  readonly #lost: (waiter: Waiter, error: TimeoutError) => void;

  constructor(lost: (waiter: Waiter, error: TimeoutError) => void) {
    this.#lost = lost;
  }

  /** There is no room for the waiter now. */
  begin(waiter: Waiter): void {
    const { queue } = waiter.request.call.policy.timeouts;
    if (queue > longestDelay || this.#timers.has(waiter)) return;
    const end = () => {
      this.#timers.delete(waiter);
      this.#lost(waiter, new TimeoutError('queue', queue));
    };
    this.#timers.set(waiter, setTimeout(end, queue));
  }

  /** The waiter has what it waited for, or waits no longer. */
  end(waiter: Waiter): void {
    if (this.#timers.size === 0) return;
    clearTimeout(this.#timers.get(waiter));
    this.#timers.delete(waiter);
  }
}
