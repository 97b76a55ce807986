// Waiting with an end.

/** Resolves with true when the promise has settled, with false when `time` milliseconds have passed. Never rejects. */
export function settledWithin(promise: Promise<unknown>, time: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), Math.max(0, time));
    const settled = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    promise.then(settled, settled);
  });
}
