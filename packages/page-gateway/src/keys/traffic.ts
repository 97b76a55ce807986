// What the calls of a key cost: its quota, its rate and its places at once, taken in one step, all of them or none. Here for
// one process; redis/traffic.ts does the same for several.
import type { Awaitable, KeyRow, UsageStore } from '../store/key-store.js';
import { Bucket } from './bucket.js';

/** One call that is let in. */
export interface Admission {
  /** Ends the call: its place among those at once is free again. Twice is as good as once. */
  release(): void;
}

/** Why a call is not let in; nothing was taken. `wait`: milliseconds. */
export type Refusal =
  | { readonly refused: 'quota'; readonly used: number }
  | { readonly refused: 'rate'; readonly wait: number }
  | { readonly refused: 'concurrency' | 'revoked' };

export interface TrafficState {
  /** Pages in all. */
  readonly used: number;
  /** Calls that the rate allows now; `undefined`: any number. */
  readonly tokens: number | undefined;
  readonly inUse: number;
}

export interface Traffic {
  /** Where waiting would not help, the quota is the reason. */
  admit(row: KeyRow, pages: number): Awaitable<Admission | Refusal>;
  /** Gives back pages that were counted and will never be fetched. */
  refund(id: string, count: number): Awaitable<void>;
  /** One for each row, in their order. */
  states(rows: readonly KeyRow[]): Awaitable<readonly TrafficState[]>;
}

interface Counts {
  bucket: Bucket | undefined;
  inUse: number;
}

export class LocalTraffic implements Traffic {
  readonly #store: UsageStore;
  readonly #now: () => number;
  readonly #counts = new Map<string, Counts>();

  constructor({ store, now }: { store: UsageStore; now: () => number }) {
    this.#store = store;
    this.#now = now;
  }

  async admit(row: KeyRow, pages: number): Promise<Admission | Refusal> {
    const counts = this.#countsOf(row);
    if (row.concurrency !== undefined && counts.inUse >= row.concurrency) {
      return (await this.#beyond(row, pages)) ?? { refused: 'concurrency' };
    }
    const wait = counts.bucket?.take(this.#now()) ?? 0;
    if (wait > 0) return (await this.#beyond(row, pages)) ?? { refused: 'rate', wait };
    counts.inUse += 1;
    let spent = false;
    try {
      spent = await this.#store.spend(row.id, pages, row.quota);
    } finally {
      if (!spent) {
        counts.inUse -= 1;
        counts.bucket?.giveBack();
      }
    }
    if (!spent) return { refused: 'quota', used: await this.#store.used(row.id) };
    return admission(() => {
      counts.inUse -= 1;
    });
  }

  async refund(id: string, count: number): Promise<void> {
    await this.#store.refund(id, count);
  }

  async states(rows: readonly KeyRow[]): Promise<TrafficState[]> {
    return Promise.all(
      rows.map(async (row) => {
        const used = await this.#store.used(row.id);
        const { bucket, inUse } = this.#countsOf(row);
        return { used, tokens: bucket?.remaining(this.#now()), inUse };
      }),
    );
  }

  async #beyond({ id, quota }: KeyRow, pages: number): Promise<Refusal | undefined> {
    if (quota === undefined) return undefined;
    const used = await this.#store.used(id);
    return used + pages > quota ? { refused: 'quota', used } : undefined;
  }

  #countsOf(row: KeyRow): Counts {
    let counts = this.#counts.get(row.id);
    if (!counts) {
      counts = { bucket: undefined, inUse: 0 };
      this.#counts.set(row.id, counts);
    }
    if (row.rpm !== undefined && counts.bucket?.size !== row.rpm) counts.bucket = new Bucket(row.rpm, this.#now());
    return counts;
  }
}

export function admission(release: () => void): Admission {
  let released = false;
  return {
    release: () => {
      if (!released) release();
      released = true;
    },
  };
}
