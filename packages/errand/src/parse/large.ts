// Large documents: sent to a worker or, where the whole value is wanted, built on this thread one at a time, with the event
// loop let in wherever the work can be divided.
import type { Call } from '../core/call.js';
import { decodeText } from './charset.js';
import { readContentType } from './content-type.js';
import { DepthScan } from './depth.js';
import { parseJson, tooDeep } from './json.js';
import type { ParseSettings } from './options.js';
import { noWorkers, WorkerPool } from './pool.js';
import { copyInSlices, nextTurn, Turns } from './slices.js';
import { callSite, SlowParses } from './slow-parse.js';
import { perform, type Reading, type Task } from './task.js';

/** Characters whose depth is told in one turn of the loop. */
const scanSlice = 2 ** 20;

export class LargeDocuments {
  readonly #settings: ParseSettings;
  readonly #pool: WorkerPool;
  readonly #turns = new Turns();
  readonly #slow = new SlowParses();
  #offloaded = 0;
  #warned = false;

  constructor(settings: ParseSettings) {
    this.#settings = settings;
    this.#pool = new WorkerPool(settings);
  }

  /** How many documents went to a worker. */
  get offloaded(): number {
    return this.#offloaded;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  /** Reads the document in a worker; on this thread only where no worker can be had. */
  async away(reading: Reading, bytes: Uint8Array, contentType: string | undefined, call: Call): Promise<unknown> {
    const task: Task = { reading, contentType, maxDepth: this.#settings.maxDepth };
    call.throwIfOver();
    if (this.#pool.available) {
      const copy = await copyInSlices(bytes, call);
      try {
        this.#offloaded++;
        return await this.#pool.run(task, copy, call);
      } catch (error) {
        if (error !== noWorkers) throw error;
        this.#offloaded--;
        this.#warnOfNoWorkers();
      }
    }
    return this.#turns.take(() => perform(task, bytes));
  }

  /** The whole JSON value, built on this thread. */
  value(bytes: Uint8Array, contentType: string | undefined, call: Call): Promise<unknown> {
    const site = callSite();
    return this.#turns.take(async () => {
      const started = performance.now();
      const text = decodeText(bytes, readContentType(contentType));
      let held = performance.now() - started;
      await this.#checkDepth(text, call);
      await nextTurn();
      call.throwIfOver();
      const resumed = performance.now();
      try {
        return parseJson(text);
      } finally {
        held = Math.max(held, performance.now() - resumed);
        this.#slow.note(held, bytes.length, call, site);
      }
    });
  }

  async #checkDepth(text: string, call: Call): Promise<void> {
    const { maxDepth } = this.#settings;
    const scan = new DepthScan(text, maxDepth);
    while (scan.advance(scanSlice)) {
      await nextTurn();
      call.throwIfOver();
    }
    if (scan.tooDeepAt >= 0) throw tooDeep(text, scan.tooDeepAt, maxDepth);
  }

  #warnOfNoWorkers(): void {
    if (this.#warned) return;
    this.#warned = true;
    process.emitWarning(
      'errand: worker threads cannot be started here (not allowed, or a bundle without the code of the worker), so large ' +
        'bodies are read on the main thread and hold up the event loop. See docs/bundling.md of the package errand.',
      { type: 'ErrandWarning', code: 'ERRAND_NO_WORKERS' },
    );
  }
}
