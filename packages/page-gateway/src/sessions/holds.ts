// What this gateway holds of visitors that several gateways share: a turn in the browser, or a visitor in a person's hands.
// Holds are renewed for as long as they last, so that those of a gateway that dies end by themselves.
import { randomUUID } from 'node:crypto';
import type { Release } from './keep.js';
import type { Hold, SharedStore } from './shared-store.js';

/** Which visitor, as a whole. */
export interface Whole {
  readonly key: string;
  readonly id: string;
}

/** Milliseconds after which one who waits asks again, heard or not. */
const askAgain = 1_000;

export class Holds {
  readonly #store: SharedStore;
  readonly #held = new Map<string, Whole & { readonly hold: Hold }>();
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #name = randomUUID();
  #ears: Promise<(() => void) | undefined> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #drawn = 0;
  #closed = false;

  constructor(store: SharedStore) {
    this.#store = store;
  }

  /** Whether it is by this one that a visitor is held. */
  isOwn(token: string): boolean {
    return token.startsWith(`${this.#name}:`);
  }

  /**
   * In turn with all gateways. Where the store is away, what the gateways say of each other is not known, and nobody waits.
   * @param since When the waiting began, by `performance.now()`.
   * @returns undefined where the turn does not come within `patience` milliseconds. @throws the signal's reason.
   */
  async turn(whole: Whole, since: number, patience: number, signal: AbortSignal): Promise<Release | undefined> {
    const { key, id } = whole;
    const token = this.#draw();
    let came = false;
    try {
      for (;;) {
        signal.throwIfAborted();
        const heard = this.#wait(key);
        try {
          const wait = await this.#take(whole, 'turn', token, performance.now() - since);
          if (wait <= 0) {
            came = true;
            return this.#holding(whole, 'turn', token);
          }
          const left = since + patience - performance.now();
          if (left <= 0) return undefined;
          if (await this.#listen()) await heard.within(Math.min(wait, left, askAgain), signal);
        } finally {
          heard.end();
        }
      }
    } finally {
      if (!came) this.#release(key, id, 'turn', token);
    }
  }

  /** Undefined where another person has him in hand. */
  async hand(whole: Whole): Promise<Release | undefined> {
    const token = this.#draw();
    const wait = await this.#take(whole, 'hand', token, 0);
    return wait > 0 ? undefined : this.#holding(whole, 'hand', token);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    const held = [...this.#held].map(([token, { key, id, hold }]) => this.#release(key, id, hold, token));
    this.#held.clear();
    await Promise.all(held);
    (await this.#ears)?.();
  }

  #draw(): string {
    return `${this.#name}:${++this.#drawn}`;
  }

  #take({ key, id }: Whole, hold: Hold, token: string, waited: number): Promise<number> {
    return this.#store.take(key, id, hold, token, waited).catch(() => 0);
  }

  #holding(whole: Whole, hold: Hold, token: string): Release {
    this.#held.set(token, { ...whole, hold });
    this.#timer ??= setInterval(() => this.#renew(), this.#store.lease / 3).unref();
    return async () => {
      if (this.#held.delete(token)) await this.#release(whole.key, whole.id, hold, token);
      if (this.#held.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  #renew(): void {
    if (!this.#store.reachable) return;
    for (const [token, { key, id, hold }] of this.#held) this.#store.renew(key, id, hold, token).catch(() => {});
  }

  /** What cannot be given back ends by itself. */
  #release(key: string, id: string, hold: Hold, token: string): Promise<void> {
    return this.#store.release(key, id, hold, token).catch(() => {});
  }

  /** Whether what is said is heard since before it was asked; false only where that has just begun. */
  async #listen(): Promise<boolean> {
    if (this.#ears !== undefined) return (await this.#ears) !== undefined;
    const ears = this.#store
      .hear((key) => {
        for (const wake of this.#waiting.get(key) ?? []) wake();
      })
      .catch(() => undefined);
    this.#ears = ears;
    const end = await ears;
    if (end === undefined) this.#ears = undefined;
    else if (this.#closed) end();
    // Without ears one asks again and again.
    return end === undefined;
  }

  #wait(key: string) {
    let wake = () => {};
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const waiting = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, waiting.add(wake));
    return {
      within: async (time: number, signal: AbortSignal) => {
        const timer = setTimeout(wake, time);
        signal.addEventListener('abort', wake, { once: true });
        await woken;
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
      },
      end: () => {
        waiting.delete(wake);
        if (waiting.size === 0 && this.#waiting.get(key) === waiting) this.#waiting.delete(key);
      },
    };
  }
}
