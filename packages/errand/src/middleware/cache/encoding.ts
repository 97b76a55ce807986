// Variants as bytes, for stores outside of this process: a version, the length of a JSON head, the head, the bodies one
// after the other. Bytes that are not exactly that are nothing: a store can be shared with another version, or be wrong.
import type { StoredResponse } from './stored.js';

const version = 1;
/** Version (1 byte) and the head's length (4 bytes, big-endian). */
const prefix = 5;

interface Described extends Omit<StoredResponse, 'body'> {
  readonly length: number;
}

export function encode(responses: readonly StoredResponse[]): Uint8Array {
  const heads = responses.map(({ body, ...head }) => ({ ...head, length: body.length }));
  const head = new TextEncoder().encode(JSON.stringify(heads));
  const size = responses.reduce((sum, { body }) => sum + body.length, prefix + head.length);
  const bytes = new Uint8Array(size);
  bytes[0] = version;
  new DataView(bytes.buffer).setUint32(1, head.length);
  bytes.set(head, prefix);
  let at = prefix + head.length;
  for (const { body } of responses) {
    bytes.set(body, at);
    at += body.length;
  }
  return bytes;
}

/** The responses; none where the bytes are not whole, of another version, or not ours. */
export function decode(bytes: Uint8Array): StoredResponse[] {
  if (bytes.length < prefix || bytes[0] !== version) return [];
  const start = prefix + new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
  const heads = readHeads(bytes.subarray(prefix, start));
  if (heads === undefined || heads.reduce((sum, { length }) => sum + length, start) !== bytes.length) return [];
  let at = start;
  return heads.map(({ length, ...head }) => {
    const body = new Uint8Array(bytes.subarray(at, at + length));
    at += length;
    return { ...head, body };
  });
}

function readHeads(bytes: Uint8Array): Described[] | undefined {
  try {
    const heads: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return Array.isArray(heads) && heads.every(isHead) ? heads : undefined;
  } catch {
    return undefined;
  }
}

function isHead(value: unknown): value is Described {
  if (typeof value !== 'object' || value === null) return false;
  const head = value as Partial<Record<keyof Described, unknown>>;
  return (
    [head.status, head.length].every((each) => Number.isSafeInteger(each) && (each as number) >= 0) &&
    [head.requestedAt, head.receivedAt].every((each) => Number.isFinite(each)) &&
    [head.statusText, head.authorization].every((each) => typeof each === 'string') &&
    typeof head.guarded === 'boolean' &&
    isFields(head.fields) &&
    Array.isArray(head.vary) &&
    head.vary.every(
      (pair) => Array.isArray(pair) && pair.length === 2 && isText(pair[0]) && (pair[1] === null || isText(pair[1])),
    )
  );
}

function isFields(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((each) => (Array.isArray(each) ? each.every(isText) : isText(each)));
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
