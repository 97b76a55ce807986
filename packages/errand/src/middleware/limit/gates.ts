// All gates of a session: made when a host is first asked, forgotten when that changes nothing, woken by one timer. Never
// lets more wait than `maxQueued`, nor anybody in vain.
import { QueueFullError, RateLimitError } from '../../errors.js';
import { longestDelay } from '../../kit/duration.js';
import { IdleMap } from '../../kit/idle-map.js';
import { type Applicant, Gate, type GateKeeper, type Turn } from './gate.js';
import type { LimitOf } from './options.js';

/** What the limit goes through: gates of this process, or gates that several processes share. */
export interface Gates {
  /** A turn where there is one at once; else undefined. `host` is `host:port`. */
  enter(host: string, now: number): Turn | undefined;
  /**
   * Waits for a turn. The applicant may be told before this returns.
   * @throws QueueFullError, or RateLimitError where the deadline would come first.
   */
  wait(host: string, applicant: Applicant, now: number): void;
  /** Stops waiting: neither a turn nor a refusal comes any more. */
  withdraw(host: string, applicant: Applicant): void;
  /** How many wait, over all hosts. */
  readonly queued: number;
  /** The hosts that are known now. */
  stats(now: number): Record<string, GateStats>;
  /** Nobody waits any more, nor will: lets go of what others have a part in. */
  close(): Promise<void> | void;
}

export interface GateStats {
  inFlight: number;
  queued: number;
  /** Requests that the rate would let out at once; absent where there is no rate. */
  tokens?: number;
}

export class LocalGates implements Gates, GateKeeper {
  queued = 0;
  readonly #maxQueued: number;
  readonly #gates: IdleMap<Gate>;
  /** The gates where somebody waits for time to pass. */
  readonly #asleep = new Set<Gate>();
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;

  constructor(limitOf: LimitOf, maxQueued: number) {
    this.#maxQueued = maxQueued;
    this.#gates = new IdleMap((host) => new Gate(limitOf(host), this));
  }

  enter(host: string, now: number): Turn | undefined {
    const gate = this.#gates.of(host, now);
    return gate.enter(now) ? gate : undefined;
  }

  wait(host: string, applicant: Applicant, now: number): void {
    const gate = this.#gates.of(host, now);
    const opensAt = gate.opensAt(now, gate.ahead(applicant.lane, applicant.priority));
    // Where only turns are waited for, a deadline that has just passed is its own timer's business.
    if (opensAt > now && opensAt > applicant.deadline) throw rateLimited(host, opensAt, now);
    if (this.queued >= this.#maxQueued) throw new QueueFullError(this.#maxQueued);
    gate.wait(applicant, now);
  }

  withdraw(host: string, applicant: Applicant): void {
    this.#gates.peek(host)?.withdraw(applicant);
  }

  stats(now: number): Record<string, GateStats> {
    const stats: Record<string, GateStats> = {};
    for (const [host, gate] of this.#gates.entries()) {
      const { inFlight, queued } = gate;
      const tokens = gate.tokens(now);
      stats[host] = tokens === undefined ? { inFlight, queued } : { inFlight, queued, tokens };
    }
    return stats;
  }

  close(): void {}

  reschedule(gate: Gate): void {
    if (gate.wakeAt === Number.POSITIVE_INFINITY) {
      if (this.#asleep.delete(gate) && this.#asleep.size === 0) this.#setTimer(Number.POSITIVE_INFINITY);
      return;
    }
    this.#asleep.add(gate);
    if (gate.wakeAt < this.#timerAt) this.#setTimer(gate.wakeAt);
  }

  #setTimer(at: number): void {
    clearTimeout(this.#timer);
    this.#timerAt = at;
    if (at === Number.POSITIVE_INFINITY) return;
    const delay = Math.min(longestDelay, Math.max(1, Math.ceil(at - performance.now())));
    this.#timer = setTimeout(() => this.#wakeDue(), delay);
  }

  #wakeDue(): void {
    this.#timerAt = Number.POSITIVE_INFINITY;
    const now = performance.now();
    for (const gate of this.#asleep) if (gate.wakeAt <= now) gate.wake(now);
    let earliest = Number.POSITIVE_INFINITY;
    for (const gate of this.#asleep) earliest = Math.min(earliest, gate.wakeAt);
    if (earliest < this.#timerAt) this.#setTimer(earliest);
  }
}

/** `opensAt` is on the clock of `now`; the error tells the time of day. */
export function rateLimited(host: string, opensAt: number, now: number): RateLimitError {
  return new RateLimitError(host, new Date(Date.now() + Math.ceil(opensAt - now)));
}
