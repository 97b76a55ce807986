// Which receivers of callbacks are up: after some failures in a row a receiver gets one callback at a time, as a probe, until
// one arrives. A state machine without a clock.

interface Receiver {
  failures: number;
  underWay: number;
}

/** Failures in a row after which a receiver counts as down. */
const patience = 3;
/** Callbacks at once to a receiver that is up. */
const atOnce = 4;

export class Receivers {
  readonly #receivers = new Map<string, Receiver>();

  mayTry(origin: string): boolean {
    const receiver = this.#receivers.get(origin);
    return !receiver || receiver.underWay < (receiver.failures >= patience ? 1 : atOnce);
  }

  started(origin: string): void {
    const receiver = this.#receivers.get(origin) ?? { failures: 0, underWay: 0 };
    receiver.underWay += 1;
    this.#receivers.set(origin, receiver);
  }

  /** It was not tried after all. */
  left(origin: string): void {
    const receiver = this.#receivers.get(origin);
    if (!receiver) return;
    receiver.underWay -= 1;
    this.#forget(origin, receiver);
  }

  /** @returns whether it was down until now. */
  ended(origin: string, arrived: boolean): boolean {
    const receiver = this.#receivers.get(origin);
    if (!receiver) return false;
    const wasDown = receiver.failures >= patience;
    receiver.underWay -= 1;
    receiver.failures = arrived ? 0 : receiver.failures + 1;
    this.#forget(origin, receiver);
    return arrived && wasDown;
  }

  #forget(origin: string, { failures, underWay }: Receiver): void {
    if (failures === 0 && underWay === 0) this.#receivers.delete(origin);
  }
}
