// How many retries a host has to bear: a share of what it is asked anyway, so that a host in trouble is not asked many times
// over by those who mean well. A few are always allowed, or quiet sessions could never retry.
import { type Forgettable, IdleMap } from '../../kit/idle-map.js';
import { RecentCounts } from '../../kit/recent-counts.js';

const window = 60_000;
/** As many retries a window are always allowed. */
const always = 10;

export class RetryBudget implements Forgettable {
  /** Requests, and retries of them. */
  readonly #counts = new RecentCounts(window);

  request(now: number): void {
    this.#counts.countFirst(now);
  }

  /** Takes one retry out of the budget, where there is one left. */
  take(share: number, now: number): boolean {
    if (this.#counts.second(now) >= Math.max(always, share * this.#counts.first(now))) return false;
    this.#counts.countSecond(now);
    return true;
  }

  idle(now: number): boolean {
    return this.#counts.first(now) === 0 && this.#counts.second(now) === 0;
  }
}

export class RetryBudgets {
  /** Retries since the session was made, over all hosts. */
  retried = 0;
  readonly #budgets = new IdleMap(() => new RetryBudget());

  /** Takes one retry out of the host's budget, where there is one left, and counts it. */
  take(host: string, share: number, now: number): boolean {
    if (!this.of(host, now).take(share, now)) return false;
    this.retried++;
    return true;
  }

  /** `host` is `host:port`. */
  of(host: string, now: number): RetryBudget {
    return this.#budgets.of(host, now);
  }
}
