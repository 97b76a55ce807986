// The calls of a session that are under way, and its end: new ones are refused, those under way may finish for a while,
// the rest is told that the session is closed.
import type { Call } from '../core/call.js';
import { SessionClosedError } from '../errors.js';
import { longestDelay } from '../kit/duration.js';
import { LinkedList } from '../kit/linked-list.js';

export class Drain {
  readonly #calls = new LinkedList<Call>();
  #closing = false;
  #leaving: (() => void) | undefined;

  get closing(): boolean {
    return this.#closing;
  }

  /** How many calls are under way. */
  get size(): number {
    return this.#calls.size;
  }

  enter(call: Call): void {
    this.#calls.push(call);
  }

  leave(call: Call): void {
    this.#calls.remove(call);
    this.#leaving?.();
  }

  /**
   * Resolves when nothing is under way any more, of `owner` or at all: after `grace` milliseconds at the latest whatever
   * is left is ended.
   */
  async close(grace: number, owner?: unknown): Promise<void> {
    if (owner === undefined) this.#closing = true;
    const left = () => [...this.#calls].filter((call) => owner === undefined || call.owner === owner);
    if (left().length === 0) return;
    const before = this.#leaving;
    const timer = setTimeout(
      () => {
        for (const call of left())
          call.cancel(new SessionClosedError('the session was closed before the call was done'));
      },
      Math.min(grace, longestDelay),
    );
    await new Promise<void>((resolve) => {
      this.#leaving = () => {
        before?.();
        if (left().length === 0) resolve();
      };
    });
    clearTimeout(timer);
  }
}
