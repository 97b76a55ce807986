// A response body on its way to a reader, piece by piece: it holds back the sender when the reader is slow, and tells when
// nobody has read, or nothing has come, for too long.
import type { BodySource } from '../core/body.js';
import { DisconnectedError, type ErrandError } from '../errors.js';
import { Pieces } from './pieces.js';

/** Bytes that may wait for the reader before the sender is held back. */
const highWater = 65_536;
/** Bytes that are read away for the sake of the connection when a reader leaves early. */
const drainable = 65_536;
/** Milliseconds that this may take: a reader who leaves does not wait for a slow sender. */
const drainTime = 300;

/** What the incoming body asks of the exchange that feeds it. */
export interface Feed {
  pause(): void;
  resume(): void;
  /** The reader came or left: time without progress counts anew. */
  touch(): void;
  /** Ends the exchange and its connection. */
  destroy(error: ErrandError): void;
  /** Bytes of the body that are still to come, where the length is known. */
  remaining(): number | undefined;
}

interface Pull {
  resolve(piece: Uint8Array | undefined): void;
  reject(error: unknown): void;
}

export class IncomingBody implements BodySource {
  readonly #feed: Feed;
  readonly #pieces = new Pieces();
  #waiting = 0;
  #paused = false;
  #ended = false;
  #closed = false;
  #error: unknown;
  #pull: Pull | undefined;
  #onSettled: (() => void) | undefined;

  constructor(feed: Feed) {
    this.#feed = feed;
  }

  /** The exchange has a piece. */
  push(piece: Uint8Array): void {
    if (this.#closed) return;
    if (this.#pull !== undefined) {
      const { resolve } = this.#pull;
      this.#pull = undefined;
      resolve(piece);
      return;
    }
    this.#pieces.push(piece);
    this.#waiting += piece.length;
    if (this.#waiting < highWater || this.#paused) return;
    this.#paused = true;
    this.#feed.pause();
  }

  /** The exchange is complete, or has failed. */
  finish(error?: ErrandError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    const pull = this.#pull;
    this.#pull = undefined;
    if (error === undefined) {
      pull?.resolve(undefined);
    } else {
      pull?.reject(error);
      this.#drop();
    }
    this.#onSettled?.();
  }

  pull(): Promise<Uint8Array | undefined> {
    if (this.#error !== undefined) return Promise.reject(this.#error);
    const piece = this.#pieces.shift();
    if (piece !== undefined) {
      this.#waiting -= piece.length;
      if (!this.#ended) this.#feed.touch();
      if (this.#paused && this.#waiting === 0) this.#resume();
      return Promise.resolve(piece);
    }
    if (this.#ended || this.#closed) return Promise.resolve(undefined);
    this.#feed.touch();
    return new Promise((resolve, reject) => {
      this.#pull = { resolve, reject };
    });
  }

  close(): Promise<void> {
    if (this.#ended || this.#closed) {
      this.#closed = true;
      this.#drop();
      return Promise.resolve();
    }
    this.#closed = true;
    this.#drop();
    let timer: NodeJS.Timeout | undefined;
    const settled = new Promise<void>((resolve) => {
      this.#onSettled = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    const leave = () => this.#feed.destroy(new DisconnectedError('the body was closed before its end'));
    const remaining = this.#feed.remaining();
    if (remaining === undefined || remaining > drainable) {
      leave();
    } else {
      timer = setTimeout(leave, drainTime);
      this.#resume();
    }
    return settled;
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#feed.resume();
  }

  #drop(): void {
    this.#pieces.clear();
    this.#waiting = 0;
    this.#pull?.resolve(undefined);
    this.#pull = undefined;
  }
}
