// A ledger in memory that several gateways share, as slow as a test wants it, for schedules that real time would take long
// for. What it grants is what the ledger on Redis grants; packages/redis has the tests of that.
import type { Claim, Grant, Ledger, LedgerWatcher, OpenLedger } from 'errand';

interface Page {
  held: number;
  wanted: number;
  since: number;
  asked: number;
  until: number;
  readonly watcher: LedgerWatcher;
}

const later = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export class LedgerBook {
  readonly lease = 9_000;
  claims = 0;
  #pages = new Map<LedgerWatcher, Page>();
  #fullAt = 0;
  #pausedUntil = 0;
  readonly #watchers = new Set<LedgerWatcher>();
  /** Who cannot reach it. */
  readonly #cutOff = new Set<LedgerWatcher>();
  readonly #latency: () => number;

  /** @param latency Milliseconds on the way, there or back. */
  constructor(latency: () => number) {
    this.#latency = latency;
  }

  /** Turns that are held, as far as it was told. */
  get held(): number {
    return [...this.#pages.values()].reduce((sum, { held }) => sum + held, 0);
  }

  /** Nobody reaches it, and what is on the way is lost. */
  leave(): void {
    for (const each of this.#watchers) this.#cutOff.add(each);
  }

  /** It is there again, and knows nothing. @param notices Milliseconds until each notices. */
  async comeBack(notices: () => number = this.#latency): Promise<void> {
    this.#pages.clear();
    this.#fullAt = 0;
    this.#pausedUntil = 0;
    const back = async (watcher: LedgerWatcher) => {
      await later(notices());
      this.#cutOff.delete(watcher);
      watcher.recovered();
    };
    await Promise.all([...this.#watchers].map(back));
  }

  open(share?: number): OpenLedger {
    return (watcher) => {
      this.#watchers.add(watcher);
      const reachable = () => !this.#cutOff.has(watcher);
      const ledger: Ledger = {
        get reachable() {
          return reachable();
        },
        lease: this.lease,
        share,
        claim: (claim) => this.#take(claim, watcher),
        close: () => this.#watchers.delete(watcher),
      };
      return ledger;
    };
  }

  async #take(claim: Claim, watcher: LedgerWatcher): Promise<Grant> {
    this.claims++;
    await later(this.#latency());
    if (this.#cutOff.has(watcher)) throw new Error('away');
    const grant = this.#decide(claim, watcher, performance.now());
    await later(this.#latency());
    if (this.#cutOff.has(watcher)) throw new Error('away');
    return grant;
  }

  #decide({ host, limit, held, wanted, advice }: Claim, watcher: LedgerWatcher, now: number): Grant {
    const { interval, concurrency } = limit;
    for (const [each, { until }] of this.#pages) if (until <= now) this.#pages.delete(each);
    const before = this.#pages.get(watcher);
    this.#pages.delete(watcher);
    const others = [...this.#pages.values()].filter((each) => each.wanted > 0 && each.asked > now - 1_000);
    if (advice?.pause !== undefined) this.#pausedUntil = Math.max(this.#pausedUntil, now + advice.pause);
    let since = before !== undefined && before.wanted > 0 ? before.since : now;
    const first = others.filter((each) => each.since < since).length;
    let slots = concurrency - this.held - held;
    let free = Math.max(0, slots);
    if (interval > 0) free = Math.min(free, this.#fullAt <= now ? 1 : 0);
    if (this.#pausedUntil > now) free = 0;
    const granted = Math.max(0, Math.min(wanted, free - first));
    if (granted > 0) {
      since = now;
      if (interval > 0) this.#fullAt = Math.max(this.#fullAt, now) + granted * interval;
    }
    slots -= granted;
    free -= granted;
    const at = Math.max(now, this.#pausedUntil, interval > 0 ? Math.max(now, this.#fullAt) + first * interval : now);
    if (held + wanted > 0) {
      const page = {
        held: held + granted,
        wanted: wanted - granted,
        since,
        asked: now,
        until: now + this.lease,
        watcher,
      };
      this.#pages.set(watcher, page);
    }
    const woken = others.sort((one, other) => one.since - other.since).slice(0, free);
    for (const each of woken) setTimeout(() => each.watcher.wake(host), this.#latency());
    return {
      granted,
      opensIn: slots > 0 && at > now ? at - now : undefined,
      sharers: this.#pages.size,
      tokens: undefined,
    };
  }
}
