// Proxies that a host has turned away: each is left out there for a while that grows with every time, and ends. A mechanism
// without clocks: it is told what time it is.

/** Milliseconds. */
const first = 10 * 60_000;
const longest = 24 * 3_600_000;
/** Ended bans are remembered so long: one that follows is longer. */
const memory = 24 * 3_600_000;
const maxBans = 10_000;

export interface Ban {
  readonly proxy: string;
  readonly host: string;
  readonly until: number;
  /** Who turned it away. */
  readonly vendor: string | undefined;
}

interface Entry extends Ban {
  readonly times: number;
}

export class Bans {
  /** The one that was changed longest ago first. */
  readonly #entries = new Map<string, Entry>();

  add(proxy: string, host: string, vendor: string | undefined, now: number): void {
    const key = keyOf(proxy, host);
    const before = this.#entries.get(key);
    // Calls that were under way together are turned away together: that counts once.
    if (before !== undefined && before.until > now) return;
    const times = before !== undefined && before.until + memory > now ? before.times + 1 : 1;
    const until = now + Math.min(longest, first * 2 ** (times - 1));
    this.#entries.delete(key);
    this.#entries.set(key, { proxy, host, until, vendor, times });
    if (this.#entries.size > maxBans) this.#forget(now);
  }

  /** The ban in force; undefined where there is none. */
  of(proxy: string, host: string, now: number): Ban | undefined {
    const entry = this.#entries.get(keyOf(proxy, host));
    return entry !== undefined && entry.until > now ? entry : undefined;
  }

  /** The host takes it again: the next ban is short. */
  lift(proxy: string, host: string, now: number): void {
    const key = keyOf(proxy, host);
    const entry = this.#entries.get(key);
    if (entry !== undefined && entry.until <= now) this.#entries.delete(key);
  }

  inForce(now: number): Ban[] {
    return [...this.#entries.values()].filter(({ until }) => until > now);
  }

  #forget(now: number): void {
    for (const [key, { until }] of this.#entries) if (until + memory <= now) this.#entries.delete(key);
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= maxBans) return;
      this.#entries.delete(key);
    }
  }
}

function keyOf(proxy: string, host: string): string {
  return `${proxy}\n${host}`;
}
