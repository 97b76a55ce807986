// The worker's side: one task at a time, in and out. Its file name is its own, so that it is not mistaken for a file of a
// program that this package was bundled into.
import { parentPort } from 'node:worker_threads';
import { yieldToOthers } from './priority.js';
import { perform, type Task } from './task.js';
import { toWire, valueToWire, type WireError, type WireValue } from './wire.js';

export interface Order {
  readonly task: Task;
  readonly bytes: Uint8Array;
}
/** What comes back: first that the worker is there, then one answer per order. */
export type Answer = { readonly ready: true } | WireValue | { readonly error: WireError };

const port = parentPort;
if (port !== null) {
  yieldToOthers();
  const answer = (message: Answer) => port.postMessage(message);
  port.on('message', ({ task, bytes }: Order) => {
    perform(task, bytes).then(
      (value) => answer(valueToWire(value, task.reading.kind === 'select' || task.reading.kind === 'prune')),
      (error: unknown) => answer({ error: toWire(error) }),
    );
  });
  answer({ ready: true });
}
