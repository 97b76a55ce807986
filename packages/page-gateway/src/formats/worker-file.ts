// Where the worker's code is: the file beside this one once it is built. Tests from the sources have it bundled elsewhere.

export const workerFile = new URL('./formats-worker.js', import.meta.url);
