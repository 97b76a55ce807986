// What is known of the copies in files without opening them. The one here forgets with the process, and is filled again
// from the folder; one in the store does not need to be.

export interface CopyRow {
  readonly key: string;
  /** Of the file. */
  readonly bytes: number;
  /** When the page came, when it is of no more use, and when it was last asked for, in milliseconds since 1970. */
  readonly stored: number;
  readonly expires: number;
  readonly used: number;
}

export interface CopyIndex {
  find(key: string): CopyRow | undefined;
  /** In place of one with the same key. */
  put(row: CopyRow): void;
  touch(key: string, used: number): void;
  remove(key: string): void;
  keys(): Iterable<string>;
  /** Bytes of all. */
  total(): number;
  /** Keys of those whose time has passed. */
  expired(now: number): string[];
  /** Keys of those that were not asked for longest, as many as come to so many bytes. */
  leastUsed(bytes: number): string[];
}

export class MemoryIndex implements CopyIndex {
  readonly #rows = new Map<string, CopyRow>();
  #total = 0;

  find(key: string): CopyRow | undefined {
    return this.#rows.get(key);
  }

  put(row: CopyRow): void {
    this.remove(row.key);
    this.#rows.set(row.key, row);
    this.#total += row.bytes;
  }

  touch(key: string, used: number): void {
    const row = this.#rows.get(key);
    if (row !== undefined) this.#rows.set(key, { ...row, used });
  }

  remove(key: string): void {
    this.#total -= this.#rows.get(key)?.bytes ?? 0;
    this.#rows.delete(key);
  }

  keys(): Iterable<string> {
    return this.#rows.keys();
  }

  total(): number {
    return this.#total;
  }

  expired(now: number): string[] {
    return [...this.#rows.values()].filter(({ expires }) => expires <= now).map(({ key }) => key);
  }

  leastUsed(bytes: number): string[] {
    const rows = [...this.#rows.values()].sort((a, b) => a.used - b.used);
    let left = bytes;
    const count = rows.findIndex((row) => {
      left -= row.bytes;
      return left <= 0;
    });
    return rows.slice(0, count < 0 ? rows.length : count + 1).map(({ key }) => key);
  }
}
