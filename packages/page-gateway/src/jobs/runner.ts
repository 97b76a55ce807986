// Works on the pages of jobs, some at once and in fair turns, and writes each result once. What was under way when a process
// ended runs again in the next one; among several processes on one store one works at a time.
import type { Problem } from '../core/problem.js';
import type { JobResult, JobRow, JobStore } from '../store/job-store.js';
import type { RunnerLock } from '../store/runner-lock.js';
import { Rota, type Turn } from './rota.js';
import { resultOfProblem } from './views.js';
import { fetchOne, restOf, ticketOf, type Work, type WorkOptions } from './work.js';

export interface RunnerOptions extends WorkOptions {
  readonly store: JobStore;
  readonly lock: RunnerLock;
}

type Place = readonly [index: number, url: string, host: string];

interface Active {
  readonly row: JobRow;
  /** Of everything that is under way for it; each page has its own, since a signal takes few listeners. */
  readonly stops: Set<AbortController>;
  readonly timers: Set<NodeJS.Timeout>;
  stopped: boolean;
  readonly tries: Map<number, number>;
  /** Indexes that were begun and have no result yet. */
  readonly begun: Set<number>;
  running: number;
  /** Pages that wait for a person, and those that wait for a better moment. */
  parked: number;
  resting: number;
}

/** How often it looks for what other processes wrote, and for the lock where another one holds it. */
const lookEvery = 500;

