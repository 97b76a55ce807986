// Politeness towards each host, whoever calls: a turn is waited for before every request, and given back after it. Never
// lets a caller wait in vain, and forgets hosts that nobody asks any more.
import type { Ledger, OpenLedger } from 'errand';
import { Problem } from '../core/problem.js';
import type { Waiting } from './line.js';
import { SharedTurns } from './shared-turns.js';
import { Turns } from './turns.js';

export interface HostsOptions {
  /**
   * Requests under way at one host at once.
   * @default 4
   * @example new Hosts({ concurrency: 2 })
   */
  readonly concurrency?: number;
  /**
   * Milliseconds between the starts of two requests to one host; a longer `Crawl-delay` of its robots.txt goes before.
   * @default 0
   * @example new Hosts({ delay: 250 })
   */
  readonly delay?: number;
  /** How many may wait over all hosts; one more is refused as `overloaded`. @default 10_000 */
  readonly maxWaiting?: number;
  /**
   * Where this gateway and others agree on turns, so that all of them together keep to the limits above. Each claim goes by
   * the limits of the gateway that makes it: where those differ, each keeps to its own, counting the turns of all.
   * @default none: the limits are those of this process
   * @example const { ledger } = openHostLedger(connection); new Hosts({ ledger });
   */
  readonly ledger?: OpenLedger | undefined;
}

export interface TurnOptions {
  /** What is left of the caller's time, in milliseconds: a turn that would come later is refused at once. @default no limit */
  readonly timeout?: number;
  /** Milliseconds, from the host's robots.txt; `undefined` leaves what is known of it. */
  readonly crawlDelay?: number | undefined;
}

export interface HostReport {
  readonly host: string;
  readonly running: number;
  readonly waiting: number;
  /** Milliseconds between two starts. */
  readonly delayMs: number;
  /** When the host wants to be asked again, as it said with Retry-After. */
  readonly pausedUntil: string | undefined;
}

/** A host that asks for more is asked again, and may repeat itself. */
const longestPause = 60 * 60_000;
/** A timer cannot be set further ahead. */
const longestTimer = 2 ** 31 - 1;
/** As many hosts are known without looking for those that could be forgotten. */
const fewHosts = 256;

interface Host {
  readonly turns: Turns | SharedTurns;
  timer: NodeJS.Timeout | undefined;
  timerAt: number;
}

export class Hosts {
  readonly #concurrency: number;
  readonly #delay: number;
  readonly #maxWaiting: number;
  readonly #hosts = new Map<string, Host>();
  readonly #ledger: Ledger | undefined;
  #recoveredAt = Number.NEGATIVE_INFINITY;
  #closed = false;
  #sweepAt = fewHosts;
  #waiting = 0;

