// Undoes content codings (RFC 9110 8.4): gzip, deflate, br, and zstd where this Node has it. Never gives out more than the
// limit, and never takes a cut-off body for a whole one.
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { BodyTooLargeError, DecodeError } from '../errors.js';

/** Codings that may be stacked on one body. */
const maxCodings = 3;
/** Packed bodies up to this size are unpacked on the spot; larger ones off the event loop. */
const inlineBytes = 16_384;

interface Codec {
  readonly name: string;
  sync(bytes: Uint8Array, options: zlib.ZlibOptions): Buffer;
  async(bytes: Uint8Array, options: zlib.ZlibOptions): Promise<Buffer>;
  stream(options: zlib.ZlibOptions): zlib.Gunzip | zlib.BrotliDecompress;
}

const gzip: Codec = {
  name: 'gzip',
  sync: zlib.gunzipSync,
  async: promisify(zlib.gunzip) as Codec['async'],
  stream: zlib.createGunzip,
};
const inflate: Codec = {
  name: 'deflate',
  sync: zlib.inflateSync,
  async: promisify(zlib.inflate) as Codec['async'],
  stream: zlib.createInflate,
};
/** What some servers send under the name of deflate: no zlib header. */
const inflateRaw: Codec = {
  name: 'deflate',
  sync: zlib.inflateRawSync,
  async: promisify(zlib.inflateRaw) as Codec['async'],
  stream: zlib.createInflateRaw as unknown as Codec['stream'],
};
const brotli: Codec = {
  name: 'br',
  sync: zlib.brotliDecompressSync as unknown as Codec['sync'],
  async: promisify(zlib.brotliDecompress) as unknown as Codec['async'],
  stream: zlib.createBrotliDecompress as unknown as Codec['stream'],
};
const zstd = zstdOf(zlib as unknown as Record<string, unknown>);

function zstdOf(module: Record<string, unknown>): Codec | undefined {
  const { zstdDecompressSync, zstdDecompress, createZstdDecompress } = module;
  if (typeof createZstdDecompress !== 'function') return undefined;
  return {
    name: 'zstd',
    sync: zstdDecompressSync as Codec['sync'],
    async: promisify(zstdDecompress as typeof zlib.gunzip) as Codec['async'],
    stream: createZstdDecompress as Codec['stream'],
  };
}

/** What this Node can undo, as the Accept-Encoding header says it. */
export const acceptedCodings = zstd === undefined ? 'gzip, deflate, br' : 'gzip, deflate, br, zstd';

/** The codings to undo, last applied first; empty where the body is as it is. */
export type Codings = readonly ('gzip' | 'deflate' | 'br' | 'zstd')[];
const plain: Codings = [];

/**
 * Reads a Content-Encoding header. What nobody knows ('utf-8' is a common slip of servers) cannot be undone: as in browsers
 * the body is then left as it came.
 * @throws DecodeError where too many codings are stacked.
 */
export function readCodings(header: string | undefined): Codings {
  if (header === undefined || header === '') return plain;
  const names = header
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  if (names.length > maxCodings) {
    throw new DecodeError(`${names.length} stacked content codings; at most ${maxCodings} are undone`);
  }
  const codings = names.reverse().map((name) => known.get(name));
  return codings.every((name) => name !== undefined) ? codings : plain;
}

const known = new Map<string, Codings[number]>([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['br', 'br'],
  ...(zstd === undefined ? [] : ([['zstd', 'zstd']] as const)),
]);

function codecOf(name: Codings[number], bytes: Uint8Array): Codec {
  if (name === 'gzip') return gzip;
  if (name === 'br') return brotli;
  if (name === 'zstd') return zstd as Codec;
  return hasZlibHeader(bytes) ? inflate : inflateRaw;
}

/** RFC 1950 2.2. */
function hasZlibHeader(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes;
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
}

/** A decoded body, and whether it was cut at the limit. */
export interface Decoded {
  readonly bytes: Uint8Array;
  readonly truncated: boolean;
}

/**
 * The body without its codings: at once where it is small, else off the event loop.
 * `cut` true: what is longer than the limit is cut there instead of refused.
 * @throws DecodeError, BodyTooLargeError (as a rejection where it is a promise).
 */
export function decodeBody(
  packed: Uint8Array,
  codings: Codings,
  limit: number,
  cut: boolean,
): Decoded | Promise<Decoded> {
  if (codings.length === 0 || packed.length === 0) return { bytes: packed, truncated: false };
  if (cut) return decodeCut(packed, codings, limit);
  const options = { maxOutputLength: boundedLength(limit) };
  if (packed.length <= inlineBytes && codings.length === 1) {
    try {
      return { bytes: codecOf(codings[0]!, packed).sync(packed, options), truncated: false };
    } catch (error) {
      throw decodeFailure(error, codings[0]!, limit);
    }
  }
  return decodeLarge(packed, codings, limit, options);
}

async function decodeLarge(
  packed: Uint8Array,
  codings: Codings,
  limit: number,
  options: zlib.ZlibOptions,
): Promise<Decoded> {
  let bytes = packed;
  for (const name of codings) {
    try {
      bytes = await codecOf(name, bytes).async(bytes, options);
    } catch (error) {
      throw decodeFailure(error, name, limit);
    }
  }
  return { bytes, truncated: false };
}

/** Decodes as far as the limit; what is malformed behind the first bytes ends there too, so that a status is never lost. */
async function decodeCut(packed: Uint8Array, codings: Codings, limit: number): Promise<Decoded> {
  let bytes = packed;
  let truncated = false;
  for (const name of codings) {
    const pieces: Uint8Array[] = [];
    let length = 0;
    const stream = codecOf(name, bytes).stream({});
    stream.end(bytes);
    try {
      for await (const piece of stream as AsyncIterable<Buffer>) {
        pieces.push(piece);
        length += piece.length;
        if (length > limit) break;
      }
    } catch {
      truncated = true;
    }
    truncated ||= length > limit;
    bytes = Buffer.concat(pieces).subarray(0, limit);
  }
  return { bytes, truncated };
}

/** A transform that undoes one coding of a body that is read as it comes. `first` are the body's first bytes. */
export function decodingStream(name: Codings[number], first: Uint8Array): zlib.Gunzip | zlib.BrotliDecompress {
  return codecOf(name, first).stream({});
}

/** What a codec's failure is to the caller. */
export function decodeFailure(error: unknown, name: string, limit: number): BodyTooLargeError | DecodeError {
  if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') {
    return new BodyTooLargeError(limit, `the body is longer than ${limit} bytes once unpacked`, { cause: error });
  }
  return new DecodeError(`the body is not valid ${name}: ${(error as Error).message}`, { cause: error });
}

function boundedLength(limit: number): number {
  return Math.max(1, Math.min(limit, 2 ** 31 - 1));
}
