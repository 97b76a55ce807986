// Lets the event loop go first: where a machine has more work than processors, a thread that only parses waits.
import { readlinkSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';

/** Steps down: a third of the processor where two want it. More would starve it beside the programs of others. */
const steps = 5;

/**
 * Lowers the priority of the thread that calls it, where the system has such a thing: on Linux, where a thread is addressed as
 * a process is (setpriority(2)). Elsewhere it would be that of the whole process, and nothing is done.
 */
export function yieldToOthers(): void {
  if (process.platform !== 'linux') return;
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    setPriority(thread, Math.min(getPriority(thread) + steps, constants.priority.PRIORITY_LOW));
  } catch {
    // No /proc, or not allowed: the threads share as they do anyway.
  }
}
