// What is known of the copies of pages that lie as files in the data folder; the index that the room of copies asks for.
import type { Database } from './database.js';

export interface CopyRow {
  readonly key: string;
  /** Of the file. */
  readonly bytes: number;
  /** Milliseconds since 1970, all three. */
  readonly stored: number;
  readonly expires: number;
  readonly used: number;
}

export class SqliteCopies {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  find(key: string): CopyRow | undefined {
    const row = this.#database.get('SELECT * FROM copies WHERE key = ?', key);
    return (
      row && {
        key,
        bytes: Number(row.bytes),
        stored: Number(row.stored),
        expires: Number(row.expires),
        used: Number(row.used),
      }
    );
  }

  /** In place of one with the same key. */
  put({ key, ...row }: CopyRow): void {
    const [bytes, stored, expires, used] = [row.bytes, row.stored, row.expires, row.used].map(Math.round) as number[];
    this.#database.run(
      'INSERT OR REPLACE INTO copies (key, bytes, stored, expires, used) VALUES (?, ?, ?, ?, ?)',
      ...[key, bytes!, stored!, expires!, used!],
    );
  }

  touch(key: string, used: number): void {
    this.#database.run('UPDATE copies SET used = ?2 WHERE key = ?1', key, Math.round(used));
  }

  remove(key: string): void {
    this.#database.run('DELETE FROM copies WHERE key = ?', key);
  }

  keys(): string[] {
    return this.#database.all('SELECT key FROM copies ORDER BY used').map(({ key }) => String(key));
  }

  total(): number {
    return Number(this.#database.get('SELECT coalesce(sum(bytes), 0) AS total FROM copies')?.total);
  }

  expired(now: number): string[] {
    return this.#database
      .all('SELECT key FROM copies WHERE expires <= ?', Math.floor(now))
      .map(({ key }) => String(key));
  }

  /** The keys of those that were not asked for longest, as many as come to so many bytes. */
  leastUsed(bytes: number): string[] {
    const keys: string[] = [];
    let left = bytes;
    for (const row of this.#database.all('SELECT key, bytes FROM copies ORDER BY used, key LIMIT 1000')) {
      if (left <= 0) break;
      keys.push(String(row.key));
      left -= Number(row.bytes);
    }
    return keys;
  }
}
