// How many calls ended in each of the last minutes, how many of them badly, and how long they took. A mechanism without a
// clock, of a fixed size.

export interface Minute {
  /** When it began, in seconds since 1970. */
  readonly at: number;
  readonly requests: number;
  readonly failures: number;
  /** Milliseconds; `null` where nothing ended. */
  readonly median: number | null;
  readonly slow: number | null;
}

interface Counted {
  readonly minute: number;
  requests: number;
  failures: number;
  /** How many took about so long: each bucket is a tenth longer than the one before. */
  readonly times: Uint32Array;
}

const kept = 60;
const step = Math.log(1.1);
/** Up to half an hour. */
const buckets = Math.ceil(Math.log(1_800_000) / step);

export class Minutes {
  readonly #counted = new Map<number, Counted>();

  add(ms: number, failed: boolean, now: number): void {
    const minute = Math.floor(now / 60_000);
    let counted = this.#counted.get(minute);
    if (counted === undefined) {
      counted = { minute, requests: 0, failures: 0, times: new Uint32Array(buckets) };
      this.#counted.set(minute, counted);
      for (const old of this.#counted.keys()) if (old <= minute - kept) this.#counted.delete(old);
    }
    counted.requests += 1;
    if (failed) counted.failures += 1;
    const bucket = Math.min(buckets - 1, Math.floor(Math.log(Math.max(1, ms)) / step));
    counted.times[bucket] = (counted.times[bucket] ?? 0) + 1;
  }

  /** The last hour, the current minute last. */
  list(now: number): Minute[] {
    const last = Math.floor(now / 60_000);
    return Array.from({ length: kept }, (_, index) => {
      const minute = last - kept + 1 + index;
      const { requests = 0, failures = 0, times } = this.#counted.get(minute) ?? {};
      const at = minute * 60;
      return { at, requests, failures, median: quantile(times, requests, 0.5), slow: quantile(times, requests, 0.95) };
    });
  }
}

function quantile(times: Uint32Array | undefined, total: number, share: number): number | null {
  if (times === undefined) return null;
  const wanted = total * share;
  let seen = 0;
  const bucket = times.findIndex((count) => {
    seen += count;
    return seen >= wanted;
  });
  return Math.round(Math.exp((bucket + 0.5) * step));
}
