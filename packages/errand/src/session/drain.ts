// The calls of a session that are under way, and its end: new ones are refused, those under way may finish for a while,
// the rest is told that the session is closed.
import type { Call } from '../core/call.js';
import { SessionClosedError } from '../errors.js';
import { longestDelay } from '../kit/duration.js';
import { LinkedList } from '../kit/linked-list.js';

/** Limits of time that are remembered while no call has them. */
const fewDeadlines = 16;

export class Drain {
  /** By how long they may take. */
  readonly #deadlines = new Map<number, Deadline>();
  #size = 0;
  #closing = false;
  /** Told of every call that leaves while a close waits for it. */
  readonly #closings = new Set<(call: Call) => void>();

  get closing(): boolean {
    return this.#closing;
  }

  /** How many calls are under way. */
  get size(): number {
    return this.#size;
  }

  /** From now on the call is ended when its time is up. */
  enter(call: Call): void {
    const { total } = call.policy.timeouts;
    let deadline = this.#deadlines.get(total);
    if (deadline === undefined) {
      deadline = new Deadline(total);
      this.#deadlines.set(total, deadline);
    }
    deadline.add(call);
    this.#size++;
  }

  leave(call: Call): void {
    const { total } = call.policy.timeouts;
    const deadline = this.#deadlines.get(total) as Deadline;
    deadline.remove(call);
    this.#size--;
    if (deadline.calls.size === 0 && this.#deadlines.size > fewDeadlines) this.#deadlines.delete(total);
    for (const left of this.#closings) left(call);
  }

  /**
   * Resolves when nothing is under way any more, of `owner` or at all: after `grace` milliseconds at the latest whatever
   * is left is ended.
   */
  async close(grace: number, owner?: unknown): Promise<void> {
    if (owner === undefined) this.#closing = true;
    const remaining = new Set<Call>();
    for (const { calls } of this.#deadlines.values()) {
      for (const call of calls) if (owner === undefined || call.owner === owner) remaining.add(call);
    }
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

/** The calls that may take equally long, in the order of their begin, and one timer for all of them. */
class Deadline {
  readonly calls = new LinkedList<Call>();
  /** Milliseconds. */
  readonly #limit: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(call: Call): void {
    this.calls.push(call);
    if (this.#timer === undefined) this.#sleep(this.#limit);
  }

  remove(call: Call): void {
    this.calls.remove(call);
    if (this.calls.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Ends those whose time is up, and sleeps until the next one's is. */
  endOverdue(): void {
    this.#timer = undefined;
    const now = performance.now();
    // Whoever hears of an end may end others, so the list is looked at anew each time.
    for (let call = this.#first(); call !== undefined; call = this.#first()) {
      const left = call.startedAt + this.#limit - now;
      if (left >= 1) {
        this.#sleep(left);
        return;
      }
      call.expire();
    }
  }

  /** The one that is due first. Those that are over already may still be letting go. */
  #first(): Call | undefined {
    for (const call of this.calls) if (call.failure === undefined) return call;
    return undefined;
  }

  #sleep(delay: number): void {
    if (delay <= longestDelay) this.#timer = setTimeout(endOverdue, delay, this);
  }
}

function endOverdue(deadline: Deadline): void {
  deadline.endOverdue();
}

function endAll(calls: ReadonlySet<Call>): void {
  for (const call of calls) call.cancel(new SessionClosedError('the session was closed before the call was done'));
}
