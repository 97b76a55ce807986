// Runs a batch as jobs: makes them, and writes their results in the order of the input, each once, whatever happens to the
// process in between.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ResultView } from '../jobs/views.js';
import { fingerprint, Journal } from './journal.js';
import type { Progress } from './progress.js';

/** Where the jobs run. */
export interface Work {
  /** @returns the id. */
  create(urls: readonly string[]): Promise<string>;
  state(id: string): Promise<{ readonly done: number; readonly failed: number }>;
  results(
    id: string,
    cursor: number,
  ): Promise<{ readonly results: readonly ResultView[]; readonly next: string | null }>;
  close(): Promise<void>;
}

export interface BatchOptions {
  readonly urls: readonly string[];
  /** What is asked of each page: with the URLs, what makes this batch the same one. */
  readonly asked: unknown;
  readonly output: string;
  /** Gets each line as well. */
  readonly sink?: NodeJS.WritableStream;
  readonly open: (dataFolder: string) => Promise<Work>;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface Outcome {
  readonly total: number;
  readonly ok: number;
  readonly failed: number;
  /** Whether all results are written. */
  readonly over: boolean;
  /** How many were there from before. */
  readonly resumed: number;
}

const perJob = 50_000;
const lookEvery = 150;

export async function runBatch({ urls, asked, output, sink, open, progress, signal }: BatchOptions): Promise<Outcome> {
  const total = urls.length;
  const journal = new Journal({ folder: `${output}.journal`, output, input: fingerprint(urls, asked) });
  const resumed = journal.place.ok + journal.place.failed;
  let over = false;
  const work = await open(journal.data);
  try {
    const jobs = journal.jobs ?? (await makeJobs(work, urls));
    if (!journal.jobs) journal.plan({ input: fingerprint(urls, asked), jobs, total });
    over = await drain({ journal, jobs, work, sink, progress, total, signal });
  } finally {
    progress.stop();
    await work.close();
    journal.close({ over });
  }
  const { ok, failed } = journal.place;
  return { total, ok, failed, over, resumed };
}

async function makeJobs(work: Work, urls: readonly string[]): Promise<string[]> {
  const jobs: string[] = [];
  for (let from = 0; from < urls.length; from += perJob) jobs.push(await work.create(urls.slice(from, from + perJob)));
  return jobs;
}

interface Draining {
  readonly journal: Journal;
  readonly jobs: readonly string[];
  readonly work: Work;
  readonly sink: NodeJS.WritableStream | undefined;
  readonly progress: Progress;
  readonly total: number;
  readonly signal: AbortSignal;
}

/** @returns whether all was written. */
async function drain({ journal, jobs, work, sink, progress, total, signal }: Draining): Promise<boolean> {
  while (!signal.aborted) {
    const { job, index, ok, failed } = journal.place;
    const id = jobs[job];
    if (id === undefined) return true;
    const { results, next } = await work.results(id, index);
    if (results.length > 0) {
      const lines = results
        .map((result) => `${JSON.stringify({ ...result, index: job * perJob + result.index })}\n`)
        .join('');
      const good = results.filter((result) => result.ok).length;
      journal.write(lines, {
        job: next === null ? job + 1 : job,
        index: next === null ? 0 : Number(next),
        ok: ok + good,
        failed: failed + results.length - good,
      });
      // A reader that is slower than the pages holds them up.
      if (sink?.write(lines) === false) await once(sink, 'drain');
    } else if (next === null) journal.write('', { job: job + 1, index: 0, ok, failed });
    progress.show(await standingOf(jobs, work, total));
    if (results.length === 0 && next !== null) await sleep(lookEvery, undefined, { signal }).catch(() => {});
  }
  return false;
}

async function standingOf(jobs: readonly string[], work: Work, total: number) {
  const states = await Promise.all(jobs.map((id) => work.state(id)));
  const sum = (of: (state: { done: number; failed: number }) => number) =>
    states.reduce((all, each) => all + of(each), 0);
  return { total, over: sum(({ done, failed }) => done + failed), failed: sum(({ failed }) => failed) };
}
