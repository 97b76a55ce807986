// One page under way for all who ask for it: each waits with a signal of their own, and the last to leave ends it.
import type { Page } from '../core/page.js';

export class Flight {
  /** When the budget of the one who began it is spent, by `performance.now()`. */
  readonly deadline: number;
  readonly #controller = new AbortController();
  readonly #page: Promise<Page>;
  #passengers = 0;
  #landed = false;

  constructor(deadline: number, fetch: (signal: AbortSignal) => Promise<Page>) {
    this.deadline = deadline;
    const { signal } = this.#controller;
    this.#page = Promise.resolve()
      .then(() => fetch(signal))
      .finally(() => {
        this.#landed = true;
      });
    // Those who have left do not hear how it ended.
    this.#page.catch(() => {});
  }

  /** Whether it still goes somewhere. */
  get open(): boolean {
    return !this.#landed && !this.#controller.signal.aborted;
  }

  /** @throws what the flight throws, or the signal's reason. */
  async join(signal: AbortSignal): Promise<Page> {
    this.#passengers++;
    let left = () => {};
    try {
      const gone = new Promise<never>((_, reject) => {
        left = () => reject(signal.reason);
        if (signal.aborted) left();
        else signal.addEventListener('abort', left);
      });
      return await Promise.race([this.#page, gone]);
    } finally {
      signal.removeEventListener('abort', left);
      if (--this.#passengers === 0 && !this.#landed) this.#controller.abort(signal.reason);
    }
  }
}
