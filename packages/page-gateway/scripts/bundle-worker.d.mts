/** A module that says where the worker is. */
export function workerFileModule(): Promise<string>;
