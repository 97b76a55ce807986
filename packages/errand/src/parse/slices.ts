// Large work on this thread, a piece per turn of the event loop, so that timers and sockets get theirs in between. One large
// document is read here at a time.
import type { Call } from '../core/call.js';

const copySlice = 1024 ** 2;

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The next turn of the event loop. @throws what ended the call in the meantime. */
export async function turnOf(call: Call): Promise<void> {
  await nextTurn();
  call.throwIfOver();
}

/** A copy that can be moved to another thread; `turn` lets the event loop in. */
export async function copyInSlices(bytes: Uint8Array, turn: () => Promise<void>): Promise<Uint8Array> {
  const copy = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += copySlice) {
    if (at > 0) await turn();
    copy.set(bytes.subarray(at, at + copySlice), at);
  }
  return copy;
}

function forget(): void {}

/** Lets one at a time through, in order. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `work` when those before it are done, in a turn of its own. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(nextTurn).then(work);
    // Not the outcome: that is large, and would be kept until the next one comes.
    this.#last = turn.then(forget, forget);
    return turn;
  }
}
