/**
 * Items kept as one small JSON file each. A file is written beside its place and renamed, so that a crash leaves the old item or the new one,
 * never half of one; writes of one item never overtake each other.
 */
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';

export class Store<Item extends { readonly id: string }> {
  readonly #folder: string;
  readonly #shape: z.ZodType<Item>;
  readonly #last = new Map<string, Promise<void>>();

  constructor(folder: string, shape: z.ZodType<Item>) {
    this.#folder = folder;
    this.#shape = shape;
  }

  /** All that was kept. A file that cannot be understood is put aside under another name, and `warn` is told. */
  async load(warn: (line: string) => void): Promise<Item[]> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith('.json'));
    const items: Item[] = [];
    for (const name of names) {
      const path = join(this.#folder, name);
      try {
        items.push(this.#shape.parse(JSON.parse(await readFile(path, 'utf8'))));
      } catch {
        await rename(path, `${path}.unreadable`);
        warn(`${path} could not be understood and was put aside as ${name}.unreadable`);
      }
    }
    return items;
  }

  /** Resolves when the item is on disk. */
  put(item: Item): Promise<void> {
    const content = JSON.stringify(item);
    return this.#after(item.id, () => this.#write(item.id, content));
  }

  drop(id: string): Promise<void> {
    return this.#after(id, () => rm(this.#pathOf(id), { force: true }));
  }

  #after(id: string, act: () => Promise<void>): Promise<void> {
    const next = (this.#last.get(id) ?? Promise.resolve()).catch(() => undefined).then(act);
    const settled = next.finally(() => {
      if (this.#last.get(id) === settled) this.#last.delete(id);
    });
    this.#last.set(id, settled);
    return settled;
  }

  async #write(id: string, content: string): Promise<void> {
    const draft = `${this.#pathOf(id)}.new`;
    const file = await open(draft, 'w', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, this.#pathOf(id));
  }

  #pathOf(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}
