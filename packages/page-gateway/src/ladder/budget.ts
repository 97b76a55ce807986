// What one page may cost: so much time, so many tries, one step up from plain HTTP to the browser, and one try more where a
// captcha was solved on the way.

export interface BudgetOptions {
  /** In all, the first included. */
  readonly tries: number;
  /** Milliseconds. */
  readonly time: number;
  /** Milliseconds. */
  readonly now: () => number;
}

export class Budget {
  readonly #now: () => number;
  readonly #endsAt: number;
  #tries: number;
  #step = 1;
  #extra = 1;

  constructor({ tries, time, now }: BudgetOptions) {
    this.#now = now;
    this.#endsAt = now() + time;
    this.#tries = tries;
  }

  /** Tries that have not begun. */
  get triesLeft(): number {
    return this.#tries;
  }

  /** Milliseconds, never less than 0. */
  get timeLeft(): number {
    return Math.max(0, this.#endsAt - this.#now());
  }

  /** Whether the step up is still to be had. */
  get stepLeft(): boolean {
    return this.#step > 0;
  }

  /** Pays for a try. False where there is none left, or no time for it. */
  takeTry(): boolean {
    if (this.#tries === 0 || this.timeLeft === 0) return false;
    this.#tries--;
    return true;
  }

  /** One try more, once, for when somebody takes out of the way what stood there. False where there was one already. */
  addTry(): boolean {
    if (this.#extra === 0) return false;
    this.#extra--;
    this.#tries++;
    return true;
  }

  /** Pays for the step up. */
  takeStep(): boolean {
    if (this.#step === 0 || this.timeLeft === 0) return false;
    this.#step--;
    return true;
  }
}
