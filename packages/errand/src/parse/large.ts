// Large documents: sent to a worker or, where the whole value is wanted, built on this thread one at a time, with the event
// loop let in wherever the work can be divided.
import type { Call } from '../core/call.js';
import { decodeText, utf8Of } from './charset.js';
import { readContentType } from './content-type.js';
import { DepthScan, deepAlongEdges, mayBeDeep } from './depth.js';
import { parseJson, tooDeep } from './json.js';
import type { ParseSettings } from './options.js';
import { noWorkers, WorkerPool } from './pool.js';
import { copyInSlices, Turns, turnOf } from './slices.js';
import { callSite, SlowParses } from './slow-parse.js';
import { perform, type Reading, type Task } from './task.js';
import { valueFromWire } from './wire.js';

/** Bytes whose depth is told in one turn of the loop. */
const scanSlice = 2 ** 20;

const broken = Symbol('no JSON');

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return broken;
  }
}

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

  close(grace: number): Promise<void> {
    return this.#pool.close(grace);
  }

  /** Reads the document in a worker; on this thread only where no worker can be had. */
  async away(reading: Reading, bytes: Uint8Array, contentType: string | undefined, call: Call): Promise<unknown> {
    const task = this.#taskOf(reading, contentType);
    call.resume();
    try {
      const answer = await this.#inWorker(task, bytes, call);
      return answer === noWorkers ? await this.#turns.take(() => perform(task, bytes)) : answer;
    } finally {
      call.pause();
    }
  }

  #taskOf(reading: Reading, contentType: string | undefined): Task {
    const { maxDepth, exactDepth, maxMemory } = this.#settings;
    return { reading, contentType, maxDepth, exactDepth, maxMemory };
  }

  /** What a worker makes of the document; {@link noWorkers} where there is none to be had. */
  async #inWorker(task: Task, bytes: Uint8Array, call: Call): Promise<unknown> {
    if (!this.#pool.available) return noWorkers;
    const turn = () => turnOf(call);
    const copy = await copyInSlices(bytes, turn);
    this.#offloaded++;
    try {
      return await valueFromWire(await this.#pool.run(task, copy, call), turn);
    } catch (error) {
      if (error !== noWorkers) throw error;
      this.#offloaded--;
      this.#warnOfNoWorkers();
      return noWorkers;
    }
  }

  /** The whole JSON value, built on this thread. */
  async value(bytes: Uint8Array, contentType: string | undefined, call: Call): Promise<unknown> {
    const site = callSite();
    call.resume();
    try {
      return await this.#turns.take(() => this.#build(bytes, contentType, call, site));
    } finally {
      call.pause();
    }
  }

  async #build(
    bytes: Uint8Array,
    contentType: string | undefined,
    call: Call,
    site: string | undefined,
  ): Promise<unknown> {
    const started = performance.now();
    const type = readContentType(contentType);
    const text = decodeText(bytes, type);
    let held = performance.now() - started;
    const utf8 = utf8Of(text, bytes, type);
    if (this.#settings.exactDepth || mayBeDeep(utf8)) await this.#checkDepth(utf8, text, call);
    await turnOf(call);
    const resumed = performance.now();
    const value = parsed(text);
    held = Math.max(held, performance.now() - resumed);
    this.#slow.note(held, bytes.length, call, site);
    if (value !== broken) {
      if (deepAlongEdges(value, this.#settings.maxDepth)) await this.#checkDepth(utf8, text, call);
      return value;
    }
    // Finding out where it goes wrong takes as long again: that is a worker's to do.
    await this.#inWorker(this.#taskOf({ kind: 'check' }, contentType), bytes, call);
    return parseJson(text);
  }

  async #checkDepth(utf8: Uint8Array, text: string, call: Call): Promise<void> {
    const { maxDepth } = this.#settings;
    const scan = new DepthScan(utf8, maxDepth);
    while (scan.advance(scanSlice)) await turnOf(call);
    if (scan.tooDeepAt >= 0) throw tooDeep(utf8, text, scan.tooDeepAt, maxDepth);
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
