// Copies in the data folder, a file each: written whole or not at all, bounded in bytes, and found again by the next
// process. Whatever goes wrong with a file, there is no copy then, and never an error for the caller.
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesOfCopy, type Copy, copyOfBytes, headLength, timesOfHead } from './copy.js';
import { type CopyIndex, type CopyRow, MemoryIndex } from './copy-index.js';
import type { CopyShelf } from './shelf.js';

export interface CopyFilesOptions {
  readonly folder: string;
  /** Bytes of all files. */
  readonly limit: number;
  readonly index?: CopyIndex | undefined;
  readonly onError?: ((error: unknown) => void) | undefined;
}

const name = /^[0-9a-f]{64}$/;
const unfinished = '.part';
/** Files looked at together at the start. */
const batch = 32;
/** The share of the limit that is free after room was made. */
const spare = 0.1;

export class CopyFiles implements CopyShelf {
  readonly #folder: string;
  readonly #limit: number;
  readonly #index: CopyIndex;
  readonly #onError: (error: unknown) => void;
  /** Ends the names of files that this process is writing. */
  readonly #unfinished = `.${randomUUID()}${unfinished}`;
  readonly #made: Promise<void>;
  /** When the index knows the files that were there before; nobody waits for it to read or write. */
  readonly #reconciled: Promise<void>;
  /** The last change of each file; changes of one file follow each other. */
  readonly #changes = new Map<string, Promise<void>>();
  readonly #writing = new Set<Promise<void>>();
  /** As the index says, which may take its time to say it. */
  #total = 0;

  constructor({ folder, limit, index, onError = () => {} }: CopyFilesOptions) {
    this.#folder = folder;
    this.#limit = limit;
    this.#index = index ?? new MemoryIndex();
    this.#onError = onError;
    this.#made = mkdir(folder, { recursive: true, mode: 0o700 }).then(() => {}, onError);
    this.#reconciled = this.#reconcile().catch(onError);
  }

  async get(key: string, now: number): Promise<Copy | undefined> {
    await this.#changes.get(key);
    const copy = await this.#read(key);
    try {
      if (copy !== undefined) this.#index.touch(key, now);
      else if (this.#index.find(key) !== undefined) await this.delete(key);
    } catch (error) {
      this.#onError(error);
    }
    return copy;
  }

  /** Done when the file is there, and room was made for it. */
  set(key: string, copy: Copy): Promise<void> {
    const done: Promise<void> = this.#write(key, copy)
      .catch(this.#onError)
      .finally(() => this.#writing.delete(done));
    this.#writing.add(done);
    return done;
  }

  async #write(key: string, copy: Copy): Promise<void> {
    await this.#made;
    const bytes = bytesOfCopy(copy);
    if (bytes.length > this.#limit) return this.delete(key);
    await this.#change(key, async () => {
      const part = join(this.#folder, `${key}${this.#unfinished}`);
      try {
        await writeFile(part, bytes, { mode: 0o600 });
        await rename(part, this.#path(key));
      } catch (error) {
        await rm(part, { force: true });
        throw error;
      }
      const { stored, expires } = copy;
      this.#note({ key, bytes: bytes.length, stored, expires, used: stored });
    });
    await this.#reconciled;
    await this.#makeRoom();
  }

  delete(key: string): Promise<void> {
    return this.#change(key, async () => {
      this.#forget(key);
      await rm(this.#path(key), { force: true });
    });
  }

  /** Removes what is of no more use. */
  async expire(now: number): Promise<void> {
    await this.#reconciled;
    try {
      await this.#deleteAll(this.#index.expired(now));
    } catch (error) {
      this.#onError(error);
    }
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.#reconciled;
    while (this.#writing.size + this.#changes.size > 0) {
      await Promise.all([...this.#writing, ...this.#changes.values()]);
    }
  }

  async #makeRoom(): Promise<void> {
    while (this.#total > this.#limit) {
      // More than needed, so that not every further copy has to look for the least used.
      const keys = this.#index.leastUsed(this.#total - this.#limit * (1 - spare));
      const before = this.#total;
      await this.#deleteAll(keys);
      // An index that cannot forget would be asked for ever.
      if (this.#total >= before) return;
    }
  }

  async #deleteAll(keys: readonly string[]): Promise<void> {
    for (let at = 0; at < keys.length; at += batch) {
      await Promise.all(keys.slice(at, at + batch).map((key) => this.delete(key)));
    }
  }

  #note(row: CopyRow): void {
    const before = this.#index.find(row.key)?.bytes ?? 0;
    this.#index.put(row);
    this.#total += row.bytes - before;
  }

  #forget(key: string): void {
    const before = this.#index.find(key)?.bytes ?? 0;
    this.#index.remove(key);
    this.#total -= before;
  }

  #change(key: string, work: () => Promise<void>): Promise<void> {
    const done: Promise<void> = (this.#changes.get(key) ?? Promise.resolve())
      .then(work)
      .catch(this.#onError)
      .finally(() => {
        if (this.#changes.get(key) === done) this.#changes.delete(key);
      });
    this.#changes.set(key, done);
    return done;
  }

  async #read(key: string): Promise<Copy | undefined> {
    try {
      return copyOfBytes(await readFile(this.#path(key)));
    } catch {
      return undefined;
    }
  }

  #path(key: string): string {
    return join(this.#folder, key);
  }

  /** Folder and index say the same afterwards: another process may have left either behind. */
  async #reconcile(): Promise<void> {
    await this.#made;
    const files = await readdir(this.#folder);
    const left = files.filter((file) => file.endsWith(unfinished) && !file.endsWith(this.#unfinished));
    for (const file of left) await rm(join(this.#folder, file), { force: true });
    const keys = [...new Set([...this.#index.keys(), ...files.filter((file) => name.test(file))])];
    for (let at = 0; at < keys.length; at += batch) {
      const some = keys.slice(at, at + batch);
      await Promise.all(some.map((key) => this.#change(key, () => this.#noteOrRemove(key))));
    }
    this.#total = this.#index.total();
    await this.#makeRoom();
  }

  async #noteOrRemove(key: string): Promise<void> {
    const row = await this.#rowOf(key);
    if (row === undefined) {
      this.#forget(key);
      await rm(this.#path(key), { force: true });
    } else if (this.#index.find(key) === undefined) {
      this.#note(row);
    }
  }

  async #rowOf(key: string): Promise<CopyRow | undefined> {
    try {
      const { size } = await stat(this.#path(key));
      await using file = await open(this.#path(key));
      const { buffer } = await file.read({ buffer: Buffer.alloc(headLength) });
      const times = timesOfHead(buffer);
      return times && { key, bytes: size, ...times, used: times.stored };
    } catch {
      return undefined;
    }
  }
}
