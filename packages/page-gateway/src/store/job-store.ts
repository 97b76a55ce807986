// Jobs, their URLs and their results. A result is written once per index, in one step with the job's counts, so that a process
// that ends at any moment neither loses nor doubles any. Large bodies lie beside the database as files.
import type { Database, Value } from './database.js';
import type { JobBodies } from './job-bodies.js';
import type { Awaitable } from './key-store.js';

export const jobStates = ['queued', 'running', 'finished', 'failed', 'cancelled', 'waiting_human'] as const;
export type JobState = (typeof jobStates)[number];

export function isLive(state: JobState): boolean {
  return state === 'queued' || state === 'running' || state === 'waiting_human';
}

export interface JobRow {
  readonly id: string;
  /** The key that it belongs to. */
  readonly key: { readonly id: string; readonly name: string };
  /** How many of that key's pages may be under way at once; `undefined`: no limit of its own. */
  readonly atOnce: number | undefined;
  readonly state: JobState;
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly created: number;
  readonly updated: number;
  /** JSON; `undefined`: none was given. */
  readonly meta: string | undefined;
  /** The request of each of its pages but for the url, as JSON. */
  readonly request: string;
  readonly callback: string | undefined;
  readonly secret: string;
}

export type NewJob = Pick<JobRow, 'id' | 'key' | 'atOnce' | 'meta' | 'request' | 'callback' | 'secret' | 'created'>;

export interface JobResult {
  readonly index: number;
  readonly url: string;
  readonly ok: boolean;
  /** Everything else but the body, as JSON. */
  readonly facts: string;
  readonly body: Uint8Array | undefined;
}

export interface Delivery {
  readonly job: string;
  readonly callback: string;
  readonly secret: string;
  readonly due: number;
  readonly tries: number;
  /** When the job ended. */
  readonly since: number;
}

/** What a job was when it was cancelled. */
export interface Cancelled {
  /** Pages that were begun and have no result; `undefined`: whoever works on them knows. */
  readonly begun: number | undefined;
}

/** Jobs as their callers see them, wherever they lie. */
export interface JobRecords {
  create(job: NewJob, urls: readonly string[]): Awaitable<void>;
  get(id: string): Awaitable<JobRow | undefined>;
  /** The newest first. */
  recent(limit: number): Awaitable<JobRow[]>;
  /** From `from` on: at most `limit`, and no more than about `bytes` but for the first one. While the job is live it ends at the
   *  first index without a result, so that a reader who goes on from there misses none. */
  results(id: string, from: number, limit: number, bytes: number): Promise<JobResult[]>;
  /** @returns `undefined` where it was over before. */
  cancel(id: string, now: number): Awaitable<Cancelled | undefined>;
  /** Callbacks that wait to be delivered, the most urgent first. */
  deliveries(): Awaitable<Delivery[]>;
  /** Where others deliver, too: whether this one is ours until then. */
  take?(id: string, until: number): Promise<boolean>;
  /** Tried in vain: when again. `undefined`: delivered, or given up. */
  delivered(id: string, next: { due: number; tries: number } | undefined): Awaitable<void>;
  /** Forgets what ended before `before`. */
  forget(before: number): Promise<number>;
}

/** Jobs as the one process works on them that has them at hand. */
export interface JobStore extends JobRecords {
  /** Those that are not over, the oldest first. */
  live(): JobRow[];
  /** The URLs that have no result yet and their indexes, in order, read as they are needed. */
  pending(id: string): Generator<readonly [index: number, url: string]>;
  setState(id: string, state: JobState, now: number): void;
  /** @returns the job after it; `undefined` where the job is over, or that index has its result already. */
  finish(id: string, result: JobResult, now: number): Promise<JobRow | undefined>;
  /** Changes whenever another process has written. */
  version(): number;
}

/** URLs a row: few rows for a large job, and little to read for the next few pages. */
const chunk = 500;
const liveStates = "('queued', 'running', 'waiting_human')";

export class SqliteJobs implements JobStore {
  readonly #database: Database;
  readonly #bodies: JobBodies;

  constructor(database: Database, bodies: JobBodies) {
    this.#database = database;
    this.#bodies = bodies;
  }

