// One SQLite file in WAL, spoken to by prepared statements: every error says which file and what to do. It knows nothing of
// what the tables mean.
import { closeSync, openSync } from 'node:fs';
import Sqlite from 'libsql';
import { migrate } from './migrations.js';
import { StoreError, storeErrorOf } from './store-error.js';

export type Value = string | number | null | Uint8Array;
type Row = Readonly<Record<string, unknown>>;

/** How long a write waits for another process, such as `keys add` beside the service. */
const busyTimeout = 5_000;

export class Database {
  readonly #path: string;
  readonly #file: Sqlite.Database;
  readonly #statements = new Map<string, Sqlite.Statement>();
  #closed = false;

  constructor(path: string) {
    this.#path = path;
    try {
      // Made here, so that nobody else may read it; SQLite gives its journal the same mode.
      closeSync(openSync(path, 'a', 0o600));
      this.#file = new Sqlite(path, { timeout: busyTimeout });
      this.#file.pragma('journal_mode = WAL');
      // A commit outlives the end of the process at any moment; fsync happens at checkpoints only.
      this.#file.pragma('synchronous = NORMAL');
      // A checkpoint waits for the disk: rarely, and then a few pages at once. 4 000 pages are 16 MB of journal.
      this.#file.pragma('wal_autocheckpoint = 4000');
      this.#file.pragma('journal_size_limit = 67108864');
      migrate(this, path);
    } catch (error) {
      throw storeErrorOf(error, path);
    }
  }

  run(sql: string, ...values: Value[]): number {
    return this.#try(sql, (statement) => statement.run(values).changes);
  }

  get(sql: string, ...values: Value[]): Row | undefined {
    return this.#try(sql, (statement) => statement.get(values) as Row | undefined);
  }

  all(sql: string, ...values: Value[]): Row[] {
    return this.#try(sql, (statement) => statement.all(values) as Row[]);
  }

  /** Several statements without values, such as a step of the schema. */
  exec(sql: string): void {
    this.#use(() => this.#file.exec(sql));
  }

  /** All of it, or nothing of it. Inside another one it is a part of that. */
  transaction<T>(work: () => T): T {
    return this.#use(() => {
      if (this.#file.inTransaction) return work();
      this.#file.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        this.#file.exec('COMMIT');
        return result;
      } catch (error) {
        // A full disk may have rolled back already.
        if (this.#file.inTransaction) this.#file.exec('ROLLBACK');
        throw error;
      }
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#statements.clear();
    this.#file.close();
  }

  #try<T>(sql: string, ask: (statement: Sqlite.Statement) => T): T {
    return this.#use(() => {
      let statement = this.#statements.get(sql);
      if (!statement) {
        statement = this.#file.prepare(sql);
        this.#statements.set(sql, statement);
      }
      return ask(statement);
    });
  }

  #use<T>(work: () => T): T {
    if (this.#closed) throw new StoreError('closed', `${this.#path}: the store is closed`);
    try {
      return work();
    } catch (error) {
      throw storeErrorOf(error, this.#path);
    }
  }
}
