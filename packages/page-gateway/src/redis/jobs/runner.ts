// Works on jobs together with the other gateways of one Redis: takes a page of whichever key's turn it is, fetches it, and
// writes its result once. What a gateway was at that died is fetched by others.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../core/problem.js';
import { resultOfProblem } from '../../jobs/views.js';
import { fetchOne, mayComeLater, restOf, ticketOf, type Work, type WorkOptions } from '../../jobs/work.js';
import type { JobResult, JobRow } from '../../store/job-store.js';
import type { RedisConnection } from '../connection.js';
import { KeyTurns, type Left, type Times } from './queue.js';
import type { Claimed, RedisJobs, Swept } from './records.js';

export interface SharedRunnerOptions extends WorkOptions {
  readonly connection: RedisConnection;
  readonly jobs: RedisJobs;
  /** @default dead after 12 s, looked for every second */
  readonly times?: Times;
}

/** One page of a job that is with this gateway. */
interface Held extends Claimed {
  readonly host: string;
  readonly stop: AbortController;
  /** Its job is over: nobody needs it any more. */
  over: boolean;
}

/** A Redis that does not answer is not waited for. Milliseconds. */
const closeWithin = 3_000;
const usualTimes: Times = { lease: 12_000, sweepEvery: 1_000 };
/** Pages of one key at once where it has no limit. */
const usualAtOnce = 64;
/** What Redis believes to be with this gateway, and is not, was lost on the way: so long after, others get it. */
const lostAfter = 5_000;
/** A result that cannot be written is kept, and written when Redis is back. */
const writeAgainAfter = 500;

export class SharedRunner implements Work {
  readonly #options: SharedRunnerOptions;
  readonly #jobs: RedisJobs;
  readonly #times: Times;
  readonly #turns: KeyTurns;
  readonly #gateway = randomUUID();
  readonly #held = new Set<Held>();
  readonly #rows = new Map<string, JobRow>();
  /** Pages that should be here and are not, and since when. */
  readonly #missing = new Map<string, number>();
  readonly #atHost = new Map<string, number>();
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();
  #claims: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #sweeping = false;
  #deaf: Promise<(() => void) | undefined> | undefined;

