// Pieces of a body in the order in which they came. Small ones are copied together once there are many: a peer that sends
// a byte at a time must not cost an object for each.

/** Pieces from here on are kept as they are. */
const large = 1_024;
/** As many pieces may be small before they are copied together. */
const few = 8;
const tailSize = 16_384;

export class Pieces {
  #list: Uint8Array[] = [];
  #tail: Buffer | undefined;
  #used = 0;

  /** The piece is not copied unless it is small; its bytes must not change. */
  push(piece: Uint8Array): void {
    if (piece.length >= large || (this.#list.length < few && this.#tail === undefined)) {
      this.#flush();
      this.#list.push(piece);
      return;
    }
    if (this.#used + piece.length > tailSize) this.#flush();
    this.#tail ??= Buffer.allocUnsafeSlow(tailSize);
    this.#tail.set(piece, this.#used);
    this.#used += piece.length;
  }

  /** The first piece. */
  shift(): Uint8Array | undefined {
    if (this.#list.length === 0) this.#flush();
    return this.#list.shift();
  }

  clear(): void {
    this.#list = [];
    this.#tail = undefined;
    this.#used = 0;
  }

  /** All of them in one; nothing is kept. */
  join(): Uint8Array {
    this.#flush();
    const list = this.#list;
    this.clear();
    return list.length === 1 ? (list[0] as Uint8Array) : Buffer.concat(list);
  }

  #flush(): void {
    if (this.#tail === undefined) return;
    this.#list.push(this.#tail.subarray(0, this.#used));
    this.#tail = undefined;
    this.#used = 0;
  }
}
