// Gathers the pieces of a body that is read for the caller: in one buffer where the length is known, never more than may
// be held.
import { type Codings, type Decoded, decodeBody } from './decode.js';
import { Pieces } from './pieces.js';

/** Bodies of a known length from here on are gathered in one buffer of that length. */
const oneBuffer = 65_536;

export class Collector {
  /** Whether what is longer than the limit is cut there, instead of refused. */
  readonly cut: boolean;
  readonly #limit: number;
  readonly #codings: Codings;
  readonly #pieces = new Pieces();
  #buffer: Buffer | undefined;
  #length = 0;

  /** `expected` is the Content-Length, where there is one; `limit` holds for the body once it is unpacked. */
  constructor(expected: number | undefined, limit: number, codings: Codings, cut: boolean) {
    this.cut = cut;
    this.#limit = limit;
    this.#codings = codings;
    if (expected !== undefined && expected >= oneBuffer && expected <= limit) {
      this.#buffer = Buffer.allocUnsafeSlow(expected);
    }
  }

  /** False where the body is longer than it may be. */
  add(piece: Uint8Array): boolean {
    const before = this.#length;
    this.#length += piece.length;
    if (this.#buffer !== undefined && this.#length <= this.#buffer.length) this.#buffer.set(piece, before);
    else if (this.#length > this.#limit && this.cut)
      this.#pieces.push(piece.subarray(0, Math.max(0, this.#limit - before)));
    else this.#pieces.push(piece);
    return this.#length <= this.#limit;
  }

  /** The body without its codings; `short` where its end was not waited for. */
  take(short: boolean): Decoded | Promise<Decoded> {
    const packed = this.#buffer?.subarray(0, this.#length) ?? this.#pieces.join();
    if (this.#codings.length > 0) return decodeBody(packed, this.#codings, this.#limit, this.cut);
    return { bytes: packed, truncated: short };
  }
}
