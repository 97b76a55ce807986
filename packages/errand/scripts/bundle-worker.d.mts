/** A module with the code of the worker as `code`, for whoever runs the sources. */
export function workerModule(): Promise<string>;
