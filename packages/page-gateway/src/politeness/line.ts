// Those who wait at one host, in the order of their arrival. Knows nothing of why they wait.

/** One that waits for its turn. It is told the outcome once, or withdraws before that. */
export interface Waiting {
  /** When a turn is of no use any more. */
  readonly deadline: number;
  granted(now: number): void;
  /** Time alone makes it wait beyond its deadline: its turn comes at `opensAt` at the earliest. */
  hopeless(opensAt: number, now: number): void;
}

export class Line {
  readonly #waiting = new Set<Waiting>();
  /** Goes along the line, so that finding the first never passes by those that have left. */
  #order = this.#waiting.values();

  get size(): number {
    return this.#waiting.size;
  }

  /** False, and it has been told, where a turn at `opensAt` is too late for it. */
  join(waiting: Waiting, opensAt: number, now: number): boolean {
    if (tooLate(waiting, opensAt, now)) {
      waiting.hopeless(opensAt, now);
      return false;
    }
    this.#waiting.add(waiting);
    return true;
  }

  delete(waiting: Waiting): void {
    this.#waiting.delete(waiting);
  }

  /** The first, who waits no more. There must be one. */
  shift(): Waiting {
    let next = this.#order.next();
    if (next.done) {
      this.#order = this.#waiting.values();
      next = this.#order.next();
    }
    const first = next.value as Waiting;
    this.#waiting.delete(first);
    return first;
  }

  /** Sends away those for whom it is too late. @param opensAt The earliest start of one with so many before it. */
  dismissHopeless(opensAt: (ahead: number) => number, now: number): void {
    let ahead = 0;
    for (const waiting of this.#waiting) {
      const at = opensAt(ahead);
      if (tooLate(waiting, at, now)) {
        this.#waiting.delete(waiting);
        waiting.hopeless(at, now);
      } else ahead++;
    }
  }
}

function tooLate({ deadline }: Waiting, opensAt: number, now: number): boolean {
  return opensAt > now && opensAt > deadline;
}
