// A pause that ends with its signal.
import { setTimeout as wait } from 'node:timers/promises';

/** @throws the signal's reason. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
