// Sticky sessions between two starts of the service: a name and what the room of sessions wrote of it, forgotten when idle
// for too long. Cookies are in there, so it stays in the data folder that only its owner may read.
import type { Database } from './database.js';

export interface SessionStore {
  load(id: string): string | undefined;
  /** `expires`: when it may be forgotten, in milliseconds since 1970. */
  save(id: string, state: string, expires: number): void;
  delete(id: string): void;
  /** Forgets those whose time has passed and says how many. */
  expire(): number;
}

export class SqliteSessions implements SessionStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  load(id: string): string | undefined {
    const row = this.#database.get('SELECT state FROM sessions WHERE id = ? AND expires > ?', id, Date.now());
    return row && String(row.state);
  }

  save(id: string, state: string, expires: number): void {
    this.#database.run(
      'INSERT INTO sessions (id, state, expires) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state, expires = excluded.expires',
      ...[id, state, Math.ceil(expires)],
    );
  }

  delete(id: string): void {
    this.#database.run('DELETE FROM sessions WHERE id = ?', id);
  }

  expire(): number {
    return this.#database.run('DELETE FROM sessions WHERE expires <= ?', Date.now());
  }
}
