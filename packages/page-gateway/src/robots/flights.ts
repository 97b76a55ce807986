// One flight per key: whoever wants the same thing while it is being fetched joins, may leave at any time, and the last to
// leave ends it.

interface Flight<T> {
  readonly result: Promise<T>;
  readonly ending: AbortController;
  passengers: number;
}

export class Flights<T> {
  readonly #flights = new Map<string, Flight<T>>();

  /** @throws the signal's reason as soon as it is aborted, or what `begin` throws. */
  async join(key: string, signal: AbortSignal | undefined, begin: (ending: AbortSignal) => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    const flight = this.#flights.get(key) ?? this.#begin(key, begin);
    flight.passengers++;
    try {
      return await unlessAborted(flight.result, signal);
    } finally {
      flight.passengers--;
      if (flight.passengers === 0) {
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
        flight.ending.abort();
      }
    }
  }

  #begin(key: string, begin: (ending: AbortSignal) => Promise<T>): Flight<T> {
    const ending = new AbortController();
    const result = begin(ending.signal);
    const flight: Flight<T> = { result, ending, passengers: 0 };
    this.#flights.set(key, flight);
    const landed = () => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    };
    result.then(landed, landed);
    return flight;
  }
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
