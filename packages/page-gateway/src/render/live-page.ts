// A rendered page in a person's hands: they see it, click and type, and what they earn stays with the visitor whose page it
// is. It takes the room of one rendering until it is closed.
import { contentOf } from './content.js';
import { within } from './ending.js';
import type { Stage } from './stage.js';

/** Milliseconds that a picture or an action may take. */
const patience = 10_000;

export class LivePage {
  /** Settles when the page is no more: closed, crashed, or ended by its signal. */
  readonly closed: Promise<void>;
  readonly #stage: Stage;
  readonly #leave: () => void;
  readonly #signal: AbortSignal;
  readonly #aborted = () => void this.close();
  #closing: Promise<void> | undefined;

  constructor(stage: Stage, leave: () => void, signal: AbortSignal) {
    this.#stage = stage;
    this.#leave = leave;
    this.#signal = signal;
    this.closed = new Promise((resolve) => stage.page.once('close', () => resolve()));
    // One that crashed shows nothing any more.
    stage.page.once('crash', this.#aborted);
    stage.page.once('close', this.#aborted);
    signal.addEventListener('abort', this.#aborted, { once: true });
    if (signal.aborted) this.#aborted();
  }

  /** What is to be seen now, as PNG in CSS pixels: the coordinates of {@link click}. */
  screenshot(): Promise<Uint8Array> {
    return this.#stage.page.screenshot({ type: 'png', scale: 'css', timeout: patience });
  }

  /** The mouse, step by step, since sliders look at the way. */
  async pointer(step: 'move' | 'down' | 'up', x: number, y: number): Promise<void> {
    const { mouse } = this.#stage.page;
    await mouse.move(x, y);
    if (step !== 'move') await mouse[step]();
  }

  async click(x: number, y: number): Promise<void> {
    await this.#stage.page.mouse.click(x, y);
  }

  async type(text: string): Promise<void> {
    await this.#stage.page.keyboard.type(text);
  }

  /** A key by its name, e.g. `Enter`, `Control+A`. */
  async press(key: string): Promise<void> {
    await this.#stage.page.keyboard.press(key);
  }

  async scroll(distance: number): Promise<void> {
    await this.#stage.page.mouse.wheel(0, distance);
  }

  async reload(): Promise<void> {
    await this.#stage.page.reload({ waitUntil: 'commit', timeout: patience });
  }

  url(): string {
    return this.#stage.page.url();
  }

  /** The document as it is now, for a verdict. */
  async html(): Promise<string> {
    return contentOf(this.#stage.page);
  }

  /** The status of the document that is shown. */
  status(): number {
    return this.#stage.lastHop.status;
  }

  /** Keeps the cookies in the visitor, and gives the room back. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#aborted);
    this.#stage.page.off('crash', this.#aborted);
    this.#stage.page.off('close', this.#aborted);
    await within(this.#stage.keepCookies(), patience);
    this.#leave();
  }
}