  constructor(options: SharedRunnerOptions) {
    const { connection, jobs, concurrency, failed, times = usualTimes } = options;
    this.#options = options;
    this.#jobs = jobs;
    this.#times = times;
    this.#turns = new KeyTurns({
      connection,
      concurrency,
      times,
      failed,
      work: (key) => this.#tracked(this.#take(key)),
    });
  }

  get working(): boolean {
    return this.#timer !== undefined;
  }

  start(): void {
    this.#timer = setInterval(() => this.look(), this.#times.sweepEvery).unref();
    const { connection } = this.#options;
    this.#deaf = connection.hear(this.#jobs.cancelled, (id) => this.#drop(id)).catch(() => undefined);
    this.#turns.start();
    this.look();
  }

  look(): void {
    if (this.#sweeping || this.#closing.signal.aborted || !this.working) return;
    this.#sweeping = true;
    void this.#tracked(this.#sweep())
      .catch((error: unknown) => this.#trouble(error))
      .finally(() => {
        this.#sweeping = false;
      });
  }

  begun(job: string): number {
    return [...this.#held].filter(({ id }) => id === job).length;
  }

  load(): Promise<{ queued: number; running: number }> {
    return this.#jobs.load();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#closing.abort();
    for (const { stop } of this.#held) stop.abort();
    (await this.#deaf)?.();
    await Promise.race([Promise.allSettled(this.#underWay), sleep(closeWithin, undefined, { ref: false })]);
    await this.#jobs.back([...this.#held].filter(({ over }) => !over)).catch(() => {});
    await this.#jobs.leave(this.#gateway).catch(() => {});
    await this.#turns.close();
  }

  /** Keys that have pages to give out get as many entries in the queue as they may have pages under way. */
  async #sweep(): Promise<void> {
    const { needs, mine } = await this.#jobs.sweep(this.#gateway, this.#times.lease, this.#options.now());
    await this.#giveBackLost(mine);
    const counts = new Map<string, { pages: number; atOnce: number }>();
    for (const { key, atOnce = usualAtOnce, pages } of needs) {
      // The newest job knows best what the key may do.
      counts.set(key, { pages: pages + (counts.get(key)?.pages ?? 0), atOnce });
    }
    const wanted = [...counts].map(([key, { pages, atOnce }]) => [key, Math.min(pages, atOnce)] as const);
    const sum = wanted.reduce((all, [, count]) => all + count, 0);
    if (sum > 0 && (await this.#turns.size()) < sum) {
      for (const [key, count] of wanted) await this.#turns.give(key, count);
    }
    for (const id of this.#rows.keys()) if (this.begun(id) === 0) this.#rows.delete(id);
    this.#options.begun();
  }

  async #giveBackLost(mine: Swept['mine']): Promise<void> {
    const here = new Set([...this.#held].map(nameOf));
    const missing = mine.filter((page) => !here.has(nameOf(page)));
    const names = new Set(missing.map(nameOf));
    for (const name of this.#missing.keys()) if (!names.has(name)) this.#missing.delete(name);
    const now = performance.now();
    for (const name of names) if (!this.#missing.has(name)) this.#missing.set(name, now);
    await this.#jobs.back(missing.filter((page) => now - (this.#missing.get(nameOf(page)) ?? now) >= lostAfter));
  }

  async #take(key: string): Promise<Left> {
    const held = await this.#claim(key);
    if (typeof held === 'string') return held;
    const { host } = held;
    try {
      await this.#work(held);
    } catch (error) {
      this.#trouble(error);
      this.#letGo(held);
    } finally {
      const left = (this.#atHost.get(host) ?? 1) - 1;
      if (left > 0) this.#atHost.set(host, left);
      else this.#atHost.delete(host);
    }
    return 'more';
  }

  /** One after the other, so that each knows which hosts are crowded by then. */
  #claim(key: string): Promise<Held | Left> {
    const claimed = this.#claims.then(() => this.#claimNext(key));
    this.#claims = claimed.catch(() => {});
    return claimed;
  }

  async #claimNext(key: string): Promise<Held | Left> {
    if (this.#closing.signal.aborted) return 'more';
    const { perHost, now } = this.#options;
    const crowded = [...this.#atHost].flatMap(([host, count]) => (count >= perHost ? [host] : []));
    const claimed = await this.#jobs.claim(key, this.#gateway, now(), crowded);
    if ('left' in claimed) return claimed.left ? 'crowded' : 'none';
    const held: Held = { ...claimed, host: new URL(claimed.url).host, stop: new AbortController(), over: false };
    this.#held.add(held);
    this.#atHost.set(held.host, (this.#atHost.get(held.host) ?? 0) + 1);
    // Closed meanwhile: it goes back.
    if (this.#closing.signal.aborted) held.stop.abort();
    return held;
  }

  async #work(held: Held): Promise<void> {
    const row = await this.#rowOf(held.id);
    if (row === undefined) return this.#letGo(held);
    const { fetchPage, failed } = this.#options;
    const { result, problem, mistake } = await fetchOne(fetchPage, row, [held.index, held.url], held.stop.signal);
    if (problem !== undefined) {
      if (held.over) return this.#letGo(held);
      if (this.#closing.signal.aborted) return;
      if (mistake !== undefined) failed(mistake);
      if (await this.#isNoResult(held, row, problem)) return;
    }
    await this.#write(held, result);
  }

  /** @returns whether the page is looked after otherwise: it waits for a person, or rests. */
  async #isNoResult(held: Held, row: JobRow, problem: Problem): Promise<boolean> {
    const { ticketEnded, now } = this.#options;
    const ticket = ticketOf(problem);
    if (ticket !== undefined && ticketEnded) {
      await this.#jobs.park(held, now());
      void this.#tracked(this.#wait(held, problem, ticketEnded(ticket, held.stop.signal)));
      return true;
    }
    if (!mayComeLater(problem)) return false;
    const rest = restOf(problem, await this.#jobs.tried(held), row);
    if (rest === undefined) return false;
    await this.#jobs.later(held, now(), now() + rest);
    this.#letGo(held);
    return true;
  }

  /** A page that waits for a person keeps no turn; solved, it goes first. */
  async #wait(held: Held, problem: Problem, ended: Promise<'solved' | 'expired'>): Promise<void> {
    try {
      if ((await ended) === 'expired') {
        await this.#write(held, resultOfProblem(held.index, held.url, problem));
        return;
      }
      await this.#jobs.back([held]);
      this.#letGo(held);
      this.look();
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      if (!held.over) this.#trouble(error);
      this.#letGo(held);
    }
  }

  async #write(held: Held, result: JobResult): Promise<void> {
    for (;;) {
      try {
        const after = await this.#jobs.finish(held.id, result, this.#options.now());
        this.#letGo(held);
        if (after !== undefined) this.#options.ended(after);
        return;
      } catch (error) {
        this.#trouble(error);
        if (held.over) return this.#letGo(held);
        if (this.#closing.signal.aborted) return;
        await sleep(writeAgainAfter, undefined, { signal: this.#closing.signal }).catch(() => {});
      }
    }
  }

  async #rowOf(id: string): Promise<JobRow | undefined> {
    const row = this.#rows.get(id) ?? (await this.#jobs.get(id));
    if (row !== undefined) this.#rows.set(id, row);
    return row;
  }

  #drop(id: string): void {
    for (const held of this.#held) {
      if (held.id !== id) continue;
      held.over = true;
      held.stop.abort();
    }
  }

  #letGo(held: Held): void {
    this.#held.delete(held);
  }

  /** That Redis is away is said elsewhere. */
  #trouble(error: unknown): void {
    if (!(error instanceof Problem && error.code === 'overloaded')) this.#options.failed(error);
  }

  async #tracked<T>(work: Promise<T>): Promise<T> {
    this.#underWay.add(work);
    try {
      return await work;
    } finally {
      this.#underWay.delete(work);
    }
  }
}

function nameOf({ id, index }: Pick<Claimed, 'id' | 'index'>): string {
  return `${id} ${index}`;
}
