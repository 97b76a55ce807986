/**
 * Discord's identifiers: milliseconds since 2015 and a counter, in one number. Never gives the same one twice, and
 * each is larger than the one before, because bots sort messages by it.
 */
const EPOCH = 1_420_070_400_000n;

export class Snowflakes {
  readonly #now: () => number;
  #last = 0n;

  constructor(now: () => number) {
    this.#now = now;
  }

  next(): string {
    const fresh = (BigInt(this.#now()) - EPOCH) << 22n;
    this.#last = fresh > this.#last ? fresh : this.#last + 1n;
    return this.#last.toString();
  }
}

export function isSnowflake(text: string): boolean {
  return /^\d{17,20}$/.test(text);
}

/** When the thing with this identifier was made, in milliseconds since 1970. */
export function madeAt(id: string): number {
  return Number((BigInt(id) >> 22n) + EPOCH);
}
