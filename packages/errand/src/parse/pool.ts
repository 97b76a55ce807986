// The worker threads: started when first needed, bounded in number, time and memory, replaced when they die, let go of when
// idle. They never keep the process alive and never take it down; one document is in a worker at a time.
import type { Worker } from 'node:worker_threads';
import type { Call } from '../core/call.js';
import { ParseError, SessionClosedError } from '../errors.js';
import { longestDelay } from '../kit/duration.js';
import { LinkedList } from '../kit/linked-list.js';
import type { Answer, Order } from './errand-worker.js';
import { Job } from './job.js';
import type { ParseSettings } from './options.js';
import type { Task } from './task.js';
import { fromWire, type WireValue } from './wire.js';
import { startWorker } from './worker-entry.js';

/** What is thrown where no worker can be had at all: the document is to be read on this thread. */
export const noWorkers = Symbol('no workers');

/** V8 ends the process where one large piece does not fit under a worker's limit: documents are refused well before. */
const spare = 1.5;
/** Megabytes for what a worker has made last. By V8's default, what a large document makes is copied about twice as often. */
const youngGeneration = 64;
/** A worker that does not start within this many milliseconds never will. */
const startTime = 30_000;
/** A worker without work is kept this long, in milliseconds. */
const idleTime = 30_000;
/**
 * From this many bytes on a tree and a value are not built one after the other in one worker: to collect the tree while a value
 * is built holds up the garbage collection of this thread, too, as V8 marks one heap of a process at a time.
 */
const heavy = 128 * 1024 ** 2;
/** The footprints of all open documents together, unless there is only one. */
const openLimit = 512 * 1024 ** 2;

interface Place {
  /** undefined until it is made. */
  worker: Worker | undefined;
  ready: boolean;
  job: Job | undefined;
  /** Whether what it read last left a large tree. */
  tree: boolean;
  timer: NodeJS.Timeout | undefined;
}

export class WorkerPool {
  readonly #settings: ParseSettings;
  readonly #waiting = new LinkedList<Job>();
  readonly #places = new Set<Place>();
  readonly #ending = new Set<Promise<unknown>>();
  #open = 0;
  #unavailable = false;
  #closed = false;

  constructor(settings: ParseSettings) {
    this.#settings = settings;
  }

  /** Whether documents can be sent here, as far as is known. */
  get available(): boolean {
    return !this.#unavailable && !this.#closed;
  }

  /** Workers that are there or starting. */
  get size(): number {
    return this.#places.size;
  }

  /** Reads a document in a worker; `bytes` are moved there. Rejects with {@link noWorkers} where there is none to be had. */
  run(task: Task, bytes: Uint8Array, call: Call): Promise<WireValue> {
    if (this.#closed) return Promise.reject(new SessionClosedError());
    const job = new Job(task, bytes, call, (left) => this.#leave(left));
    this.#waiting.push(job);
    this.#next();
    return job.outcome;
  }

  /** Ends all workers: what they are at, and what waits, may finish for `grace` milliseconds, and is rejected then. Idempotent. */
  async close(grace: number): Promise<void> {
    this.#closed = true;
    await this.#finish(grace);
    const closed = () => new SessionClosedError('the session was closed while the body was being read');
    for (let job = this.#waiting.shift(); job !== undefined; job = this.#waiting.shift()) job.reject(closed());
    for (const place of [...this.#places]) {
      const { job } = place;
      this.#end(place);
      job?.reject(closed());
    }
    await Promise.all(this.#ending);
  }

  /** Waits for all work to be done, no longer than `limit` milliseconds. */
  async #finish(limit: number): Promise<void> {
    const outcomes = [...this.#waiting, ...[...this.#places].flatMap(({ job }) => job ?? [])].map(
      ({ outcome }) => outcome,
    );
    if (limit <= 0 || outcomes.length === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, Math.min(limit, longestDelay));
    });
    await Promise.race([Promise.allSettled(outcomes), expired]);
    clearTimeout(timer);
  }

  /** Hands waiting documents to workers, as far as places and memory go. */
  #next(): void {
    for (let job = this.#waiting.first; job !== undefined; job = this.#waiting.first) {
      if (this.#open > 0 && this.#open + job.footprint > openLimit) return;
      const place = this.#freePlace();
      if (place === undefined) return;
      this.#waiting.remove(job);
      this.#open += job.footprint;
      this.#give(this.#suited(place, job), job);
    }
  }

  #freePlace(): Place | undefined {
    for (const place of this.#places) if (place.job === undefined) return place;
    // One that is ending may still be at it: what it runs in native code it runs to the end.
    if (this.#places.size + this.#ending.size >= this.#settings.workers) return undefined;
    return this.#newPlace();
  }

  #newPlace(): Place {
    const place: Place = { worker: undefined, ready: false, job: undefined, tree: false, timer: undefined };
    place.timer = setTimeout(() => this.#doWithout(place), startTime).unref();
    this.#places.add(place);
    void this.#start(place);
    return place;
  }

  #suited(place: Place, job: Job): Place {
    if (!place.tree || job.tree || job.footprint < heavy) return place;
    this.#end(place);
    return this.#newPlace();
  }

  #give(place: Place, job: Job): void {
    place.job = job;
    place.tree = job.tree && job.footprint >= heavy;
    if (place.ready) this.#limit(place);
    if (place.worker !== undefined) this.#send(place.worker, job);
  }

  #limit(place: Place): void {
    clearTimeout(place.timer);
    place.timer = setTimeout(() => this.#expire(place), this.#settings.timeout);
  }

  #send(worker: Worker, { task, bytes }: Job): void {
    worker.ref();
    worker.postMessage({ task, bytes } satisfies Order, [bytes.buffer as ArrayBuffer]);
  }

