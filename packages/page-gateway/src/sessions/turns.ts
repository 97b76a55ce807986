// Whose turn it is with one visitor: one after another, in the order of asking, each for as long as it takes.

export class Turns {
  readonly #waiting = new Set<() => void>();
  #taken = false;

  /** Undefined where the turn does not come within `patience` milliseconds. @throws the signal's reason. */
  take(patience: number, signal: AbortSignal): Promise<(() => void) | undefined> {
    signal.throwIfAborted();
    if (!this.#taken) {
      this.#taken = true;
      return Promise.resolve(this.#releaser());
    }
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        this.#waiting.delete(go);
      };
      const go = () => {
        settle();
        resolve(this.#releaser());
      };
      const abort = () => {
        settle();
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        settle();
        resolve(undefined);
      }, patience);
      signal.addEventListener('abort', abort, { once: true });
      this.#waiting.add(go);
    });
  }

  #releaser(): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const [next] = this.#waiting;
      if (next === undefined) this.#taken = false;
      else next();
    };
  }
}
