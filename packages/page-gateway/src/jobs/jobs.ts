// Pages in the background: takes jobs in, tells how far they are, pages through their results, and ends them. A job belongs
// to its key; only an admin sees those of others.
import { randomBytes } from 'node:crypto';
import type { Session } from 'errand';
import type { PageRequest } from '../core/page-request.js';
import { Problem } from '../core/problem.js';
import type { Key, Keys } from '../keys/keys.js';
import { isLive, type JobRecords } from '../store/job-store.js';
import type { Awaitable } from '../store/key-store.js';
import type { JobRow, Store } from '../store/store.js';
import { Callbacks, usualDelays } from './callbacks.js';
import { Runner } from './runner.js';
import { written } from './stored-request.js';
import { type JobView, jobView, type ResultView, resultView } from './views.js';
import type { FetchPage, Work, WorkOptions } from './work.js';

/** Jobs that several gateways have in common. */
export interface SharedJobs {
  readonly records: JobRecords;
  work(options: WorkOptions): Work;
}

export interface JobsOptions {
  /** Where jobs lie that are this process's own. */
  readonly store: Pick<Store, 'jobs' | 'runnerLock'>;
  /** @default none: jobs are this process's own */
  readonly shared?: SharedJobs | undefined;
  readonly keys: Keys;
  readonly fetchPage: FetchPage;
  /** By which callbacks are posted; its guard is the one that holds for targets. */
  readonly session: Session;
  /** Pages of all jobs under way at once. @default 128 */
  readonly concurrency?: number;
  /** Of those, pages at one host; more than may be asked there at once would only wait. @default 16 */
  readonly perHost?: number;
  readonly ticketEnded?: WorkOptions['ticketEnded'];
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
  readonly #records: JobRecords;
  readonly #work: Work;
  readonly #callbacks: Callbacks;
  readonly #now: () => number;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(options: JobsOptions) {
    const { store, shared, log = () => {}, now = Date.now, callbackDelays = usualDelays } = options;
    const { concurrency = 128, perHost = 16 } = options;
    const failed = (error: unknown) => log('error', 'job_trouble', { err: error });
    this.#options = options;
    this.#now = now;
    this.#records = shared?.records ?? store.jobs;
    this.#callbacks = new Callbacks({
      store: this.#records,
      session: options.session,
      body: (job) => this.#callbackBody(job),
      delays: callbackDelays,
      working: () => this.#work.working,
      now,
      log: (event, facts) => log(event === 'callback_delivered' ? 'info' : 'warn', event, facts),
      failed,
    });
    const work: WorkOptions = {
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
      failed,
    };
    this.#work = shared?.work(work) ?? new Runner({ ...work, store: store.jobs, lock: store.runnerLock });
  }

  /** Begins to work, with what was left when the last process ended. Once is enough. */
  start(): void {
    if (this.#sweeper) return;
    this.#work.start();
    this.#sweep();
    this.#sweeper = setInterval(() => this.#sweep(), hour).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    await Promise.all([this.#work.close(), this.#callbacks.close()]);
  }

  /** Takes in pages that the key was already charged for. */
  async create(
    key: Key,
    { request, urls, callback }: JobCall,
  ): Promise<JobView & { readonly callback_secret: string }> {
    const { keys } = this.#options;
    const id = `job_${randomBytes(12).toString('base64url')}`;
    const secret = `cbs_${randomBytes(32).toString('base64url')}`;
    try {
      await this.#records.create(
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
    const view = jobView(await this.#rowOf(key, id));
    this.#work.look(true);
    return { ...view, callback_secret: secret };
  }

  async get(key: Key, id: string): Promise<JobView> {
    return jobView(await this.#rowOf(key, id));
  }

  async results(key: Key, id: string, { limit, cursor = 0 }: { limit: number; cursor?: number }): Promise<ResultsView> {
    await this.#rowOf(key, id);
    return this.#resultsOf(id, limit, cursor);
  }

  /** Ends a job; what it has got stays. One that is over stays as it is. */
  async cancel(key: Key, id: string): Promise<JobView> {
    const before = await this.#rowOf(key, id);
    const cancelled = await this.#records.cancel(id, this.#now());
    if (cancelled) {
      const begun = cancelled.begun ?? this.#work.begun(id);
      this.#work.look(true);
      const { done, failed, total } = await this.#rowOf(key, id);
      await this.#options.keys.refund(before.key.id, Math.max(0, total - done - failed - begun));
    }
    return this.get(key, id);
  }

  /** The newest first, whose ever they are. */
  recent(limit: number): Awaitable<readonly JobRow[]> {
    return this.#records.recent(limit);
  }

  /** How many pages wait and how many are under way, for the dashboard. */
  load(): Awaitable<{ readonly queued: number; readonly running: number }> {
    return this.#work.load();
  }

  async #resultsOf(id: string, limit: number, from: number): Promise<ResultsView> {
    const found = await this.#records.results(id, from, limit, answerBytes);
    const last = found.at(-1);
    const place = last ? last.index + 1 : from;
    // Read after the results: a job that ends in between is not taken for one that has no more.
    const row = await this.#records.get(id);
    const goesOn = row !== undefined && isLive(row.state);
    const more = goesOn || (await this.#records.results(id, place, 1, 0)).length > 0;
    return { results: found.map(resultView), next: more ? String(place) : null };
  }

  async #callbackBody(id: string): Promise<string> {
    const row = await this.#records.get(id);
    if (!row) throw new Error('The job is no longer there.');
    return JSON.stringify({ ...jobView(row), ...(await this.#resultsOf(id, callbackResults, 0)) });
  }

  async #rowOf(key: Key, id: string): Promise<JobRow> {
    const row = await this.#records.get(id);
    if (row && (row.key.id === key.id || key.scopes.includes('admin'))) return row;
    throw new Problem('job_not_found', "There is no such job, or it is another key's, or it ended more than 72 h ago.");
  }

  #sweep(): void {
    void this.#records.forget(this.#now() - keptFor).catch((error: unknown) => {
      this.#options.log?.('error', 'job_trouble', { err: error });
    });
  }
}
