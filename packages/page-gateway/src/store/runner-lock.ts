// Which of several processes on one data folder works on the jobs: the one that holds this lock. The operating system takes it
// back when its holder ends, however it ends.
import { closeSync, openSync } from 'node:fs';
import Sqlite from 'libsql';

export class RunnerLock {
  readonly #path: string;
  #file: Sqlite.Database | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  get held(): boolean {
    return this.#file !== undefined;
  }

  /** @returns whether this process holds it now. Never waits. */
  acquire(): boolean {
    if (this.#file) return true;
    closeSync(openSync(this.#path, 'a', 0o600));
    const file = new Sqlite(this.#path, { timeout: 0 });
    try {
      file.exec('BEGIN EXCLUSIVE');
      this.#file = file;
      return true;
    } catch {
      file.close();
      return false;
    }
  }

  release(): void {
    this.#file?.exec('ROLLBACK');
    this.#file?.close();
    this.#file = undefined;
  }
}