  create({ id, key, atOnce, meta, request, callback, secret, created }: NewJob, urls: readonly string[]): void {
    this.#database.transaction(() => {
      this.#database.run(
        `INSERT INTO jobs (id, key, key_name, at_once, state, total, done, failed, created, updated, meta, request, callback, secret)
         VALUES (?, ?, ?, ?, 'queued', ?, 0, 0, ?, ?, ?, ?, ?, ?)`,
        ...[id, key.id, key.name, atOnce ?? null, urls.length],
        ...[created, created, meta ?? null, request, callback ?? null, secret],
      );
      for (let from = 0; from < urls.length; from += chunk) {
        const some = JSON.stringify(urls.slice(from, from + chunk));
        this.#database.run('INSERT INTO job_urls (job, first, urls) VALUES (?, ?, ?)', id, from, some);
      }
    });
  }

  get(id: string): JobRow | undefined {
    const row = this.#database.get('SELECT * FROM jobs WHERE id = ?', id);
    return row && jobRowOf(row);
  }

  recent(limit: number): JobRow[] {
    return this.#database.all('SELECT * FROM jobs ORDER BY created DESC, id LIMIT ?', limit).map(jobRowOf);
  }

  live(): JobRow[] {
    return this.#database.all(`SELECT * FROM jobs WHERE state IN ${liveStates} ORDER BY created, id`).map(jobRowOf);
  }

  *pending(id: string): Generator<readonly [index: number, url: string]> {
    const total = this.get(id)?.total ?? 0;
    for (let first = 0; first < total; first += chunk) {
      const row = this.#database.get('SELECT urls FROM job_urls WHERE job = ? AND first = ?', id, first);
      const over = new Set(
        this.#database
          .all('SELECT idx FROM job_results WHERE job = ? AND idx >= ? AND idx < ?', id, first, first + chunk)
          .map(({ idx }) => Number(idx)),
      );
      for (const [offset, url] of (JSON.parse(String(row?.urls ?? '[]')) as string[]).entries()) {
        if (!over.has(first + offset)) yield [first + offset, url];
      }
    }
  }

  async results(id: string, from: number, limit: number, bytes: number): Promise<JobResult[]> {
    const job = this.get(id);
    if (!job) return [];
    const contiguous = isLive(job.state);
    const rows = this.#database.all(
      'SELECT idx, url, ok, facts, size FROM job_results WHERE job = ? AND idx >= ? ORDER BY idx LIMIT ?',
      ...[id, from, limit],
    );
    const results: JobResult[] = [];
    let read = 0;
    for (const { idx, url, ok, facts, size } of rows) {
      const index = Number(idx);
      if (contiguous && index !== from + results.length) break;
      read += Number(size);
      if (results.length > 0 && read > bytes) break;
      const body = await this.#bodyOf(id, index);
      results.push({ index, url: String(url), ok: ok === 1, facts: String(facts), body });
    }
    return results;
  }

  async #bodyOf(id: string, index: number): Promise<Uint8Array | undefined> {
    const row = this.#database.get('SELECT body, in_file FROM job_results WHERE job = ? AND idx = ?', id, index);
    if (row?.in_file === 1) return this.#bodies.read(id, index);
    return row?.body instanceof Uint8Array ? row.body : undefined;
  }

  setState(id: string, state: JobState, now: number): void {
    this.#database.run(
      `UPDATE jobs SET state = ?2, updated = ?3 WHERE id = ?1 AND state IN ${liveStates} AND state <> ?2`,
      ...[id, state, now],
    );
  }

  async finish(id: string, { index, url, ok, facts, body }: JobResult, now: number): Promise<JobRow | undefined> {
    const large = body !== undefined && this.#bodies.isLarge(body);
    // The file first: a row without its file would be a loss, a file without its row is written again.
    if (large) await this.#bodies.write(id, index, body);
    return this.#database.transaction(() => {
      if (!this.#database.get(`SELECT 1 FROM jobs WHERE id = ? AND state IN ${liveStates}`, id)) return undefined;
      const inRow: Value = large ? null : (body ?? null);
      const written = this.#database.run(
        'INSERT OR IGNORE INTO job_results (job, idx, url, ok, facts, size, body, in_file) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        ...[id, index, url, ok ? 1 : 0, facts, facts.length + (body?.byteLength ?? 0), inRow, large ? 1 : 0],
      );
      if (written === 0) return undefined;
      this.#database.run(
        `UPDATE jobs SET done = done + ?2, failed = failed + 1 - ?2, updated = ?3,
         state = CASE WHEN done + failed + 1 < total THEN state WHEN done + ?2 = 0 THEN 'failed' ELSE 'finished' END,
         callback_due = CASE WHEN done + failed + 1 < total OR callback IS NULL THEN NULL ELSE ?3 END WHERE id = ?1`,
        ...[id, ok ? 1 : 0, now],
      );
      return this.get(id);
    });
  }

  cancel(id: string, now: number): Cancelled | undefined {
    const changes = this.#database.run(
      `UPDATE jobs SET state = 'cancelled', updated = ?2 WHERE id = ?1 AND state IN ${liveStates}`,
      ...[id, now],
    );
    return changes > 0 ? { begun: undefined } : undefined;
  }

  deliveries(): Delivery[] {
    const rows = this.#database.all(
      `SELECT id, callback, secret, callback_due, callback_tries, updated FROM jobs
       WHERE callback_due IS NOT NULL ORDER BY callback_due, id`,
    );
    return rows.map((row) => ({
      job: String(row.id),
      callback: String(row.callback),
      secret: String(row.secret),
      due: Number(row.callback_due),
      tries: Number(row.callback_tries),
      since: Number(row.updated),
    }));
  }

  delivered(id: string, next: { due: number; tries: number } | undefined): void {
    this.#database.run(
      'UPDATE jobs SET callback_due = ?2, callback_tries = coalesce(?3, callback_tries) WHERE id = ?1',
      ...[id, next ? Math.ceil(next.due) : null, next?.tries ?? null],
    );
  }

  async forget(before: number): Promise<number> {
    const rows = this.#database.all(
      `SELECT id FROM jobs WHERE updated < ? AND callback_due IS NULL AND state NOT IN ${liveStates}`,
      before,
    );
    for (const { id } of rows) {
      await this.#bodies.forget(String(id));
      this.#database.transaction(() => {
        for (const table of ['job_urls', 'job_results'])
          this.#database.run(`DELETE FROM ${table} WHERE job = ?`, String(id));
        this.#database.run('DELETE FROM jobs WHERE id = ?', String(id));
      });
    }
    return rows.length;
  }

  version(): number {
    return Number(this.#database.get('PRAGMA data_version')?.data_version);
  }
}

function jobRowOf(row: Readonly<Record<string, unknown>>): JobRow {
  const text = (value: unknown) => (value === null ? undefined : String(value));
  return {
    id: String(row.id),
    key: { id: String(row.key), name: String(row.key_name) },
    atOnce: row.at_once === null ? undefined : Number(row.at_once),
    state: String(row.state) as JobState,
    total: Number(row.total),
    done: Number(row.done),
    failed: Number(row.failed),
    created: Number(row.created),
    updated: Number(row.updated),
    meta: text(row.meta),
    request: String(row.request),
    callback: text(row.callback),
    secret: String(row.secret),
  };
}
