// The calls of a session that are under way, and its end: new ones are refused, those under way may finish for a while,
// the rest is told that the session is closed.
import type { Call } from '../core/call.js';
import { SessionClosedError } from '../errors.js';
import { longestDelay } from '../kit/duration.js';
import { LinkedList } from '../kit/linked-list.js';

export class Drain {
  readonly #calls = new LinkedList<Call>();
  #closing = false;
  /** Told of every call that leaves while a close waits for it. */
  readonly #closings = new Set<(call: Call) => void>();

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
    for (const left of this.#closings) left(call);
  }

  /**
   * Resolves when nothing is under way any more, of `owner` or at all: after `grace` milliseconds at the latest whatever
   * is left is ended.
   */
  async close(grace: number, owner?: unknown): Promise<void> {
    if (owner === undefined) this.#closing = true;
    const remaining = new Set<Call>();
    for (const call of this.#calls) if (owner === undefined || call.owner === owner) remaining.add(call);
    if (remaining.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => endAll(remaining), Math.min(grace, longestDelay));
      const left = (call: Call) => {
        remaining.delete(call);
        if (remaining.size > 0) return;
        clearTimeout(timer);
        this.#closings.delete(left);
        resolve();
      };
      this.#closings.add(left);
    });
  }
}

function endAll(calls: ReadonlySet<Call>): void {
  for (const call of calls) call.cancel(new SessionClosedError('the session was closed before the call was done'));
}
