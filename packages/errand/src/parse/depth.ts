// How deep JSON is nested, told from its text before anything is built, piece by piece where the text is long. Knows strings
// and brackets only: what is wrong with the rest is the parser's to say.

export class DepthScan {
  readonly #text: string;
  readonly #max: number;
  #at = 0;
  #depth = 0;
  #inString = false;
  /** Where the first bracket too many stands; -1 as long as there is none. */
  tooDeepAt = -1;

  constructor(text: string, max: number) {
    this.#text = text;
    this.#max = max;
  }

  /** Looks at the next `count` characters; true while there is more to look at. */
  advance(count: number): boolean {
    const text = this.#text;
    const end = Math.min(text.length, this.#at + count);
    let at = this.#at;
    let depth = this.#depth;
    let inString = this.#inString;
    while (at < end) {
      const code = text.charCodeAt(at++);
      if (inString) {
        if (code === 0x22) inString = false;
        else if (code === 0x5c) at++;
      } else if (code === 0x22) {
        inString = true;
      } else if (code === 0x5b || code === 0x7b) {
        if (++depth > this.#max) {
          this.tooDeepAt = at - 1;
          return false;
        }
      } else if (code === 0x5d || code === 0x7d) {
        depth--;
      }
    }
    this.#at = at;
    this.#depth = depth;
    this.#inString = inString;
    return at < text.length;
  }
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
