// Whose turn it is at one host whose limits several gateways share: callers stand in line here, and those go in whom the
// ledger grants a turn; while it is out of reach, this gateway keeps to its share of the limits. Keeps no timer, and never
// waits for the ledger longer than that takes to give up.
import type { Claim, Grant, Ledger } from 'errand';
import { Line, type Waiting } from './line.js';
import type { HostTurns } from './turns.js';

const never = Number.NEGATIVE_INFINITY;
const ever = Number.POSITIVE_INFINITY;
/** As many turns are asked for in one claim. */
const mostWanted = 256;
/** While somebody must leave first, the ledger is asked again after so many milliseconds, give or take half. */
const pollEvery = 100;
/** Who has not asked for a second does not count as waiting; so it is asked as often in the end. Milliseconds. */
const oftenEnough = 500;
/**
 * When the ledger is lost, others may hold more than their share; so long none that was busy takes more than it had.
 * Milliseconds.
 */
const draining = 1_500;
/**
 * A ledger that is back has to hear from every gateway what it holds; so long none asks for more than its share.
 * Milliseconds.
 */
const settling = 1_500;

export interface SharedTurnsOptions {
  readonly host: string;
  readonly concurrency: number;
  /** Milliseconds between two starts. */
  readonly delay: number;
  readonly ledger: Ledger;
  /** When the ledger was last back, which may be before anybody came to this host here. */
  readonly recoveredAt: number;
  /** The ledger has answered, so that `wakeAt` is another. */
  readonly changed: () => void;
}

export class SharedTurns implements HostTurns {
  readonly #options: SharedTurnsOptions;
  readonly #ledger: Ledger;
  readonly #line = new Line();
  #crawlDelay = 0;
  #running = 0;
  #lastStart = never;
  #pausedUntil = never;
  /** What the ledger knows of us: turns held (not a number: who knows), whether more are wanted, until when is paused. */
  #told = 0;
  #toldWaiting = false;
  #toldPause = never;
  #toldAt = never;
  #failedAt = never;
  /** The claim that is under way. */
  #claiming: Promise<void> | undefined;
  /** Somebody left while the claim was under way, so that its answer may be too old. */
  #freed = false;
  /** When the ledger, as it last said, lets the next one through if others do not. */
  #opensAt = never;
  /** There is no use in asking before. */
  #askAt = never;
  /** Since when this gateway goes by its share, and what it held then; undefined while the ledger is there. */
  #lost: { readonly at: number; readonly held: number } | undefined;
  /** Until when no more than this gateway's share is asked for. */
  #modestUntil = never;

