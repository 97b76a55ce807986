// Bodies of results that are too large for a row: files in a folder per job, written whole or not at all.
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folderErrorOf } from './store-error.js';

/** Writing a row blocks for as long as it takes; a file does not. */
const large = 256 * 1024;

export class JobBodies {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  isLarge(body: Uint8Array): boolean {
    return body.byteLength > large;
  }

  async write(job: string, index: number, body: Uint8Array): Promise<void> {
    const path = this.#path(job, index);
    try {
      await mkdir(join(this.#folder, job), { recursive: true, mode: 0o700 });
      await writeFile(`${path}.part`, body, { mode: 0o600 });
      await rename(`${path}.part`, path);
    } catch (error) {
      throw folderErrorOf(error, this.#folder);
    }
  }

  read(job: string, index: number): Promise<Uint8Array> {
    return readFile(this.#path(job, index));
  }

  async forget(job: string): Promise<void> {
    await rm(join(this.#folder, job), { recursive: true, force: true });
  }

  #path(job: string, index: number): string {
    return join(this.#folder, job, String(index));
  }
}
