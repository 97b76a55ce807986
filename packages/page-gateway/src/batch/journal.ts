// How far a batch has come, in a folder beside its output: which jobs it is, and where the output ends that is surely whole.
// What a process wrote beyond that when it ended is cut off, and written again.
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

interface Plan {
  /** Of the URLs and of what is asked of them: another input is another batch. */
  readonly input: string;
  readonly jobs: readonly string[];
  readonly total: number;
}

/** A place in the results: all before it are written. */
export interface Place {
  /** Which of the jobs. */
  readonly job: number;
  readonly index: number;
  readonly ok: number;
  readonly failed: number;
}

const start: Place = { job: 0, index: 0, ok: 0, failed: 0 };

export class Journal {
  readonly #folder: string;
  readonly #output: number;
  #progress: number | undefined;
  #written = 0;
  #place: Place = start;
  #plan: Plan | undefined;

  /** @throws Error where the folder holds another batch. */
  constructor({ folder, output, input }: { folder: string; output: string; input: string }) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#plan = readPlan(folder);
    if (this.#plan && this.#plan.input !== input) {
      throw new TypeError(
        `${output} was begun with other URLs or other flags: finish it with those, or remove ${folder} and ${output}`,
      );
    }
    this.#output = openSync(output, existsSync(output) ? 'r+' : 'w+');
    if (this.#plan) this.#restore();
    else this.#empty();
  }

  /** The jobs that were made before. */
  get jobs(): readonly string[] | undefined {
    return this.#plan?.jobs;
  }

  get place(): Place {
    return this.#place;
  }

  /** Where the store of the jobs lies. */
  get data(): string {
    return join(this.#folder, 'data');
  }

  plan(plan: Plan): void {
    const path = join(this.#folder, 'plan.json');
    writeFileSync(`${path}.part`, JSON.stringify(plan));
    renameSync(`${path}.part`, path);
    this.#plan = plan;
  }

  /** Writes lines, and then where they ended. */
  write(lines: string, place: Place): void {
    const bytes = Buffer.from(lines);
    for (let done = 0; done < bytes.length; )
      done += writeSync(this.#output, bytes, done, bytes.length - done, this.#written + done);
    this.#written += bytes.length;
    this.#place = place;
    this.#progress ??= openSync(join(this.#folder, 'progress'), 'a', 0o600);
    writeSync(this.#progress, `${JSON.stringify({ ...place, written: this.#written })}\n`);
  }

  /** @param over All is written: nothing of the journal is needed any more. */
  close({ over }: { over: boolean }): void {
    closeSync(this.#output);
    if (this.#progress !== undefined) closeSync(this.#progress);
    if (over) rmSync(this.#folder, { recursive: true, force: true });
  }

  #restore(): void {
    const path = join(this.#folder, 'progress');
    // The last line may be torn; the one before it is as good.
    const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
    const last = lines.at(-1);
    if (last !== undefined) {
      const { written, ...place } = JSON.parse(last) as Place & { written: number };
      this.#written = written;
      this.#place = place;
    }
    ftruncateSync(this.#output, this.#written);
    // So that a torn line never stands before a whole one.
    writeFileSync(path, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  }

  #empty(): void {
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    ftruncateSync(this.#output, 0);
  }
}

export function fingerprint(urls: readonly string[], asked: unknown): string {
  const hash = createHash('sha256').update(JSON.stringify(asked));
  for (const url of urls) hash.update(`\n${url}`);
  return hash.digest('hex');
}

function readPlan(folder: string): Plan | undefined {
  const path = join(folder, 'plan.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Plan) : undefined;
}
