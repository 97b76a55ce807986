// The schema of the store as numbered steps, each done once and for good: what has been released is never changed, the next
// change is the next step.
import type { Database } from './database.js';
import { StoreError } from './store-error.js';

const steps: readonly string[] = [
  `CREATE TABLE keys (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    rpm INTEGER,
    concurrency INTEGER,
    quota INTEGER,
    created INTEGER NOT NULL,
    revoked INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX keys_live_name ON keys (name) WHERE revoked IS NULL;

  CREATE TABLE usage (key TEXT PRIMARY KEY, used INTEGER NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE sessions (id TEXT PRIMARY KEY, state TEXT NOT NULL, expires INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX sessions_expires ON sessions (expires);`,

  `CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    key_name TEXT NOT NULL,
    at_once INTEGER,
    state TEXT NOT NULL,
    total INTEGER NOT NULL,
    done INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    meta TEXT,
    request TEXT NOT NULL,
    callback TEXT,
    secret TEXT NOT NULL,
    callback_due INTEGER,
    callback_tries INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX jobs_state ON jobs (state);
  CREATE INDEX jobs_callback_due ON jobs (callback_due) WHERE callback_due IS NOT NULL;

  CREATE TABLE job_urls (
    job TEXT NOT NULL,
    first INTEGER NOT NULL,
    urls TEXT NOT NULL,
    PRIMARY KEY (job, first)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE job_results (
    job TEXT NOT NULL,
    idx INTEGER NOT NULL,
    url TEXT NOT NULL,
    ok INTEGER NOT NULL,
    facts TEXT NOT NULL,
    size INTEGER NOT NULL,
    body BLOB,
    in_file INTEGER NOT NULL,
    UNIQUE (job, idx)
  ) STRICT;`,

  `CREATE TABLE copies (
    key TEXT PRIMARY KEY,
    bytes INTEGER NOT NULL,
    stored INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    used INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX copies_used ON copies (used, bytes);
  CREATE INDEX copies_expires ON copies (expires);`,
];

/** Brings the file up to the newest step. Two processes that open a new file at once do it once. */
export function migrate(database: Database, path: string): void {
  if (versionOf(database, path) === steps.length) return;
  database.transaction(() => {
    for (let version = versionOf(database, path); version < steps.length; version += 1) {
      database.exec(steps[version]!);
      database.exec(`PRAGMA user_version = ${version + 1}`);
    }
  });
}

function versionOf(database: Database, path: string): number {
  const version = Number(database.get('PRAGMA user_version')?.user_version);
  if (version <= steps.length) return version;
  throw new StoreError(
    'newer_schema',
    `${path}: made by a newer version of the page gateway (schema ${version}, this one knows ${steps.length}): run that version, or name another data folder by --data`,
  );
}
