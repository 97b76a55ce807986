// One document on its way through the pool: waiting, in a worker, or settled. Ended early, it lets go of its worker at once.
import type { Call, Cancelable } from '../core/call.js';
import type { ErrandError } from '../errors.js';
import type { Linked } from '../kit/linked-list.js';
import type { Task } from './task.js';
import type { WireValue } from './wire.js';

export class Job implements Cancelable, Linked<Job> {
  previous: Job | undefined;
  next: Job | undefined;
  readonly task: Task;
  /** Gone from this thread once it is in a worker. */
  readonly bytes: Uint8Array;
  /** Whether a tree is built of the document. */
  readonly tree: boolean;
  /** What the document may take while it is read, in bytes: trees and values are many times their text. */
  readonly footprint: number;
  readonly outcome: Promise<WireValue>;
  readonly #call: Call;
  readonly #leave: (job: Job) => void;
  #resolve!: (value: WireValue) => void;
  #reject!: (error: unknown) => void;

  /** `leave` is told when the call is over before the job is. */
  constructor(task: Task, bytes: Uint8Array, call: Call, leave: (job: Job) => void) {
    this.task = task;
    this.bytes = bytes;
    this.tree = task.reading.kind === 'extract';
    this.footprint = bytes.length * (this.tree ? 60 : 12);
    this.#call = call;
    this.#leave = leave;
    this.outcome = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    call.register(this);
  }

  cancel(error: ErrandError): void {
    this.#leave(this);
    this.#reject(error);
  }

  resolve(value: WireValue): void {
    this.#call.unregister(this);
    this.#resolve(value);
  }

  reject(error: unknown): void {
    this.#call.unregister(this);
    this.#reject(error);
  }
}
