// One host's gate: slots and tokens in one wait, so that nobody holds the one while waiting for the other. Knows no clock,
// no timer and no HTTP: whoever keeps it says what time it is and wakes it when it wants to be woken.
import type { Forgettable } from '../../kit/idle-map.js';
import { LaneQueue, Waiter } from './lanes.js';
import type { GateLimit } from './options.js';

/** The right to ask a host, from the moment it is granted until it is given back, once. */
export interface Turn {
  /** Whether what the host says about its own limits matters. */
  readonly heeds: boolean;
  /** The host has spoken. Before {@link leave}. */
  heed(advice: Advice, now: number): void;
  leave(now: number): void;
}

/** What a host said about its limits, as durations from now. */
export interface Advice {
  /** Ask nothing for so many milliseconds. */
  readonly pause?: number;
  /** So many more requests are welcome … */
  readonly remaining?: number;
  /** … until so many milliseconds have passed. */
  readonly reset?: number;
}

/** One that waits for its turn. It is told the outcome once, or is withdrawn before that. */
export abstract class Applicant extends Waiter {
  /** When there is no use in a turn any more. */
  abstract get deadline(): number;
  abstract granted(turn: Turn, now: number): void;
  /** No turn before the deadline: the next is at `opensAt`. */
  abstract hopeless(opensAt: number, now: number): void;
}

/** Whom a gate tells what concerns all gates together. */
export interface GateKeeper {
  /** How many wait, over all gates. */
  queued: number;
  /** {@link Gate.wakeAt} may have changed. */
  reschedule(gate: Gate): void;
}

/** Server windows whose ends lie closer together than this are one and the same, told with another rounding. */
const sameWindow = 1_500;

export class Gate implements Turn, Forgettable {
  readonly #limit: GateLimit;
  readonly #keeper: GateKeeper;
  readonly #queue = new LaneQueue<Applicant>();
  #inFlight = 0;
  /** When the bucket will be full again, if nobody takes from it. */
  #fullAt = Number.NEGATIVE_INFINITY;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  /** The host's own window: its end, what it last said is left of it, and what we have not used of that. */
  #windowEnd = Number.NEGATIVE_INFINITY;
  #windowSaid = 0;
  #windowLeft = 0;
  #wakeAt = Number.POSITIVE_INFINITY;

  constructor(limit: GateLimit, keeper: GateKeeper) {
    this.#limit = limit;
    this.#keeper = keeper;
  }

  get heeds(): boolean {
    return this.#limit.respectServer;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get queued(): number {
    return this.#queue.size;
  }

  /** When {@link wake} is due; Infinity while nobody waits for time to pass. */
  get wakeAt(): number {
    return this.#wakeAt;
  }

  /** Whole requests that could go out now as far as the rate is concerned; undefined where there is no rate. */
  tokens(now: number): number | undefined {
    const { interval, burst } = this.#limit;
    if (interval === 0) return undefined;
    return Math.floor(burst - Math.max(0, this.#fullAt - now) / interval + 1e-9);
  }

  idle(now: number): boolean {
    return (
      this.#inFlight === 0 &&
      this.#queue.size === 0 &&
      this.#fullAt <= now &&
      this.#pausedUntil <= now &&
      this.#windowEnd <= now
    );
  }

  /** Takes a turn where there is one at once and nobody waits. */
  enter(now: number): boolean {
    if (this.#queue.size > 0 || this.#inFlight >= this.#limit.concurrency || this.opensAt(now) > now) return false;
    this.#take(now);
    return true;
  }

  /** The earliest time at which time alone would let one through that has `ahead` others before it. */
  opensAt(now: number, ahead = 0): number {
    const { interval, burst } = this.#limit;
    let at = now;
    if (interval !== 0) at = Math.max(at, Math.max(now, this.#fullAt) + (ahead + 1 - burst) * interval);
    if (this.#pausedUntil > at) at = this.#pausedUntil;
    if (this.#windowEnd > at && this.#windowLeft <= ahead) at = this.#windowEnd;
    return at;
  }

  /** How many would go before one that came now, at the least. */
  ahead(lane: string, priority: number): number {
    return this.#queue.ahead(lane, priority);
  }

  /** Waits for a turn, which may come before this returns. */
  wait(applicant: Applicant, now: number): void {
    this.#queue.push(applicant);
    this.#keeper.queued++;
    this.wake(now);
  }

  /** Stops waiting. Of one that does not wait here, nothing happens. */
  withdraw(applicant: Applicant): void {
    if (!this.#queue.remove(applicant)) return;
    this.#keeper.queued--;
    if (this.#queue.size === 0) this.#sleepUntil(Number.POSITIVE_INFINITY);
  }

  leave(now: number): void {
    this.#inFlight--;
    if (this.#queue.size > 0) this.wake(now);
  }

  heed({ pause, remaining, reset }: Advice, now: number): void {
    const before = this.opensAt(now);
    if (pause !== undefined) this.#pausedUntil = Math.max(this.#pausedUntil, now + pause);
    if (remaining !== undefined && reset !== undefined) this.#follow(remaining, now + reset, now);
    const opensAt = this.opensAt(now);
    if (this.#queue.size === 0 || opensAt === before) return;
    if (opensAt > before) this.#dismissHopeless(opensAt, now);
    this.wake(now);
  }

  /** Lets in whom there is room for. */
  wake(now: number): void {
    while (this.#queue.size > 0 && this.#inFlight < this.#limit.concurrency) {
      const opensAt = this.opensAt(now);
      if (opensAt > now) {
        this.#sleepUntil(opensAt);
        return;
      }
      const applicant = this.#queue.shift() as Applicant;
      this.#keeper.queued--;
      this.#take(now);
      applicant.granted(this, now);
    }
    this.#sleepUntil(Number.POSITIVE_INFINITY);
  }

  #take(now: number): void {
    this.#inFlight++;
    if (this.#limit.interval !== 0) this.#fullAt = Math.max(this.#fullAt, now) + this.#limit.interval;
    if (this.#windowEnd > now) this.#windowLeft--;
  }

  /**
   * Answers may overtake each other, so within one window the least that was said counts; and what is under way may
   * not have been counted by the host yet.
   */
  #follow(remaining: number, end: number, now: number): void {
    const same = this.#windowEnd > now && end < this.#windowEnd + sameWindow;
    this.#windowSaid = same ? Math.min(this.#windowSaid, remaining) : remaining;
    this.#windowEnd = same ? Math.max(this.#windowEnd, end) : end;
    this.#windowLeft = this.#windowSaid - (this.#inFlight - 1);
  }

  #dismissHopeless(opensAt: number, now: number): void {
    for (const applicant of this.#queue) {
      if (applicant.deadline >= opensAt) continue;
      this.#queue.remove(applicant);
      this.#keeper.queued--;
      applicant.hopeless(opensAt, now);
    }
  }

  #sleepUntil(moment: number): void {
    if (this.#wakeAt === moment) return;
    this.#wakeAt = moment;
    this.#keeper.reschedule(this);
  }
}
