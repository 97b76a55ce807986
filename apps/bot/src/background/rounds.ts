/**
 * Calls on each job when it is due, a few at a time, with one timer for all of them. It knows nothing of what a job does, and after `stop()` it
 * starts nothing and waits for what runs.
 */
export interface Due {
  /** When it is due, in ms since 1970. Whoever checks it moves it on. */
  readonly dueAt: number;
}

const longestSleep = 2 ** 31 - 1;

export class Rounds<Job extends Due> {
  readonly #jobs: () => Iterable<Job>;
  readonly #visit: (job: Job, signal: AbortSignal) => Promise<void>;
  readonly #atOnce: number;
  readonly #stopping = new AbortController();
  readonly #running = new Map<Job, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;

  /** `visit` never rejects. */
  constructor(jobs: () => Iterable<Job>, visit: (job: Job, signal: AbortSignal) => Promise<void>, atOnce = 4) {
    this.#jobs = jobs;
    this.#visit = visit;
    this.#atOnce = atOnce;
  }

  /** Looks again at what is due: at the start, and when a job was added or taken away. */
  look(): void {
    clearTimeout(this.#timer);
    if (this.#stopping.signal.aborted) return;
    const waiting = [...this.#jobs()].filter((job) => !this.#running.has(job)).sort((a, b) => a.dueAt - b.dueAt);
    for (const job of waiting) {
      if (this.#running.size >= this.#atOnce) return; // whoever ends looks again
      const wait = job.dueAt - Date.now();
      if (wait > 0) {
        this.#timer = setTimeout(() => this.look(), Math.min(wait, longestSleep));
        return;
      }
      this.#start(job);
    }
  }

  #start(job: Job): void {
    const visit = this.#visit(job, this.#stopping.signal).finally(() => {
      this.#running.delete(job);
      this.look();
    });
    this.#running.set(job, visit);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await Promise.all(this.#running.values());
  }
}
