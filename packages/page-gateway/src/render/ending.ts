// The one thing that ends a rendering early: time that is up, a caller who has gone, a page that crashed. Everything that
// is awaited for a visit races with it, so that nothing a page does can hold its caller.
import { Problem } from '../core/problem.js';

/** The longest delay that a timer can have. */
const longestDelay = 2_147_483_647;

export class Ending {
  readonly #ended: Promise<never>;
  readonly #timer: NodeJS.Timeout;
  readonly #deadline: number;
  readonly #signal: AbortSignal | undefined;
  readonly #aborted = () => this.end(this.#signal?.reason);
  #reject: (error: unknown) => void = () => {};
  #error: { readonly reason: unknown } | undefined;

  /** @param timeout Milliseconds. */
  constructor(timeout: number, signal: AbortSignal | undefined) {
    this.#ended = new Promise((_resolve, reject) => {
      this.#reject = reject;
    });
    this.#ended.catch(() => {});
    this.#deadline = performance.now() + timeout;
    this.#timer = setTimeout(
      () => this.end(new Problem('timeout', `the page was not rendered within ${Math.round(timeout)} ms`)),
      Math.min(timeout, longestDelay),
    );
    this.#signal = signal;
    if (signal?.aborted) this.end(signal.reason);
    else signal?.addEventListener('abort', this.#aborted, { once: true });
  }

  /** Milliseconds that are left; never below 0. */
  get left(): number {
    return Math.max(0, this.#deadline - performance.now());
  }

  /** Milliseconds that waiting for the page may take, so that there is time to read it afterwards. */
  get spare(): number {
    return Math.max(0, this.left - Math.min(2_000, this.left * 0.25));
  }

  get over(): boolean {
    return this.#error !== undefined;
  }

  /** The first reason counts. */
  end(reason: unknown): void {
    if (this.#error !== undefined) return;
    this.#error = { reason };
    this.#reject(reason);
  }

  /** The outcome of the work, or the end, if that comes first; the work itself goes on unheard. */
  race<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {});
    return Promise.race([work, this.#ended]);
  }

  /** @param limit Milliseconds. */
  async sleep(limit: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const slept = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limit);
    });
    try {
      await this.race(slept);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Lets go of the timer and the signal. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#aborted);
  }
}

/** Waits for the work, but no longer than `limit` milliseconds; whether it was done by then. */
export async function within(work: Promise<unknown>, limit: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), limit);
  });
  const done = work.then(
    () => true as const,
    () => true as const,
  );
  const outcome = await Promise.race([done, late]);
  clearTimeout(timer);
  return outcome;
}
