// The worker threads that convert documents: started when first needed, bounded in number, time, memory and queue, replaced
// when they die, let go of when idle. They never keep the process alive; one document is in a worker at a time.
import { Worker } from 'node:worker_threads';
import { Problem } from '../core/problem.js';
import type { Answer, Order, Task } from './task.js';
import { workerFile } from './worker-file.js';

export interface PoolLimits {
  readonly workers: number;
  /** Milliseconds for one document. */
  readonly timeLimit: number;
  /** Bytes that one document may come to. */
  readonly memoryLimit: number;
  /** Documents that wait. */
  readonly queueLimit: number;
}

/** A worker that does not start within this many milliseconds never will. */
const startTime = 30_000;
/** A worker without work is kept this long, in milliseconds. */
const idleTime = 60_000;

/** V8 ends the process where one large piece does not fit under a worker's limit: documents are refused well before. */
const spare = 1.5;
/** Of documents above this size, in bytes, one is in a worker at a time: the others are for those that are quick. */
const large = 1024 ** 2;

interface Job {
  readonly task: Task;
  readonly bytes: Uint8Array;
  resolve(body: Uint8Array): void;
  reject(reason: unknown): void;
}

interface Place {
  readonly worker: Worker;
  ready: boolean;
  job: Job | undefined;
  timer: NodeJS.Timeout | undefined;
}

export class WorkerPool {
  readonly #limits: PoolLimits;
  readonly #waiting = new Set<Job>();
  readonly #places = new Set<Place>();
  readonly #ending = new Set<Promise<unknown>>();
  #closed = false;

  constructor(limits: PoolLimits) {
    this.#limits = limits;
  }

  /**
   * Converts a document. The bytes are copied for the worker, and may be shared by others meanwhile.
   * @throws Problem, or the signal's reason.
   */
  run(task: Task, bytes: Uint8Array, signal: AbortSignal | undefined): Promise<Uint8Array> {
    if (this.#closed) return Promise.reject(closing());
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#waiting.size >= this.#limits.queueLimit) return Promise.reject(overloaded());
    return new Promise((resolve, reject) => {
      const settle = () => signal?.removeEventListener('abort', leave);
      const job: Job = {
        task,
        bytes,
        resolve: (body) => {
          settle();
          resolve(body);
        },
        reject: (reason) => {
          settle();
          reject(reason);
        },
      };
      const leave = () => this.#leave(job, signal?.reason);
      signal?.addEventListener('abort', leave);
      this.#waiting.add(job);
      this.#next();
    });
  }

  /** Ends all workers; what they are at, and what waits, is rejected. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#waiting) job.reject(closing());
    this.#waiting.clear();
    for (const place of [...this.#places]) this.#end(place)?.reject(closing());
    await Promise.all(this.#ending);
  }

  #next(): void {
    for (const job of this.#waiting) {
      if (job.bytes.length > large && this.#busyWithLarge()) continue;
      const place = this.#freePlace();
      if (place === undefined) return;
      this.#waiting.delete(job);
      this.#give(place, job);
    }
  }

  #busyWithLarge(): boolean {
    for (const { job } of this.#places) if (job !== undefined && job.bytes.length > large) return true;
    return false;
  }

  #freePlace(): Place | undefined {
    for (const place of this.#places) if (place.job === undefined && place.ready) return place;
    // One that is ending may still be at it: what it runs in native code it runs to the end.
    if (this.#places.size + this.#ending.size >= this.#limits.workers) return undefined;
    return this.#start();
  }

  #start(): Place {
    const worker = new Worker(workerFile, {
      name: 'page-gateway-formats',
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: Math.ceil((this.#limits.memoryLimit * spare) / 1024 ** 2) },
    });
    const place: Place = { worker, ready: false, job: undefined, timer: undefined };
    this.#places.add(place);
    worker.on('message', (answer: Answer) => this.#answered(place, answer));
    worker.on('error', (error) => this.#died(place, error));
    worker.on('exit', () => this.#died(place, undefined));
    return place;
  }

  #give(place: Place, job: Job): void {
    place.job = job;
    place.worker.ref();
    this.#limit(place, place.ready ? this.#limits.timeLimit : startTime);
    if (place.ready) this.#send(place, job);
  }

  #limit(place: Place, time: number): void {
    clearTimeout(place.timer);
    place.timer = setTimeout(() => this.#expired(place), time);
  }

  #send({ worker }: Place, { task, bytes }: Job): void {
    const copy = new Uint8Array(bytes);
    worker.postMessage({ task, bytes: copy } satisfies Order, [copy.buffer]);
  }

  #answered(place: Place, answer: Answer): void {
    const { job } = place;
    if (!this.#places.has(place) || job === undefined) return;
    if ('ready' in answer) {
      place.ready = true;
      this.#limit(place, this.#limits.timeLimit);
      this.#send(place, job);
      return;
    }
    place.job = undefined;
    place.worker.unref();
    clearTimeout(place.timer);
    place.timer = setTimeout(() => this.#end(place), idleTime).unref();
    if ('body' in answer) job.resolve(answer.body);
    else job.reject(new Problem(answer.problem.code, answer.problem.detail, { members: answer.problem.members }));
    this.#next();
  }

  /** The document took too long: the only way to stop it is to end its worker. */
  #expired(place: Place): void {
    const { ready } = place;
    const job = this.#end(place);
    if (ready) job?.reject(unprocessable(`the document took longer than ${this.#limits.timeLimit} ms to convert`));
    else job?.reject(new Problem('internal', 'the worker that converts documents does not start'));
    this.#next();
  }

  #died(place: Place, error: unknown): void {
    if (!this.#places.has(place)) return;
    const { ready } = place;
    this.#end(place)?.reject(ready ? this.#deathOf(error) : notStarting(error));
    this.#next();
  }

  #deathOf(error: unknown): Problem {
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY') {
      return unprocessable('the document takes more memory to convert than there is for one');
    }
    return unprocessable('the document could not be converted', error);
  }

  /** Nobody waits for the job any more. */
  #leave(job: Job, reason: unknown): void {
    if (!this.#waiting.delete(job)) {
      for (const place of this.#places) if (place.job === job) this.#end(place);
    }
    job.reject(reason);
    this.#next();
  }

  /** The job that was left behind. */
  #end(place: Place): Job | undefined {
    if (!this.#places.delete(place)) return undefined;
    clearTimeout(place.timer);
    const ended: Promise<unknown> = place.worker.terminate();
    this.#ending.add(ended);
    void ended.finally(() => {
      this.#ending.delete(ended);
      this.#next();
    });
    return place.job;
  }
}

function unprocessable(detail: string, cause?: unknown): Problem {
  return new Problem('unprocessable_document', detail, { cause });
}

function overloaded(): Problem {
  return new Problem('overloaded', 'too many documents wait to be converted; try again in a moment', { retryAfter: 1 });
}

function closing(): Problem {
  return new Problem('overloaded', 'the service is closing', { retryAfter: 5 });
}

function notStarting(cause: unknown): Problem {
  return new Problem('internal', 'the worker that converts documents does not start', { cause });
}
