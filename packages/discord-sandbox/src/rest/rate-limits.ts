/**
 * Discord's buckets: so many requests of a route, for each of its channels, guilds or webhooks, in a window, and 50 a
 * second over all. Plain counting on a given time; knows nothing of HTTP.
 */
import { createHash } from 'node:crypto';

export interface Allowance {
  readonly limit: number;
  /** Length of the window in ms. */
  readonly window: number;
}

export interface Verdict {
  readonly allowed: boolean;
  readonly bucket: string;
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds since 1970. */
  readonly resetAt: number;
  readonly resetAfter: number;
}

const GLOBAL: Allowance = { limit: 50, window: 1_000 };
const SWEEP_AT = 2_000;

interface Window {
  used: number;
  endsAt: number;
}

export class RateLimits {
  readonly #windows = new Map<string, Window>();
  readonly #names = new Map<string, string>();

  /** Counts one request of `route` (`POST /channels/:id/messages`) for the resource `major`. */
  take(route: string, major: string, allowance: Allowance, now: number): Verdict {
    return this.#take(this.#name(route), `${route} ${major}`, allowance, now);
  }

  /** Counts one request against all that the bot may send in a second. */
  takeGlobal(now: number): Verdict {
    return this.#take('global', 'global', GLOBAL, now);
  }

  #take(bucket: string, key: string, { limit, window }: Allowance, now: number): Verdict {
    if (this.#windows.size > SWEEP_AT) this.#sweep(now);
    let current = this.#windows.get(key);
    if (!current || current.endsAt <= now) {
      current = { used: 0, endsAt: now + window };
      this.#windows.set(key, current);
    }
    const allowed = current.used < limit;
    if (allowed) current.used += 1;
    return {
      allowed,
      bucket,
      limit,
      remaining: limit - current.used,
      resetAt: current.endsAt,
      resetAfter: current.endsAt - now,
    };
  }

  #name(route: string): string {
    const known = this.#names.get(route) ?? createHash('md5').update(route).digest('hex');
    this.#names.set(route, known);
    return known;
  }

  #sweep(now: number): void {
    for (const [key, window] of this.#windows) if (window.endsAt <= now) this.#windows.delete(key);
  }
}
