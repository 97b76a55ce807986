// A page with the time at which it came, and its bytes for a file: a head of fixed length with a checksum, then the page.
// What was cut, changed or written by another version reads as no copy at all.
import { deserialize, serialize } from 'node:v8';
import { crc32 } from 'node:zlib';
import type { Page } from '../core/page.js';

export interface Copy {
  readonly page: Page;
  /** When it came, in milliseconds since 1970. */
  readonly stored: number;
  /** Until when it is kept for those who may ask for it. */
  readonly expires: number;
}

/** Changes with the shape of what is written. */
const magic = 0x50474301;
export const headLength = 24;
/** Behind the magic number and the checksum itself. */
const checked = 8;

export function bytesOfCopy({ page, stored, expires }: Copy): Buffer {
  const head = Buffer.alloc(headLength);
  head.writeUInt32BE(magic, 0);
  head.writeDoubleBE(stored, 8);
  head.writeDoubleBE(expires, 16);
  const bytes = Buffer.concat([head, serialize(page)]);
  bytes.writeUInt32BE(crc32(bytes.subarray(checked)), 4);
  return bytes;
}

/** `undefined` for what is no copy. */
export function copyOfBytes(bytes: Buffer): Copy | undefined {
  const times = timesOfHead(bytes);
  if (times === undefined || crc32(bytes.subarray(checked)) !== bytes.readUInt32BE(4)) return undefined;
  try {
    return { ...times, page: deserialize(bytes.subarray(headLength)) as Page };
  } catch {
    return undefined;
  }
}

/** `undefined` for the head of what is no copy. */
export function timesOfHead(head: Buffer): { readonly stored: number; readonly expires: number } | undefined {
  if (head.length < headLength || head.readUInt32BE(0) !== magic) return undefined;
  return { stored: head.readDoubleBE(8), expires: head.readDoubleBE(16) };
}

/** What a copy takes in memory, about. */
export function sizeOfCopy({ page }: Copy): number {
  const { body, headers, rendered } = page.fetched;
  const pictures = [rendered?.screenshot, rendered?.pdf, ...(rendered?.screenshots ?? [])];
  const fields = headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  return 2_048 + body.byteLength + fields * 2 + pictures.reduce((sum, each) => sum + (each?.byteLength ?? 0), 0);
}
