// What a process holds once its garbage is collected, for tests of what must not pile up.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of the JavaScript heap that something still refers to. */
export function collectedHeap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}
