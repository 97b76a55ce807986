// What outlives the process: one SQLite file in the data folder behind one small interface per user. Several processes may
// open it at once, such as `keys add` beside the running service.
import { chmodSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SqliteCopies } from './copy-store.js';
import { Database } from './database.js';
import { JobBodies } from './job-bodies.js';
import { type JobStore, SqliteJobs } from './job-store.js';
import { type KeyStore, SqliteKeys, type UsageStore } from './key-store.js';
import { RunnerLock } from './runner-lock.js';
import { type SessionStore, SqliteSessions } from './session-store.js';
import { folderErrorOf } from './store-error.js';

export type { JobRow } from './job-store.js';

export interface StoreOptions {
  /** The data folder; made where it is not there, for its owner alone. */
  readonly folder: string;
}

export interface Store {
  /** Absolute. */
  readonly folder: string;
  readonly keys: KeyStore & UsageStore;
  readonly sessions: SessionStore;
  readonly jobs: JobStore;
  readonly copies: SqliteCopies;
  /** Held by the one process that works on the jobs of this folder. */
  readonly runnerLock: RunnerLock;
  close(): void;
}

/** @throws StoreError where the folder cannot be used, in a sentence for the operator. */
export function openStore({ folder: given }: StoreOptions): Store {
  const folder = resolve(given);
  const database = openDatabase(folder);
  const runnerLock = new RunnerLock(join(folder, 'runner.lock'));
  return {
    folder,
    keys: new SqliteKeys(database),
    sessions: new SqliteSessions(database),
    copies: new SqliteCopies(database),
    jobs: new SqliteJobs(database, new JobBodies(join(folder, 'jobs'))),
    runnerLock,
    close: () => {
      runnerLock.release();
      database.close();
    },
  };
}

function openDatabase(folder: string): Database {
  try {
    const made = mkdirSync(folder, { recursive: true, mode: 0o700 });
    // The mode asked for is subject to the umask; a folder that was there before keeps its own.
    if (made !== undefined) chmodSync(folder, 0o700);
    return new Database(join(folder, 'gateway.db'));
  } catch (error) {
    throw folderErrorOf(error, folder);
  }
}