export class Runner implements Work {
  readonly #options: RunnerOptions;
  readonly #rota = new Rota<Place>();
  readonly #active = new Map<string, Active>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  readonly #atHost = new Map<string, number>();
  #running = 0;
  #version: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  start(): void {
    this.look();
    this.#timer = setInterval(() => this.look(), lookEvery).unref();
  }

  /** Costs next to nothing where nothing is new. */
  look(changed = false): void {
    const { store, lock } = this.#options;
    if (this.#closing.signal.aborted) return;
    try {
      const heldBefore = lock.held;
      if (!lock.acquire()) return;
      const version = store.version();
      if (heldBefore && version === this.#version && !changed) return;
      this.#version = version;
      if (!heldBefore) this.#options.begun();
      const live = new Map(store.live().map((row) => [row.id, row]));
      for (const [id, active] of this.#active) if (!live.has(id)) this.#drop(id, active);
      for (const [id, row] of live) if (!this.#active.has(id)) this.#take(row);
      this.#fill();
    } catch (error) {
      this.#options.failed(error);
    }
  }

  get working(): boolean {
    return this.#options.lock.held;
  }

  load(): { queued: number; running: number } {
    const left = this.#options.store.live().reduce((sum, { total, done, failed }) => sum + total - done - failed, 0);
    return { queued: Math.max(0, left - this.#running), running: this.#running };
  }

  begun(job: string): number {
    return this.#active.get(job)?.begun.size ?? 0;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#closing.abort();
    for (const active of this.#active.values()) stopAll(active);
    await Promise.all(this.#underWay);
    this.#options.lock.release();
  }

  #take(row: JobRow): void {
    this.#active.set(row.id, {
      row,
      ...{ stops: new Set(), timers: new Set(), stopped: false },
      ...{ tries: new Map(), begun: new Set(), running: 0, parked: 0, resting: 0 },
    });
    const limit = row.atOnce ?? Number.POSITIVE_INFINITY;
    this.#rota.add({ job: row.id, key: row.key.id, limit, pages: placesOf(this.#options.store.pending(row.id)) });
  }

  #drop(id: string, active: Active): void {
    this.#active.delete(id);
    this.#rota.remove(id);
    stopAll(active);
  }

  #fill(): void {
    while (this.#running < this.#options.concurrency && !this.#closing.signal.aborted) {
      const turn = this.#rota.next(([, , host]) => (this.#atHost.get(host) ?? 0) < this.#options.perHost);
      if (!turn) return;
      this.#begin(turn);
    }
  }

  #begin({ job, key, page: place }: Turn<Place>): void {
    const active = this.#active.get(job)!;
    const [, , host] = place;
    this.#running += 1;
    this.#atHost.set(host, (this.#atHost.get(host) ?? 0) + 1);
    active.running += 1;
    active.begun.add(place[0]);
    this.#options.store.setState(job, 'running', this.#options.now());
    const over = this.#work(active, place)
      .catch(this.#options.failed)
      .finally(() => {
        this.#underWay.delete(over);
        this.#running -= 1;
        this.#leave(host);
        active.running -= 1;
        this.#rota.over(key);
        this.#settle(job, active);
        this.#fill();
      });
    this.#underWay.add(over);
  }

  #leave(host: string): void {
    const left = (this.#atHost.get(host) ?? 1) - 1;
    if (left > 0) this.#atHost.set(host, left);
    else this.#atHost.delete(host);
  }

  async #work(active: Active, place: Place): Promise<void> {
    const { fetchPage, failed } = this.#options;
    const stop = new AbortController();
    active.stops.add(stop);
    const { result, problem, mistake } = await fetchOne(fetchPage, active.row, place, stop.signal);
    active.stops.delete(stop);
    if (problem !== undefined) {
      if (active.stopped) return;
      if (mistake !== undefined) failed(mistake);
      if (this.#parks(active, place, problem) || this.#comesLater(active, place, problem)) return;
    }
    await this.#write(active, place, result);
  }

  async #write(active: Active, place: Place, result: JobResult): Promise<void> {
    const { store, now, failed, ended } = this.#options;
    let after: JobRow | undefined;
    try {
      after = await store.finish(active.row.id, result, now());
      active.begun.delete(result.index);
    } catch (error) {
      // A full disk may have room later; until then the page counts as never fetched.
      failed(error);
      this.#rests(active, place, 5_000);
      return;
    }
    if (!after || !['finished', 'failed'].includes(after.state)) return;
    this.#drop(after.id, active);
    ended(after);
  }

  /** A page that waits for a person keeps no slot; solved, it goes first. */
  #parks(active: Active, place: Place, problem: Problem): boolean {
    const { ticketEnded, failed } = this.#options;
    const ticket = ticketOf(problem);
    if (ticket === undefined || !ticketEnded) return false;
    active.parked += 1;
    const stop = new AbortController();
    active.stops.add(stop);
    const over = ticketEnded(ticket, stop.signal)
      .finally(() => {
        active.stops.delete(stop);
        active.parked -= 1;
      })
      .then((how) =>
        how === 'solved'
          ? this.#again(active, place)
          : this.#write(active, place, resultOfProblem(place[0], place[1], problem)),
      )
      .catch((error: unknown) => {
        if (!active.stopped) failed(error);
      })
      .finally(() => this.#underWay.delete(over));
    this.#underWay.add(over);
    return true;
  }

  #comesLater(active: Active, place: Place, problem: Problem): boolean {
    const [index] = place;
    const tried = (active.tries.get(index) ?? 0) + 1;
    const rest = restOf(problem, tried, active.row);
    if (rest === undefined) return false;
    active.tries.set(index, tried);
    this.#rests(active, place, rest);
    return true;
  }

  #rests(active: Active, place: Place, time: number): void {
    if (active.stopped) return;
    active.resting += 1;
    const timer = setTimeout(() => {
      active.timers.delete(timer);
      active.resting -= 1;
      this.#again(active, place);
    }, time).unref();
    active.timers.add(timer);
  }

  #again(active: Active, place: Place): void {
    if (active.stopped) return;
    this.#rota.back(active.row.id, place);
    this.#fill();
  }

  /** Where all that is left waits for people, the job says so. */
  #settle(job: string, active: Active): void {
    if (this.#active.get(job) !== active || active.stopped) return;
    if (active.parked === 0 || active.running > 0 || active.resting > 0 || this.#rota.waits(job)) return;
    this.#options.store.setState(job, 'waiting_human', this.#options.now());
  }
}

function stopAll(active: Active): void {
  active.stopped = true;
  for (const stop of active.stops) stop.abort();
  for (const timer of active.timers) clearTimeout(timer);
}

function* placesOf(pages: Iterable<readonly [index: number, url: string]>): Generator<Place> {
  for (const [index, url] of pages) yield [index, url, new URL(url).host];
}