  async #start(place: Place): Promise<void> {
    const worker = await startWorker({
      maxOldGenerationSizeMb: Math.ceil((this.#settings.maxMemory * spare) / 1024 ** 2),
      maxYoungGenerationSizeMb: youngGeneration,
    });
    if (!this.#places.has(place)) {
      if (worker !== undefined) this.#terminate(worker);
      return;
    }
    if (worker === undefined) {
      this.#doWithout(place);
      return;
    }
    place.worker = worker;
    worker.on('message', (answer: Answer) => this.#answered(place, answer));
    worker.on('error', (error) => this.#died(place, error));
    worker.on('exit', () => this.#died(place, undefined));
    worker.unref();
    if (place.job !== undefined) this.#send(worker, place.job);
  }

  #answered(place: Place, answer: Answer): void {
    if (!this.#places.has(place)) return;
    if ('ready' in answer) {
      place.ready = true;
      if (place.job === undefined) this.#rest(place);
      else this.#limit(place);
      return;
    }
    const { job } = place;
    if (job === undefined) return;
    this.#free(place, job);
    this.#rest(place);
    if ('error' in answer) job.reject(fromWire(answer.error));
    else job.resolve(answer);
    this.#next();
  }

  #rest(place: Place): void {
    clearTimeout(place.timer);
    place.worker?.unref();
    place.timer = setTimeout(() => this.#end(place), idleTime).unref();
  }

  #free(place: Place, job: Job): void {
    place.job = undefined;
    this.#open -= job.footprint;
  }

  /** The document took too long: the only way to stop it is to end its worker. */
  #expire(place: Place): void {
    const { job } = place;
    this.#end(place);
    job?.reject(new ParseError(`the document took longer than ${this.#settings.timeout} ms to read (parse.timeout)`));
    this.#next();
  }

  #died(place: Place, error: unknown): void {
    if (!this.#places.has(place)) return;
    if (!place.ready) {
      this.#doWithout(place);
      return;
    }
    const { job } = place;
    this.#end(place);
    job?.reject(this.#deathOf(error));
    this.#next();
  }

  #deathOf(error: unknown): ParseError {
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY') {
      return new ParseError(
        `the document takes more than ${this.#settings.maxMemory} bytes of memory to read (parse.maxMemory)`,
      );
    }
    return new ParseError('the worker died over the document', { cause: error });
  }

  /** Workers do not start here: everything is read on this thread from now on. */
  #doWithout(place: Place): void {
    this.#unavailable = true;
    const { job } = place;
    this.#end(place);
    job?.reject(noWorkers);
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) next.reject(noWorkers);
  }

  /** Nobody waits for the job any more. */
  #leave(job: Job): void {
    for (const place of this.#places) {
      if (place.job !== job) continue;
      this.#end(place);
      this.#next();
      return;
    }
    this.#waiting.remove(job);
  }

  #end(place: Place): void {
    if (!this.#places.delete(place)) return;
    clearTimeout(place.timer);
    if (place.job !== undefined) this.#free(place, place.job);
    if (place.worker !== undefined) this.#terminate(place.worker);
  }

  #terminate(worker: Worker): void {
    const ended: Promise<unknown> = worker.terminate();
    this.#ending.add(ended);
    void ended.finally(() => {
      this.#ending.delete(ended);
      this.#next();
    });
  }
}
