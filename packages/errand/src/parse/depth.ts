// How deep JSON is nested, told from its text before anything is built, piece by piece where the text is long. Knows strings
// and brackets only: what is wrong with the rest is the parser's to say.

export class DepthScan {
  readonly #bytes: Uint8Array;
  readonly #max: number;
  #at = 0;
  #depth = 0;
  #inString = false;
  /** Where the first bracket too many stands; -1 as long as there is none. */
  tooDeepAt = -1;

  /** `bytes` are UTF-8. */
  constructor(bytes: Uint8Array, max: number) {
    this.#bytes = bytes;
    this.#max = max;
  }

  /** Looks at the next `count` bytes; true while there is more to look at. */
  advance(count: number): boolean {
    const bytes = this.#bytes;
    const end = Math.min(bytes.length, this.#at + count);
    let at = this.#at;
    let depth = this.#depth;
    let inString = this.#inString;
    const max = this.#max;
    for (;;) {
      while (inString && at < end) {
        const code = bytes[at++] as number;
        if (code === 0x22) inString = false;
        else if (code === 0x5c) at++;
      }
      if (at >= end) break;
      const code = bytes[at++] as number;
      // What comes most often first; '[' and '{' differ in one bit, as do ']' and '}'.
      if (code < 0x5b) inString = code === 0x22;
      else if ((code & 0xdf) === 0x5d) depth--;
      else if ((code & 0xdf) === 0x5b && ++depth > max) {
        this.tooDeepAt = at - 1;
        return false;
      }
    }
    this.#at = at;
    this.#depth = depth;
    this.#inString = inString;
    return at < bytes.length;
  }
}

/** One byte of so many is looked at, at the least; no period that documents have. */
const leastStride = 17;
/** Bytes that are looked at of a long document, about. */
const looks = 1_024;
/** Of the bytes, the share of opening brackets from which on depth could cost the parser time. */
const density = 1 / 16;

/** Whether so much of the text opens something that it may be deep enough to be costly to parse: a look at a sample. */
export function mayBeDeep(utf8: Uint8Array): boolean {
  let openers = 0;
  const stride = Math.max(leastStride, Math.floor(utf8.length / looks) | 1);
  for (let at = Math.floor(Math.random() * stride); at < utf8.length; at += stride) {
    if (((utf8[at] as number) & 0xdf) === 0x5b) openers++;
  }
  return openers * stride > utf8.length * density;
}

/**
 * Whether a parsed value is nested deeper than `max` along its first or its last branches: as deep documents are, at next to
 * no cost for those that are not.
 */
export function deepAlongEdges(value: unknown, max: number): boolean {
  return isObject(value) && (descends(value, max, false) || descends(value, max, true));
}

/** Children looked at on each level. */
const breadth = 64;

function descends(value: object, max: number, last: boolean): boolean {
  let level: object | undefined = value;
  for (let depth = 1; level !== undefined; depth++) {
    if (depth > max) return true;
    level = Array.isArray(level) ? itemOf(level, last) : memberOf(level as Record<string, unknown>, last);
  }
  return false;
}

function itemOf(list: readonly unknown[], last: boolean): object | undefined {
  const { length } = list;
  const looks = Math.min(length, breadth);
  for (let index = 0; index < looks; index++) {
    const item = list[last ? length - 1 - index : index];
    if (isObject(item)) return item;
  }
  return undefined;
}

function memberOf(members: Record<string, unknown>, last: boolean): object | undefined {
  let looks = breadth;
  let found: object | undefined;
  for (const name in members) {
    if (looks-- === 0) break;
    const member = members[name];
    if (!isObject(member)) continue;
    found = member;
    if (!last) break;
  }
  return found;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