  constructor({ concurrency = 4, delay = 0, maxWaiting = 10_000, ledger }: HostsOptions = {}) {
    this.#concurrency = concurrency;
    this.#delay = delay;
    this.#maxWaiting = maxWaiting;
    this.#ledger = ledger?.({
      wake: (name) => this.#tell(this.#hosts.get(name), (turns) => turns.freed(performance.now())),
      recovered: () => {
        this.#recoveredAt = performance.now();
        for (const host of this.#hosts.values()) this.#tell(host, (turns) => turns.recovered(performance.now()));
      },
    });
  }

  /** Callers that wait, over all hosts. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Waits for a turn at the URL's host; what comes back gives it back, once, however often it is called.
   * @throws Problem target_rate_limited, with Retry-After, where the turn would come too late, and overloaded where too
   * many wait; or the signal's reason.
   */
  turn(url: URL, signal?: AbortSignal, { timeout, crawlDelay }: TurnOptions = {}): Promise<() => void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const now = performance.now();
    const name = url.host;
    const host = this.#hostOf(name, now);
    if (crawlDelay !== undefined) host.turns.crawlDelay(crawlDelay, now);
    return new Promise((resolve, reject) => {
      if (this.#waiting >= this.#maxWaiting) return reject(tooMany(this.#maxWaiting));
      const settled = () => {
        this.#waiting--;
        signal?.removeEventListener('abort', left);
      };
      const waiting: Waiting = {
        deadline: now + (timeout ?? Number.POSITIVE_INFINITY),
        granted: () => {
          settled();
          resolve(this.#releaseOf(host));
        },
        hopeless: (opensAt, moment) => {
          settled();
          reject(tooLate(name, opensAt - moment));
        },
      };
      const left = () => {
        host.turns.withdraw(waiting, performance.now());
        settled();
        reject(signal?.reason);
        this.#schedule(host);
      };
      this.#waiting++;
      signal?.addEventListener('abort', left, { once: true });
      host.turns.join(waiting, now);
      this.#schedule(host);
    });
  }

  /** Nobody goes to the URL's host for so many milliseconds, an hour at most; those whose time is shorter are told at once. */
  slowDown(url: URL, milliseconds: number): void {
    const now = performance.now();
    const host = this.#hostOf(url.host, now);
    host.turns.pause(now + Math.min(longestPause, milliseconds), now);
    this.#schedule(host);
  }

  /** The hosts that are known now, the busiest first. */
  report(): HostReport[] {
    const now = performance.now();
    const reports: HostReport[] = [];
    for (const [host, { turns }] of this.#hosts) {
      if (turns.idle(now)) continue;
      const { running, waiting, spacing, pausedUntil } = turns;
      const until = pausedUntil > now ? new Date(Date.now() + pausedUntil - now).toISOString() : undefined;
      reports.push({ host, running, waiting, delayMs: spacing, pausedUntil: until });
    }
    return reports.sort((one, other) => other.running + other.waiting - (one.running + one.waiting));
  }

  /** Tells the ledger what is held to the last, and sets no timer afterwards. Idempotent. */
  async close(): Promise<void> {
    const shared = [...this.#hosts.values()].map(({ turns }) => turns).filter((turns) => turns instanceof SharedTurns);
    await Promise.all(shared.map((turns) => turns.settled()));
    if (this.#closed) return;
    this.#closed = true;
    for (const { timer } of this.#hosts.values()) clearTimeout(timer);
    this.#ledger?.close();
  }

  #hostOf(name: string, now: number): Host {
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    if (this.#hosts.size >= this.#sweepAt) {
      for (const [each, { turns }] of this.#hosts) if (turns.idle(now)) this.#hosts.delete(each);
      this.#sweepAt = Math.max(fewHosts, this.#hosts.size * 2);
    }
    const host: Host = { turns: this.#turnsAt(name), timer: undefined, timerAt: Infinity };
    this.#hosts.set(name, host);
    return host;
  }

  #turnsAt(name: string): Turns | SharedTurns {
    if (this.#ledger === undefined) return new Turns(this.#concurrency, this.#delay);
    return new SharedTurns({
      host: name,
      concurrency: this.#concurrency,
      delay: this.#delay,
      ledger: this.#ledger,
      recoveredAt: this.#recoveredAt,
      changed: () => this.#tell(this.#hosts.get(name), () => {}),
    });
  }

  #tell(host: Host | undefined, what: (turns: SharedTurns) => void): void {
    if (host === undefined || !(host.turns instanceof SharedTurns)) return;
    what(host.turns);
    this.#schedule(host);
  }

  #releaseOf(host: Host): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      host.turns.leave(performance.now());
      this.#schedule(host);
    };
  }

  #schedule(host: Host): void {
    const now = performance.now();
    const at = this.#closed ? Number.POSITIVE_INFINITY : host.turns.wakeAt(now);
    if (at === host.timerAt) return;
    clearTimeout(host.timer);
    host.timerAt = at;
    host.timer = undefined;
    if (at === Number.POSITIVE_INFINITY) return;
    host.timer = setTimeout(() => this.#wake(host), Math.min(longestTimer, Math.max(1, Math.ceil(at - now))));
    // What nobody waits for keeps no process.
    if (host.turns.waiting === 0) host.timer.unref();
  }

  #wake(host: Host): void {
    host.timerAt = Number.POSITIVE_INFINITY;
    host.turns.wake(performance.now());
    this.#schedule(host);
  }
}

function tooLate(host: string, milliseconds: number): Problem {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1_000));
  const detail = `${host} may be asked again in ${seconds} s, which is later than the timeout of this call; ask again then.`;
  return new Problem('target_rate_limited', detail, { retryAfter: seconds, members: { host } });
}

function tooMany(most: number): Problem {
  return new Problem('overloaded', `${most} calls wait for their turn at hosts already; ask again in a moment.`, {
    retryAfter: 1,
  });
}
