// One host's gate where several processes share its limit: callers queue here, lanes in turn, and what goes out was granted
// by the ledger; while that is out of reach, this process keeps to its share of the limit. It never waits for the ledger
// longer than the ledger takes to give up.
import { longestDelay } from '../../kit/duration.js';
import type { Forgettable } from '../../kit/idle-map.js';
import type { Advice, Applicant, Turn } from './gate.js';
import { LaneQueue } from './lanes.js';
import type { Claim, Grant, Ledger } from './ledger.js';
import type { GateLimit } from './options.js';

/** As many turns are asked for in one claim. */
const mostWanted = 256;
/** While somebody waits for others to leave, the ledger is asked again after so many milliseconds, give or take half. */
const pollEvery = 100;
/** No sleep is longer while somebody waits, so that others know that this process still does. Milliseconds. */
const longestSleep = 500;

/** Whom a gate tells what concerns all gates together. */
export interface SharedGateKeeper {
  /** How many wait, over all gates. */
  queued: number;
  readonly ledger: Ledger;
}

export class SharedGate implements Turn, Forgettable {
  readonly #host: string;
  readonly #limit: GateLimit;
  readonly #keeper: SharedGateKeeper;
  readonly #queue = new LaneQueue<Applicant>();
  #inFlight = 0;
  /** What the ledger was last told, and granted on top. */
  #declared = 0;
  /** The claim that is under way. */
  #claiming: Promise<void> | undefined;
  #advice: Advice | undefined;
  #opensAt = Number.NEGATIVE_INFINITY;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #sharers = 0;
  #tokens: number | undefined;
  /** This process's own bucket, kept up all the time: when it will be full again. */
  #fullAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(host: string, limit: GateLimit, keeper: SharedGateKeeper) {
    this.#host = host;
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

  /** As the ledger last said. */
  get tokens(): number | undefined {
    return this.#tokens;
  }

  idle(now: number): boolean {
    const busy = this.#claiming !== undefined || this.#inFlight > 0 || this.#queue.size > 0 || this.#declared > 0;
    return !busy && this.#pausedUntil <= now && this.#fullAt <= now;
  }

