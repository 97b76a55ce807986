// A body that is unpacked as it is read: each piece goes through the codecs only when the reader asks for more.
import type { Transform } from 'node:stream';
import type { BodySource } from '../core/body.js';
import { BodyTooLargeError } from '../errors.js';
import { type Codings, decodeFailure, decodingStream } from './decode.js';

/** The source without its codings, held to `limit` bytes. */
export function decodedSource(source: BodySource, codings: Codings, limit: number): BodySource {
  const plain = codings.reduce<BodySource>((packed, name) => new DecodedBody(packed, name), source);
  return limit === Number.POSITIVE_INFINITY ? plain : new BoundedBody(plain, limit);
}

class DecodedBody implements BodySource {
  readonly #packed: BodySource;
  readonly #name: Codings[number];
  #stream: Transform | undefined;
  #pieces: AsyncIterator<Buffer> | undefined;
  #sourceFailure: unknown;

  constructor(packed: BodySource, name: Codings[number]) {
    this.#packed = packed;
    this.#name = name;
  }

  async pull(): Promise<Uint8Array | undefined> {
    if (this.#pieces === undefined) {
      const first = await this.#beginning();
      if (first === undefined) return undefined;
      this.#begin(first);
    }
    try {
      const { value, done } = await this.#pieces!.next();
      return done ? undefined : value;
    } catch (error) {
      throw this.#sourceFailure ?? decodeFailure(error, this.#name, 0);
    }
  }

  /** At least two bytes, where there are so many: what tells the two kinds of deflate apart. */
  async #beginning(): Promise<Uint8Array | undefined> {
    let first = await this.#packed.pull();
    while (first !== undefined && first.length < 2) {
      const next = await this.#packed.pull();
      if (next === undefined) break;
      first = Buffer.concat([first, next]);
    }
    return first;
  }

  #begin(first: Uint8Array): void {
    this.#stream = decodingStream(this.#name, first);
    this.#pieces = (this.#stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
    void this.#feed(this.#stream, first);
  }

  /** Never rejects: what goes wrong is what the next pull gives out. */
  async #feed(stream: Transform, first: Uint8Array): Promise<void> {
    stream.on('error', () => undefined);
    try {
      for (let piece: Uint8Array | undefined = first; piece !== undefined; piece = await this.#packed.pull()) {
        await taken(stream, piece);
        if (stream.destroyed) return;
      }
      stream.end();
    } catch (error) {
      this.#sourceFailure = error;
      stream.destroy(error as Error);
    }
  }

  async close(): Promise<void> {
    this.#stream?.destroy();
    await this.#packed.close();
  }
}

/** Resolves when the stream has worked the piece in, or will not. */
function taken(stream: Transform, piece: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    stream.write(piece, () => resolve());
  });
}

class BoundedBody implements BodySource {
  readonly #source: BodySource;
  readonly #limit: number;
  #length = 0;

  constructor(source: BodySource, limit: number) {
    this.#source = source;
    this.#limit = limit;
  }

  async pull(): Promise<Uint8Array | undefined> {
    const piece = await this.#source.pull();
    if (piece === undefined) return undefined;
    this.#length += piece.length;
    if (this.#length <= this.#limit) return piece;
    await this.#source.close();
    throw new BodyTooLargeError(this.#limit);
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}
