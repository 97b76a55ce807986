// Cache-Control, taken apart (RFC 9111 5.2). What is malformed, or said twice in two ways, is read in the way that reuses
// less.

/** The largest number of seconds that means anything (RFC 9111 1.2.2). */
const longest = 2 ** 31;

export class Directives {
  /** By lower-case name, all values; undefined for one without. */
  readonly #values = new Map<string, Array<string | undefined>>();

  constructor(header: string | undefined) {
    if (header === undefined) return;
    for (const member of splitList(header)) {
      const equals = member.indexOf('=');
      // `max-age =60` is malformed: the directive is there all the same, with a value that cannot be used.
      const name = (equals < 0 ? member : member.slice(0, equals)).trim().toLowerCase();
      if (name === '') continue;
      const values = this.#values.get(name) ?? [];
      this.#values.set(name, values);
      values.push(equals < 0 ? undefined : equals > name.length ? '' : unquoted(member.slice(equals + 1)));
    }
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** Whether the directive stands there without a list of fields, so that it is about the whole response. */
  hasWhole(name: string): boolean {
    return this.#values.get(name)?.some((value) => value === undefined || value === '') ?? false;
  }

  /** The fields that the directive is limited to, in lower case. */
  fieldsOf(name: string): string[] {
    const lists = this.#values.get(name) ?? [];
    return lists.flatMap((list) => (list ?? '').split(',').map((field) => field.trim().toLowerCase())).filter(Boolean);
  }

  /**
   * The directive's milliseconds; undefined where it is absent, 0 where it is malformed or there are several that differ:
   * RFC 9111 4.2.1 has what is unclear be stale.
   */
  duration(name: string): number | undefined {
    const values = this.#values.get(name);
    if (values === undefined) return undefined;
    const [first] = values;
    if (first === undefined || !/^\d+$/.test(first) || values.some((value) => value !== first)) return 0;
    return Math.min(Number(first), longest) * 1000;
  }
}

/** The members of a comma-separated list, quoted strings kept whole, white space around members gone. */
export function splitList(text: string): string[] {
  const members: string[] = [];
  let start = 0;
  let quoted = false;
  for (let index = 0; index <= text.length; index++) {
    const char = text[index];
    if (char === '"') quoted = !quoted;
    else if (char === '\\' && quoted) index++;
    if (index < text.length && (char !== ',' || quoted)) continue;
    const member = text.slice(start, index).trim();
    if (member !== '') members.push(member);
    start = index + 1;
  }
  return members;
}

function unquoted(value: string): string {
  return value.length >= 2 && value.startsWith('"') && value.endsWith('"')
    ? value.slice(1, -1).replace(/\\(.)/g, '$1')
    : value;
}
