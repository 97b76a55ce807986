// A streamed body that is also gathered for the cache: only what the reader takes, never more than may be stored, and kept
// only once it is whole. It never holds the reader back.
import type { BodySource } from '../../core/body.js';

export class Tee implements BodySource {
  readonly #source: BodySource;
  readonly #complete: (body: Uint8Array) => void;
  readonly #limit: number;
  readonly #expected: number | undefined;
  #pieces: Uint8Array[] | undefined = [];
  #length = 0;

  /**
   * `complete` is told the whole body, unless it is longer than `limit` bytes or not read to its end. One whose length is
   * `expected` is whole when that much has come, so that a reader who knows it need not ask for more.
   */
  constructor(source: BodySource, limit: number, expected: number | undefined, complete: (body: Uint8Array) => void) {
    this.#source = source;
    this.#limit = limit;
    this.#expected = expected;
    this.#complete = complete;
  }

  async pull(): Promise<Uint8Array | undefined> {
    let piece: Uint8Array | undefined;
    try {
      piece = await this.#source.pull();
    } catch (error) {
      this.#pieces = undefined;
      throw error;
    }
    if (piece === undefined) this.#finish();
    else this.#gather(piece);
    return piece;
  }

  async close(): Promise<void> {
    if (this.#length === this.#expected) this.#finish();
    this.#pieces = undefined;
    await this.#source.close();
  }

  #gather(piece: Uint8Array): void {
    if (this.#pieces === undefined) return;
    this.#length += piece.length;
    if (this.#length > this.#limit) this.#pieces = undefined;
    // The reader owns the piece and may change it or give it away.
    else this.#pieces.push(new Uint8Array(piece));
  }

  #finish(): void {
    const pieces = this.#pieces;
    this.#pieces = undefined;
    if (pieces === undefined) return;
    const body = new Uint8Array(this.#length);
    let at = 0;
    for (const piece of pieces) {
      body.set(piece, at);
      at += piece.length;
    }
    this.#complete(body);
  }
}
