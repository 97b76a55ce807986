// Pages in the background: takes jobs in, tells how far they are, pages through their results, and ends them. A job belongs
// to its key; only an admin sees those of others.
import { randomBytes } from 'node:crypto';
import type { Session } from 'errand';
import type { PageRequest } from '../core/page-request.js';
import { Problem } from '../core/problem.js';
import type { Key, Keys } from '../keys/keys.js';
import type { JobRow, Store } from '../store/store.js';
import { Callbacks, usualDelays } from './callbacks.js';
import { type FetchPage, Runner, type RunnerOptions } from './runner.js';
import { written } from './stored-request.js';
import { type JobView, jobView, type ResultView, resultView } from './views.js';

export interface JobsOptions {
  readonly store: Store;
  readonly keys: Keys;
  readonly fetchPage: FetchPage;
  /** By which callbacks are posted; its guard is the one that holds for targets. */
  readonly session: Session;
  /** Pages of all jobs under way at once. @default 128 */
  readonly concurrency?: number;
  /** Of those, pages at one host; more than may be asked there at once would only wait. @default 16 */
  readonly perHost?: number;
  readonly ticketEnded?: RunnerOptions['ticketEnded'];
  /** Milliseconds before a callback is tried again; the last one holds for all further tries, for 24 h.
   *  @default 1 s, 5 s, 15 s, 1 min, 5 min, 15 min, 30 min, 1 h */
  readonly callbackDelays?: readonly number[];
  readonly log?: (level: 'info' | 'warn' | 'error', event: string, facts: object) => void;
  readonly now?: () => number;
}

export interface JobCall {
  /** What all of its pages have in common; its url is left aside. */
  readonly request: PageRequest;
  readonly urls: readonly string[];
  readonly callback?: string | undefined;
}

export interface ResultsView {
  readonly results: readonly ResultView[];
  /** Where to go on; `null`: that was all. */
  readonly next: string | null;
}

const hour = 3_600_000;
const keptFor = 72 * hour;
/** What a page of results, or a callback, holds at most; always one result. */
const answerBytes = 16 * 1024 ** 2;
const callbackResults = 100;

export class Jobs {
  readonly #options: JobsOptions;
  readonly #runner: Runner;
  readonly #callbacks: Callbacks;
  readonly #now: () => number;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(options: JobsOptions) {
    const { store, log = () => {}, now = Date.now, callbackDelays = usualDelays } = options;
    const { concurrency = 128, perHost = 16 } = options;
    this.#options = options;
    this.#now = now;
    this.#callbacks = new Callbacks({
      store: store.jobs,
      session: options.session,
      body: (job) => this.#callbackBody(job),
      delays: callbackDelays,
      working: () => store.runnerLock.held,
      now,
      log: (event, facts) => log(event === 'callback_delivered' ? 'info' : 'warn', event, facts),
    });
    this.#runner = new Runner({
      store: store.jobs,
      lock: store.runnerLock,
      fetchPage: options.fetchPage,
      concurrency,
      perHost,
      ticketEnded: options.ticketEnded,
      now,
      begun: () => this.#callbacks.wake(),
      ended: ({ id, state, done, failed }) => {
        log('info', 'job_ended', { job: id, state, done, failed });
        this.#callbacks.wake();
      },
      failed: (error) => log('error', 'job_trouble', { err: error }),
    });
  }

  /** Begins to work, with what was left when the last process ended. Once is enough. */
  start(): void {
    if (this.#sweeper) return;
    this.#runner.start();
    this.#sweep();
    this.#sweeper = setInterval(() => this.#sweep(), hour).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    await Promise.all([this.#runner.close(), this.#callbacks.close()]);
  }

  /** Takes in pages that the key was already charged for. */
  async create(
    key: Key,
    { request, urls, callback }: JobCall,
  ): Promise<JobView & { readonly callback_secret: string }> {
    const { store, keys } = this.#options;
    const id = `job_${randomBytes(12).toString('base64url')}`;
    const secret = `cbs_${randomBytes(32).toString('base64url')}`;
    try {
      store.jobs.create(
        {
          id,
          key: { id: key.id, name: key.name },
          atOnce: await keys.concurrencyOf(key),
          meta: request.meta === undefined ? undefined : JSON.stringify(request.meta),
          request: written(request),
          callback,
          secret,
          created: this.#now(),
        },
        urls,
      );
    } catch (error) {
      await keys.refund(key.id, urls.length);
      throw error;
    }
    const view = jobView(store.jobs.get(id)!);
    this.#runner.look(true);
    return { ...view, callback_secret: secret };
  }

  get(key: Key, id: string): JobView {
    return jobView(this.#rowOf(key, id));
  }

  async results(key: Key, id: string, { limit, cursor = 0 }: { limit: number; cursor?: number }): Promise<ResultsView> {
    this.#rowOf(key, id);
    return this.#resultsOf(id, limit, cursor);
  }

  /** Ends a job; what it has got stays. One that is over stays as it is. */
  async cancel(key: Key, id: string): Promise<JobView> {
    const before = this.#rowOf(key, id);
    const { store, keys } = this.#options;
    if (store.jobs.cancel(id, this.#now())) {
      const begun = this.#runner.begun(id);
      this.#runner.look(true);
      const { done, failed, total } = this.#rowOf(key, id);
      await keys.refund(before.key.id, Math.max(0, total - done - failed - begun));
    }
    return this.get(key, id);
  }

  /** How many pages wait and how many are under way, for metrics. */
  get load(): { readonly queued: number; readonly running: number } {
    const queued = this.#options.store.jobs
      .live()
      .reduce((sum, { total, done, failed }) => sum + total - done - failed, 0);
    return { queued: Math.max(0, queued - this.#runner.running), running: this.#runner.running };
  }

  async #resultsOf(id: string, limit: number, from: number): Promise<ResultsView> {
    const found = await this.#options.store.jobs.results(id, from, limit, answerBytes);
    const last = found.at(-1);
    const place = last ? last.index + 1 : from;
    // Read after the results: a job that ends in between is not taken for one that has no more.
    const row = this.#options.store.jobs.get(id);
    const isLive = row !== undefined && ['queued', 'running', 'waiting_human'].includes(row.state);
    const more = isLive || (await this.#options.store.jobs.results(id, place, 1, 0)).length > 0;
    return { results: found.map(resultView), next: more ? String(place) : null };
  }

  async #callbackBody(id: string): Promise<string> {
    const row = this.#options.store.jobs.get(id);
    if (!row) throw new Error('The job is no longer there.');
    return JSON.stringify({ ...jobView(row), ...(await this.#resultsOf(id, callbackResults, 0)) });
  }

  #rowOf(key: Key, id: string): JobRow {
    const row = this.#options.store.jobs.get(id);
    if (row && (row.key.id === key.id || key.scopes.includes('admin'))) return row;
    throw new Problem('job_not_found', "There is no such job, or it is another key's, or it ended more than 72 h ago.");
  }

  #sweep(): void {
    void this.#options.store.jobs.forget(this.#now() - keptFor).catch((error: unknown) => {
      this.#options.log?.('error', 'job_trouble', { err: error });
    });
  }
}