  /** The earliest time at which one that came now could go out, as far as is known. */
  opensAt(now: number, lane: string, priority: number): number {
    if (this.#opensAt <= now || !this.#keeper.ledger.reachable) return Math.max(now, this.#pausedUntil);
    return this.#opensAt + this.#queue.ahead(lane, priority) * this.#limit.interval;
  }

  wait(applicant: Applicant): void {
    this.#queue.push(applicant);
    this.#keeper.queued++;
    this.pump();
  }

  withdraw(applicant: Applicant): void {
    if (!this.#queue.remove(applicant)) return;
    this.#keeper.queued--;
    this.#schedule();
  }

  leave(): void {
    this.#inFlight--;
    this.pump();
  }

  heed({ pause, remaining, reset }: Advice, now: number): void {
    const wait = Math.max(pause ?? 0, remaining === 0 ? (reset ?? 0) : 0);
    if (wait > 0) this.#pausedUntil = Math.max(this.#pausedUntil, now + wait);
    const longer = Math.max(this.#advice?.pause ?? 0, pause ?? 0);
    const window = remaining === undefined || reset === undefined ? this.#advice : { remaining, reset };
    this.#advice = {
      ...(longer > 0 && { pause: longer }),
      ...(window?.remaining !== undefined && { remaining: window.remaining, reset: window.reset as number }),
    };
    if (wait > 0) this.#dismissHopeless(this.#pausedUntil, now);
    this.pump();
  }

  /** Asks for what is wanted, gives back what is not held any more. */
  pump(): void {
    if (!this.#keeper.ledger.reachable) {
      this.#admitAlone(performance.now());
      return;
    }
    const wanted = Math.min(this.#queue.size, mostWanted);
    const changed = this.#declared !== this.#inFlight || this.#advice !== undefined;
    if (this.#claiming === undefined && (changed || (wanted > 0 && this.#opensAt <= performance.now())))
      this.#claim(wanted);
    else this.#schedule();
  }

  /** Somebody left: what was said about when to ask again does not hold any more. */
  wake(): void {
    this.#opensAt = Number.NEGATIVE_INFINITY;
    this.pump();
  }

  /** The ledger may know nothing any more, so it is told all. */
  recovered(): void {
    this.#declared = Number.NaN;
    this.wake();
  }

  /** Resolves when the ledger knows what is held, or is out of reach. */
  async settled(): Promise<void> {
    while (this.#claiming !== undefined) await this.#claiming;
  }

  #claim(wanted: number): void {
    const claim: Claim = {
      host: this.#host,
      limit: this.#limit,
      held: this.#inFlight,
      wanted,
      advice: this.#advice,
    };
    this.#advice = undefined;
    this.#claiming = this.#keeper.ledger.claim(claim).then(
      (grant) => this.#settle(claim, grant),
      () => this.#failed(claim),
    );
  }

  #settle({ held, wanted }: Claim, grant: Grant): void {
    const now = performance.now();
    this.#claiming = undefined;
    this.#declared = held + grant.granted;
    this.#sharers = grant.sharers;
    this.#tokens = grant.tokens;
    const short = grant.granted < wanted;
    const wait = grant.opensIn ?? pollEvery * (0.5 + Math.random());
    this.#opensAt = short ? now + Math.max(1, wait) : Number.NEGATIVE_INFINITY;
    for (let left = grant.granted; left > 0 && this.#queue.size > 0; left--) this.#admit(now);
    if (short && grant.opensIn !== undefined) this.#dismissHopeless(this.#opensAt, now);
    this.pump();
  }

  #failed({ advice }: Claim): void {
    this.#claiming = undefined;
    this.#declared = Number.NaN;
    this.#advice ??= advice;
    this.#opensAt = Number.NEGATIVE_INFINITY;
    if (this.#keeper.ledger.reachable) this.#opensAt = performance.now() + pollEvery;
    this.#admitAlone(performance.now());
  }

  /** What this process keeps to by itself; a host that was never asked together counts as shared by two. */
  get #share(): number {
    return this.#keeper.ledger.share ?? 1 / (this.#sharers || 2);
  }

  /** The floor: a share of the limit, counted here. */
  #admitAlone(now: number): void {
    const share = this.#share;
    const slots = Math.max(1, Math.floor(this.#limit.concurrency * share));
    while (this.#queue.size > 0 && this.#inFlight < slots && this.#aloneAt(now, share) <= now) this.#admit(now);
    this.#schedule();
  }

  /** When this process's own share of the rate lets the next one out. */
  #aloneAt(now: number, share: number): number {
    const { interval, burst } = this.#limit;
    const own = Math.max(1, Math.floor(burst * share));
    const at = Math.max(now, this.#fullAt - (own - 1) * (interval / share));
    return Math.max(interval === 0 ? now : at, this.#pausedUntil);
  }

  #admit(now: number): void {
    const applicant = this.#queue.shift() as Applicant;
    this.#keeper.queued--;
    this.#inFlight++;
    const { interval, burst } = this.#limit;
    if (interval !== 0) {
      const share = this.#share;
      const own = Math.max(1, Math.floor(burst * share)) * (interval / share);
      this.#fullAt = Math.min(Math.max(this.#fullAt, now) + interval / share, now + own);
    }
    applicant.granted(this, now);
  }

  #dismissHopeless(opensAt: number, now: number): void {
    for (const applicant of this.#queue) {
      if (applicant.deadline >= opensAt || !this.#queue.remove(applicant)) continue;
      this.#keeper.queued--;
      applicant.hopeless(opensAt, now);
    }
  }

  /** Held turns are told again before their lease is over; those who wait ask again when it may help. */
  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { ledger } = this.#keeper;
    if (this.#claiming !== undefined) return;
    const now = performance.now();
    const lease = this.#inFlight > 0 && ledger.reachable ? ledger.lease / 3 : Number.POSITIVE_INFINITY;
    let delay = lease;
    if (this.#queue.size > 0) {
      const next = ledger.reachable ? this.#opensAt : this.#aloneAt(now, this.#share);
      delay = Math.min(lease, longestSleep, Math.max(1, Math.ceil(next - now)));
    }
    if (delay <= longestDelay) this.#timer = setTimeout(() => this.#due(), delay);
  }

  #due(): void {
    this.#timer = undefined;
    if (this.#keeper.ledger.reachable && this.#claiming === undefined)
      this.#claim(Math.min(this.#queue.size, mostWanted));
    else this.pump();
  }
}
