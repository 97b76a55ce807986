// One host's circuit: closed while requests succeed often enough, open for a while when they do not, half-open while one
// request finds out. Knows no clock and no HTTP.
import type { Forgettable } from '../../kit/idle-map.js';
import { RecentCounts } from '../../kit/recent-counts.js';
import type { BreakerSettings } from './options.js';

export type CircuitState = 'closed' | 'open' | 'half-open';
/** How a request went, as far as the host is to be judged by it; `unknown` judges nothing. */
export type Outcome = 'success' | 'failure' | 'unknown';

export class Circuit implements Forgettable {
  readonly #settings: BreakerSettings;
  /** All requests, and those of them that failed. */
  readonly #counts: RecentCounts;
  /** Until when nothing is let through; undefined while closed. */
  #openUntil: number | undefined;
  /** On whose behalf a request finds out now. */
  #prober: object | undefined;

  constructor(settings: BreakerSettings) {
    this.#settings = settings;
    this.#counts = new RecentCounts(settings.window);
  }

  get closed(): boolean {
    return this.#openUntil === undefined;
  }

  state(now: number): CircuitState {
    if (this.#openUntil === undefined) return 'closed';
    return this.#prober !== undefined || now >= this.#openUntil ? 'half-open' : 'open';
  }

  /** When a request may be let through again; meaningful while not closed. While one finds out, it is taken to fail. */
  get retryAt(): number {
    return this.#openUntil ?? Number.NEGATIVE_INFINITY;
  }

  /** Whether this request is the one that finds out; while the circuit is not closed, all others are refused. */
  probe(prober: object, now: number): boolean {
    if (this.#openUntil === undefined || this.#prober !== undefined || now < this.#openUntil) return false;
    this.#prober = prober;
    this.#openUntil = now + this.#settings.openFor;
    return true;
  }

  probedBy(prober: object): boolean {
    return this.#prober === prober;
  }

  /** How a request went that was let through a closed circuit. What comes too late to matter is ignored. */
  record(outcome: Outcome, now: number): void {
    if (this.#openUntil !== undefined || outcome === 'unknown') return;
    this.#counts.countFirst(now);
    if (outcome !== 'failure') return;
    this.#counts.countSecond(now);
    const requests = this.#counts.first(now);
    const { minimumRequests, failureRate } = this.#settings;
    if (requests >= minimumRequests && this.#counts.second(now) >= failureRate * requests) this.open(now);
  }

  /** How the probe went. Where it found out nothing, the next request does. */
  probed(outcome: Outcome, now: number): void {
    this.#prober = undefined;
    if (outcome === 'failure') this.open(now);
    else if (outcome === 'unknown') this.#openUntil = now;
    else this.#openUntil = undefined;
  }

  idle(now: number): boolean {
    if (this.#openUntil !== undefined)
      return this.#prober === undefined && now >= this.#openUntil + this.#settings.window;
    return this.#counts.first(now) === 0;
  }

  /** Lets nothing through for as long. */
  open(now: number, openFor = this.#settings.openFor): void {
    this.#openUntil = now + openFor;
    this.#counts.clear();
  }

  /** Lets everything through again. */
  shut(): void {
    this.#openUntil = undefined;
  }
}
