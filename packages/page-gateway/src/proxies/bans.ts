// Proxies that a host has turned away: each is left out there for a while that grows with every time, and ends. A mechanism
// without clocks: it is told what time it is.

/** How bans grow and are forgotten. */
export interface BanRules {
  /** Milliseconds, as are the next two. */
  readonly first: number;
  readonly longest: number;
  /** Ended bans are remembered so long: one that follows is longer. */
  readonly memory: number;
  /** So many are remembered. */
  readonly most: number;
}

export const banRules: BanRules = {
  first: 10 * 60_000,
  longest: 24 * 3_600_000,
  memory: 24 * 3_600_000,
  most: 10_000,
};

export interface Ban {
  readonly proxy: string;
  readonly host: string;
  readonly until: number;
  /** Who turned it away. */
  readonly vendor: string | undefined;
}

/** A ban, in force or remembered. */
export interface KnownBan extends Ban {
  /** How many there were, this one included. */
  readonly times: number;
}

/** What the proxies ask of the bans, whoever keeps them. It is answered from memory. */
export interface BanBook {
  add(proxy: string, host: string, vendor: string | undefined, now: number): void;
  of(proxy: string, host: string, now: number): Ban | undefined;
  lift(proxy: string, host: string, now: number): void;
  inForce(now: number): Ban[];
}

export class Bans implements BanBook {
  readonly #rules: BanRules;
  /** The one that was changed longest ago first. */
  readonly #entries = new Map<string, KnownBan>();

  constructor(rules: BanRules = banRules) {
    this.#rules = rules;
  }

  /** False where it changes nothing. */
  add(proxy: string, host: string, vendor: string | undefined, now: number): boolean {
    const { first, longest, memory } = this.#rules;
    const before = this.known(proxy, host);
    // Calls that were under way together are turned away together: that counts once.
    if (before !== undefined && before.until > now) return false;
    const times = before !== undefined && before.until + memory > now ? before.times + 1 : 1;
    const until = now + Math.min(longest, first * 2 ** (times - 1));
    this.put({ proxy, host, until, vendor, times }, now);
    return true;
  }

  /** In place of what was known. */
  put(ban: KnownBan, now: number): void {
    this.remove(ban.proxy, ban.host);
    this.#entries.set(keyOf(ban.proxy, ban.host), ban);
    if (this.#entries.size > this.#rules.most) this.#forget(now);
  }

  remove(proxy: string, host: string): void {
    this.#entries.delete(keyOf(proxy, host));
  }

  /** The ban in force; undefined where there is none. */
  of(proxy: string, host: string, now: number): Ban | undefined {
    const entry = this.known(proxy, host);
    return entry !== undefined && entry.until > now ? entry : undefined;
  }

  /** In force or ended. */
  known(proxy: string, host: string): KnownBan | undefined {
    return this.#entries.get(keyOf(proxy, host));
  }

  /** The host takes it again: the next ban is short. False where it changes nothing. */
  lift(proxy: string, host: string, now: number): boolean {
    const entry = this.known(proxy, host);
    if (entry === undefined || entry.until > now) return false;
    this.remove(proxy, host);
    return true;
  }

  inForce(now: number): Ban[] {
    return this.all().filter(({ until }) => until > now);
  }

  all(): KnownBan[] {
    return [...this.#entries.values()];
  }

  #forget(now: number): void {
    const { memory, most } = this.#rules;
    for (const [key, { until }] of this.#entries) if (until + memory <= now) this.#entries.delete(key);
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= most) return;
      this.#entries.delete(key);
    }
  }
}

function keyOf(proxy: string, host: string): string {
  return `${proxy}\n${host}`;
}
