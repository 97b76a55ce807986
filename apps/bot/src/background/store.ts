/**
 * A list kept in one JSON file. Written to a file beside it and renamed, so that a crash leaves the old list or the new one, never half of
 * one; writes never overlap.
 */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';

export class Store<Item> {
  readonly #path: string;
  readonly #snapshot: () => readonly Item[];
  #writing: Promise<void> = Promise.resolve();
  #waiting: Promise<void> | undefined;

  constructor(path: string, snapshot: () => readonly Item[]) {
    this.#path = path;
    this.#snapshot = snapshot;
  }

  /** What was saved. A file that cannot be understood is put aside under another name, and its loss is told to `warn`. */
  async load(item: z.ZodType<Item>, warn: (line: string) => void): Promise<Item[]> {
    const source = await readFile(this.#path, 'utf8').catch(absent);
    if (source === undefined) return [];
    try {
      return item.array().parse(JSON.parse(source));
    } catch {
      const aside = `${this.#path}.unreadable-${Date.now()}`;
      await rename(this.#path, aside);
      warn(`${this.#path} could not be read; it is kept as ${aside}, and the list starts empty`);
      return [];
    }
  }

  /** Resolves when the list as it is now, or a newer one, is on disk. Calls while a write is under way share the next one. */
  save(): Promise<void> {
    this.#waiting ??= this.#writing.then(() => {
      this.#waiting = undefined;
      this.#writing = this.#write();
      return this.#writing;
    });
    return this.#waiting;
  }

  async #write(): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true });
    const draft = `${this.#path}.new`;
    await using file = await open(draft, 'w', 0o600);
    await file.writeFile(JSON.stringify(this.#snapshot(), null, 1));
    await file.sync();
    await rename(draft, this.#path);
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
