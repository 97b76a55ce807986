// Starts worker threads: from the file beside this one or, in a bundled program, from the code that was built in.
import { existsSync } from 'node:fs';
import { type ResourceLimits, Worker, type WorkerOptions } from 'node:worker_threads';

/** undefined where neither the worker's file nor its code is at hand, or threads are not allowed. */
export async function startWorker(resourceLimits: ResourceLimits): Promise<Worker | undefined> {
  const options: WorkerOptions = { name: 'errand', env: {}, execArgv: [], resourceLimits };
  try {
    const file = fileBeside();
    if (file !== undefined) return new Worker(file, options);
    const { code } = await import('./worker-bundled.js');
    return code === undefined ? undefined : new Worker(code, { ...options, eval: true });
  } catch {
    return undefined;
  }
}

function fileBeside(): URL | undefined {
  // A bundle in CommonJS has no import.meta.url.
  if (!import.meta.url?.startsWith('file:')) return undefined;
  const file = new URL('./errand-worker.js', import.meta.url);
  return existsSync(file) ? file : undefined;
}
