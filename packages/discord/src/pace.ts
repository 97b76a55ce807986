// How long Discord takes these days to hear an acknowledgement, and how early a deferral must therefore be made. A plain
// state machine without clock.

/** Discord waits 3 s; the rest is for the way. */
const heardWithin = 2_600;
/** Even a very slow Discord leaves quick commands the time to answer in one go. */
const earliest = 150;
/** Slow moments are forgotten by and by. */
const memory = 0.7;

export class Pace {
  readonly #deferAfter: number;
  #slowest = 0;

  /** `deferAfter`: when to defer, in milliseconds, while Discord is quick. */
  constructor(deferAfter: number) {
    this.#deferAfter = deferAfter;
  }

  /** An acknowledgement took this long, in milliseconds, to be heard or to fail. */
  took(time: number): void {
    this.#slowest = Math.max(time, this.#slowest * memory);
  }

  /** When to defer, in milliseconds from the interaction's beginning. */
  get deferAfter(): number {
    const latest = heardWithin - this.#slowest * 1.25;
    return Math.min(this.#deferAfter, Math.max(earliest, latest));
  }
}