  constructor(options: SharedTurnsOptions) {
    this.#options = options;
    this.#ledger = options.ledger;
    this.#modestUntil = options.recoveredAt + settling;
    this.#notice(never);
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
    return Math.max(this.#options.delay, this.#crawlDelay);
  }

  wakeAt(now: number): number {
    return Math.min(this.#claimAt(now), this.#admitAloneAt(now));
  }

  idle(now: number): boolean {
    const busy = this.#running > 0 || this.#line.size > 0 || this.#claiming !== undefined;
    // What cannot be told is forgotten by the ledger itself, with the lease.
    const untold = this.#ledger.reachable && this.#untold(now);
    return !busy && !untold && this.#soonest(now, 0) <= now;
  }

  join(waiting: Waiting, now: number): void {
    this.#notice(now);
    if (this.#line.join(waiting, this.#soonest(now, this.#line.size), now)) this.wake(now);
  }

  withdraw(waiting: Waiting, now: number): void {
    this.#line.delete(waiting);
    this.wake(now);
  }

  leave(now: number): void {
    this.#notice(now);
    this.#running--;
    this.wake(now);
  }

  crawlDelay(milliseconds: number, now: number): void {
    if (milliseconds === this.#crawlDelay) return;
    this.#crawlDelay = milliseconds;
    this.#forgetAnswer();
    this.#dismissHopeless(now);
    this.wake(now);
  }

  pause(until: number, now: number): void {
    if (until <= this.#pausedUntil) return;
    this.#pausedUntil = until;
    this.#dismissHopeless(now);
    this.wake(now);
  }

  /** Lets in whom there is room for by this gateway's share, and tells and asks the ledger what is due. */
  wake(now: number): void {
    this.#notice(now);
    while (this.#admitAloneAt(now) <= now) this.#admit(now);
    if (this.#claimAt(now) <= now) this.#claim(now);
  }

  /** Somebody left: what was said about when to ask again does not hold any more. */
  freed(now: number): void {
    this.#freed = this.#claiming !== undefined;
    this.#askAt = never;
    this.wake(now);
  }

  /** The ledger is back, and may know nothing any more. */
  recovered(now: number): void {
    if (this.#running > 0) this.#told = Number.NaN;
    this.#toldPause = never;
    this.#lost = undefined;
    this.#modestUntil = now + settling;
    this.#forgetAnswer();
    this.wake(now);
  }

  /** Resolves when the ledger knows what is held, or is out of reach. */
  async settled(): Promise<void> {
    while (this.#claiming !== undefined) await this.#claiming;
  }

  /** When the ledger is to be told or asked next. */
  #claimAt(now: number): number {
    if (this.#claiming !== undefined || !this.#ledger.reachable) return ever;
    if (this.#untold(now)) return Math.max(now, this.#failedAt + pollEvery);
    const renewal = this.#running > 0 ? this.#toldAt + this.#ledger.lease / 3 : ever;
    if (this.#line.size === 0) return renewal;
    const room = this.#room(now) > 0 ? never : this.#modestUntil;
    return Math.min(renewal, Math.max(room, this.#askAt, this.#lastStart + this.spacing));
  }

  #untold(now: number): boolean {
    const left = this.#toldWaiting && this.#line.size === 0;
    return this.#told !== this.#running || left || this.#pausedUntil > Math.max(now, this.#toldPause);
  }

  #claim(now: number): void {
    const pause = this.#pausedUntil - now;
    const claim: Claim = {
      host: this.#options.host,
      limit: { concurrency: this.#options.concurrency, interval: this.spacing, burst: 1, respectServer: true },
      held: this.#running,
      wanted: this.#wanted(now),
      advice: pause > 0 ? { pause } : undefined,
    };
    const paused = this.#pausedUntil;
    this.#toldAt = now;
    this.#freed = false;
    this.#claiming = this.#ledger.claim(claim).then(
      (grant) => {
        this.#toldPause = paused;
        this.#settle(claim, grant, performance.now());
      },
      () => this.#failed(performance.now()),
    );
  }

  /** None before two starts of this very gateway are far enough apart, however late the answers of the ledger come. */
  #wanted(now: number): number {
    if (this.#lastStart + this.spacing > now) return 0;
    return Math.min(this.#line.size, this.spacing > 0 ? 1 : mostWanted, this.#room(now));
  }

  /** As many more may be asked for. */
  #room(now: number): number {
    return this.#modestUntil > now ? Math.max(0, this.#ownSlots - this.#running) : ever;
  }

  #settle({ held, wanted }: Claim, { granted, opensIn }: Grant, now: number): void {
    this.#claiming = undefined;
    this.#told = held + granted;
    this.#toldWaiting = wanted > granted;
    this.#opensAt = opensIn === undefined ? never : now + opensIn;
    this.#askAt = this.#freed ? never : now + this.#pauseBetween(wanted > granted, opensIn);
    for (let left = granted; left > 0 && this.#line.size > 0; left--) this.#admit(now);
    this.#dismissHopeless(now);
    this.wake(now);
    this.#options.changed();
  }

  /** Long waits are cut in halves, so that what another gateway has been told meanwhile is heard here too. */
  #pauseBetween(short: boolean, opensIn: number | undefined): number {
    if (opensIn === undefined) return short ? pollEvery * (0.5 + Math.random()) : 0;
    return opensIn <= oftenEnough ? opensIn : Math.max(oftenEnough, Math.min(opensIn / 2, this.#ledger.lease / 3));
  }

  #failed(now: number): void {
    this.#claiming = undefined;
    this.#told = Number.NaN;
    this.#failedAt = now;
    this.#modestUntil = now + settling;
    this.wake(now);
    this.#options.changed();
  }

  #forgetAnswer(): void {
    this.#opensAt = never;
    this.#askAt = never;
  }

  #notice(now: number): void {
    if (this.#ledger.reachable || this.#lost !== undefined) return;
    const busy = this.#running > 0 || this.#line.size > 0;
    this.#lost = { at: busy ? now : never, held: this.#running };
  }

  get #share(): number {
    return this.#ledger.share ?? 0.5;
  }

  get #ownSlots(): number {
    return Math.max(1, Math.floor(this.#options.concurrency * this.#share));
  }

  /** When this gateway's share of the limits lets the first in line go; Infinity where the ledger is asked. */
  #admitAloneAt(now: number): number {
    if (this.#ledger.reachable || this.#line.size === 0 || this.#running >= this.#ownSlots) return ever;
    const share = this.#share;
    const grows = this.#lost !== undefined && this.#running >= this.#lost.held;
    const drained = grows && share < 1 ? (this.#lost?.at ?? never) + draining : never;
    return Math.max(now, this.#pausedUntil, this.#opensAt, this.#lastStart + this.spacing / share, drained);
  }

  #admit(now: number): void {
    this.#running++;
    this.#lastStart = now;
    this.#line.shift().granted(now);
  }

  /** The earliest start, as far as time goes and is known here, of one that has `ahead` others before it. */
  #soonest(now: number, ahead: number): number {
    return Math.max(now, this.#pausedUntil, this.#opensAt, this.#lastStart + this.spacing) + ahead * this.spacing;
  }

  #dismissHopeless(now: number): void {
    this.#line.dismissHopeless((ahead) => this.#soonest(now, ahead), now);
  }
}
