// Keys and what they have used: the interface that `keys/` stands on, and its tables. It never sees a secret, only its hash.
import type { Database } from './database.js';

/** A value, or the promise of one where the store is on another machine. */
export type Awaitable<T> = T | Promise<T>;

export interface KeyRow {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the secret, in hex. */
  readonly hash: string;
  readonly scopes: readonly string[];
  /** Calls a minute, calls at once, calls in all; `undefined`: no limit. */
  readonly rpm: number | undefined;
  readonly concurrency: number | undefined;
  readonly quota: number | undefined;
  readonly created: number;
  readonly revoked: number | undefined;
}

export interface KeyStore {
  /** Whether a key was ever made, revoked ones too. A store on another machine answers from memory, at most 2 s old. */
  any(): boolean;
  find(hash: string): Awaitable<KeyRow | undefined>;
  get(id: string): Awaitable<KeyRow | undefined>;
  list(): Awaitable<readonly KeyRow[]>;
  /** `false` where a live key has that name. */
  add(row: KeyRow): Awaitable<boolean>;
  /** By name or id; the ones that were live until now. */
  revoke(nameOrId: string, now: number): Awaitable<readonly KeyRow[]>;
}

/** What keys have used, where one process counts it. */
export interface UsageStore {
  used(id: string): Awaitable<number>;
  /** Adds `count` to what the key has used where that stays within `quota`; otherwise adds nothing and says `false`. Counted for
   *  good when it answers. */
  spend(id: string, count: number, quota: number | undefined): Awaitable<boolean>;
  /** Gives back what was spent and never used. */
  refund(id: string, count: number): Awaitable<void>;
}

export class SqliteKeys implements KeyStore, UsageStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  any(): boolean {
    return this.#database.get('SELECT 1 FROM keys LIMIT 1') !== undefined;
  }

  find(hash: string): KeyRow | undefined {
    const row = this.#database.get('SELECT * FROM keys WHERE hash = ?', hash);
    return row && keyRowOf(row);
  }

  get(id: string): KeyRow | undefined {
    const row = this.#database.get('SELECT * FROM keys WHERE id = ?', id);
    return row && keyRowOf(row);
  }

  list(): KeyRow[] {
    return this.#database.all('SELECT * FROM keys ORDER BY created, id').map(keyRowOf);
  }

  add({ id, name, hash, scopes, rpm, concurrency, quota, created }: KeyRow): boolean {
    return this.#database.transaction(() => {
      if (this.#database.get('SELECT 1 FROM keys WHERE name = ? AND revoked IS NULL', name)) return false;
      this.#database.run(
        'INSERT INTO keys (id, name, hash, scopes, rpm, concurrency, quota, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        ...[id, name, hash, scopes.join(','), rpm ?? null, concurrency ?? null, quota ?? null, created],
      );
      return true;
    });
  }

  revoke(nameOrId: string, now: number): KeyRow[] {
    return this.#database.transaction(() => {
      const live = 'revoked IS NULL AND (id = ?1 OR name = ?1)';
      const rows = this.#database.all(`SELECT * FROM keys WHERE ${live}`, nameOrId).map(keyRowOf);
      this.#database.run(`UPDATE keys SET revoked = ?2 WHERE ${live}`, nameOrId, now);
      return rows;
    });
  }

  used(id: string): number {
    return Number(this.#database.get('SELECT used FROM usage WHERE key = ?', id)?.used ?? 0);
  }

  spend(id: string, count: number, quota: number | undefined): boolean {
    if (quota !== undefined && count > quota) return false;
    const changes = this.#database.run(
      `INSERT INTO usage (key, used) VALUES (?1, ?2)
       ON CONFLICT (key) DO UPDATE SET used = used + ?2 WHERE ?3 IS NULL OR used + ?2 <= ?3`,
      ...[id, count, quota ?? null],
    );
    return changes === 1;
  }

  refund(id: string, count: number): void {
    this.#database.run('UPDATE usage SET used = max(0, used - ?2) WHERE key = ?1', id, count);
  }
}

function keyRowOf(row: Readonly<Record<string, unknown>>): KeyRow {
  const number = (value: unknown) => (value === null ? undefined : Number(value));
  return {
    id: String(row.id),
    name: String(row.name),
    hash: String(row.hash),
    scopes: String(row.scopes).split(',').filter(Boolean),
    rpm: number(row.rpm),
    concurrency: number(row.concurrency),
    quota: number(row.quota),
    created: Number(row.created),
    revoked: number(row.revoked),
  };
}
