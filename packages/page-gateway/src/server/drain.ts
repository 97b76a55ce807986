// The orderly end: new calls are turned away, those under way may finish for a while, and the rest is ended with a word.
import { Problem } from '../core/problem.js';

export class Drain {
  readonly #running = new Set<(reason: Problem) => void>();
  #draining = false;
  #idle: (() => void) | undefined;

  get draining(): boolean {
    return this.#draining;
  }

  get running(): number {
    return this.#running.size;
  }

  /** @returns call it when the answer is out. */
  enter(end: (reason: Problem) => void): () => void {
    this.#running.add(end);
    return () => {
      this.#running.delete(end);
      if (this.#running.size === 0) this.#idle?.();
    };
  }

  /** @throws Problem where no more calls are taken. */
  mustTake(): void {
    if (this.#draining) throw closing();
  }

  /** Resolves when nothing runs, at the latest some moments after the grace. Once is enough; twice waits again. */
  async end(grace: number): Promise<void> {
    this.#draining = true;
    if (await this.#quiet(grace)) return;
    for (const end of this.#running) end(closing());
    await this.#quiet(lastWords);
  }

  #quiet(time: number): Promise<boolean> {
    if (this.#running.size === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), time);
      this.#idle = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }
}

/** What is left for telling the callers that were ended. */
const lastWords = 1000;

function closing(): Problem {
  return new Problem('overloaded', 'The service is closing: ask again in a moment, or ask another one.', {
    retryAfter: 5,
  });
}
