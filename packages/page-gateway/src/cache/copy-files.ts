// Copies in the data folder, a file each: written whole or not at all, bounded in bytes, and found again by the next
// process. Whatever goes wrong with a file, there is no copy then, and never an error for the caller.
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesOfCopy, type Copy, copyOfBytes, headLength, timesOfHead } from './copy.js';
import { type CopyIndex, MemoryIndex } from './copy-index.js';

export interface CopyFilesOptions {
  readonly folder: string;
  /** Bytes of all files. */
  readonly limit: number;
  readonly index?: CopyIndex | undefined;
  readonly onError?: ((error: unknown) => void) | undefined;
}

const name = /^[0-9a-f]{64}$/;
const unfinished = '.part';

export class CopyFiles {
  readonly #folder: string;
  readonly #limit: number;
  readonly #index: CopyIndex;
  readonly #onError: (error: unknown) => void;
  readonly #ready: Promise<void>;
  /** The last change of each file; changes of one file follow each other. */
  readonly #changes = new Map<string, Promise<void>>();
  #parts = 0;

  constructor({ folder, limit, index, onError = () => {} }: CopyFilesOptions) {
    this.#folder = folder;
    this.#limit = limit;
    this.#index = index ?? new MemoryIndex();
    this.#onError = onError;
    this.#ready = this.#reconcile().catch(onError);
  }

  async get(key: string, now: number): Promise<Copy | undefined> {
    await this.#ready;
    await this.#changes.get(key);
    if (this.#index.find(key) === undefined) return undefined;
    const copy = await this.#read(key);
    if (copy === undefined) await this.delete(key);
    else this.#index.touch(key, now);
    return copy;
  }

  /** Done when the file is there. */
  async set(key: string, copy: Copy): Promise<void> {
    await this.#ready;
    const bytes = bytesOfCopy(copy);
    if (bytes.length > this.#limit) return this.delete(key);
    await this.#change(key, async () => {
      const part = join(this.#folder, `${key}.${process.pid}-${++this.#parts}${unfinished}`);
      try {
        await writeFile(part, bytes, { mode: 0o600 });
        await rename(part, this.#path(key));
      } catch (error) {
        await rm(part, { force: true });
        throw error;
      }
      const { stored, expires } = copy;
      this.#index.put({ key, bytes: bytes.length, stored, expires, used: stored });
    });
    await this.#makeRoom();
  }

  delete(key: string): Promise<void> {
    return this.#change(key, async () => {
      this.#index.remove(key);
      await rm(this.#path(key), { force: true });
    });
  }

  /** Removes what is of no more use. */
  async expire(now: number): Promise<void> {
    await this.#ready;
    await Promise.all(this.#index.expired(now).map((key) => this.delete(key)));
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.#ready;
    while (this.#changes.size > 0) await Promise.all(this.#changes.values());
  }

  async #makeRoom(): Promise<void> {
    while (this.#index.total() > this.#limit) {
      const key = this.#index.leastUsed();
      if (key === undefined) return;
      await this.delete(key);
    }
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
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const files = new Set(await readdir(this.#folder));
    for (const key of [...this.#index.keys()]) if (!files.has(key)) this.#index.remove(key);
    const found: Array<{ key: string; bytes: number; stored: number; expires: number }> = [];
    for (const file of files) {
      if (file.endsWith(unfinished)) await rm(join(this.#folder, file), { force: true });
      else if (name.test(file) && this.#index.find(file) === undefined) {
        const row = await this.#rowOf(file);
        if (row === undefined) await rm(this.#path(file), { force: true });
        else found.push(row);
      }
    }
    found.sort((a, b) => a.stored - b.stored);
    for (const row of found) this.#index.put({ ...row, used: row.stored });
    await this.#makeRoom();
  }

  async #rowOf(key: string): Promise<{ key: string; bytes: number; stored: number; expires: number } | undefined> {
    try {
      const { size } = await stat(this.#path(key));
      await using file = await open(this.#path(key));
      const { buffer } = await file.read({ buffer: Buffer.alloc(headLength) });
      const times = timesOfHead(buffer);
      return times && { key, bytes: size, ...times };
    } catch {
      return undefined;
    }
  }
}
