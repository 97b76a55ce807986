// A live page as people look at it: a stream of pictures that only moves when the page does, and one line of acts, done in
// order. It ends by itself when nobody looks any more.
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../core/problem.js';
import type { Act } from './acts.js';

/** What is needed of a page in a browser. */
export interface ShownPage {
  readonly closed: Promise<void>;
  screenshot(): Promise<Uint8Array>;
  pointer(step: 'move' | 'down' | 'up', x: number, y: number): Promise<void>;
  type(text: string): Promise<void>;
  press(key: string): Promise<void>;
  scroll(distance: number): Promise<void>;
  reload(): Promise<void>;
  url(): string;
  html(): Promise<string>;
  status(): number;
  close(): Promise<void>;
}

export interface Picture {
  /** Grows with every picture that differs from the one before. */
  readonly number: number;
  readonly png: Uint8Array;
}

export interface LiveViewOptions {
  readonly page: ShownPage;
  /** Nobody has asked for a picture for a while. */
  readonly abandoned: () => void;
  /** Milliseconds. @default 60_000 */
  readonly patience?: number | undefined;
}

/** Milliseconds between two looks at the page, and for which one question for a picture is kept open. */
const lookEvery = 150;
const keptOpen = 10_000;

export class LiveView {
  readonly page: ShownPage;
  readonly #options: LiveViewOptions;
  #picture: Picture = { number: 0, png: new Uint8Array() };
  #looking: Promise<void> | undefined;
  #acting: Promise<void> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: LiveViewOptions) {
    this.#options = options;
    this.page = options.page;
    void this.page.closed.then(() => {
      this.#closed = true;
      clearTimeout(this.#idle);
    });
    this.#awaited();
  }

  /**
   * The next picture that is newer than `after`; undefined where the page did not change for a while.
   * @throws Problem where the page is no more; the signal's reason.
   */
  async picture(after: number, signal: AbortSignal): Promise<Picture | undefined> {
    const until = performance.now() + keptOpen;
    for (;;) {
      this.#awaited();
      await this.#look();
      signal.throwIfAborted();
      if (this.#picture.number > after) return this.#picture;
      if (performance.now() > until) return undefined;
      await sleep(lookEvery, undefined, { signal, ref: false });
    }
  }

  /** @throws Problem where one of them cannot be done; those before it are done. */
  act(acts: readonly Act[]): Promise<void> {
    const done = this.#acting.then(async () => {
      for (const each of acts) await this.#do(each);
    });
    this.#acting = done.catch(() => {});
    return done;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    await this.page.close();
  }

  /** Those who look at once look together. */
  #look(): Promise<void> {
    if (this.#closed) return Promise.reject(gone());
    this.#looking ??= this.page
      .screenshot()
      .then(
        (png) => {
          const { number, png: before } = this.#picture;
          if (Buffer.compare(png, before) !== 0) this.#picture = { number: number + 1, png };
        },
        (cause: unknown) => {
          throw gone(cause);
        },
      )
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  async #do(act: Act): Promise<void> {
    if (this.#closed) throw gone();
    try {
      await this.#step(act);
    } catch (cause) {
      if (this.#closed) throw gone(cause);
      const what = 'press' in act ? `press: there is no key ${JSON.stringify(act.press)}` : 'it cannot be done';
      throw new Problem('bad_parameter', `acts: ${what}.`, { members: { parameter: 'acts' }, cause });
    }
  }

  #step(act: Act): Promise<void> {
    if ('pointer' in act) return this.page.pointer(act.pointer, act.x, act.y);
    if ('type' in act) return this.page.type(act.type);
    if ('press' in act) return this.page.press(act.press);
    return 'scroll' in act ? this.page.scroll(act.scroll) : this.page.reload();
  }

  #awaited(): void {
    const { patience = 60_000, abandoned } = this.#options;
    clearTimeout(this.#idle);
    if (!this.#closed) this.#idle = setTimeout(abandoned, patience).unref();
  }
}

function gone(cause?: unknown): Problem {
  return new Problem('upstream', 'The live page has ended: open the ticket again.', { cause });
}
