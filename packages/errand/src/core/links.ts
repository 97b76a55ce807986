// The Link header (RFC 8288): targets by relation. What is malformed is left out, never thrown.

/** Targets by relation, e.g. `links.get('next')?.url`. */
export type Links = ReadonlyMap<string, { url: string; params: Record<string, string> }>;

const none: Links = new Map();

/** Reads a Link header; targets are resolved against `base`. The first target of a relation counts. */
export function parseLinks(header: string | undefined, base: URL): Links {
  if (header === undefined) return none;
  const links = new Map<string, { url: string; params: Record<string, string> }>();
  const cursor = new Cursor(header);
  while (!cursor.done) {
    const target = cursor.target();
    if (target === undefined) {
      cursor.skipValue();
      continue;
    }
    const params = cursor.params();
    if (!URL.canParse(target, base.href)) continue;
    const url = new URL(target, base).href;
    for (const relation of (params.rel ?? '').split(/\s+/)) {
      const name = relation.toLowerCase();
      if (name !== '' && !links.has(name)) links.set(name, { url, params });
    }
  }
  return links;
}

class Cursor {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  /** `<target>` where one begins here. */
  target(): string | undefined {
    this.#skip(/[\s,]/);
    if (this.#text[this.#at] !== '<') return undefined;
    const end = this.#text.indexOf('>', this.#at);
    if (end < 0) return undefined;
    const target = this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    return target;
  }

  /** `; name=value …` up to the next comma; the first of a name counts. */
  params(): Record<string, string> {
    const params: Record<string, string> = Object.create(null);
    for (;;) {
      this.#skip(/\s/);
      if (this.#text[this.#at] !== ';') break;
      this.#at++;
      this.#skip(/[\s;]/);
      const name = this.#take(/[^\s=;,]/).toLowerCase();
      this.#skip(/\s/);
      let value = '';
      if (this.#text[this.#at] === '=') {
        this.#at++;
        this.#skip(/\s/);
        value = this.#text[this.#at] === '"' ? this.#quoted() : this.#take(/[^\s;,]/);
      }
      if (name !== '' && !(name in params)) params[name] = value;
    }
    this.skipValue();
    return params;
  }

  /** To behind the next comma outside of quotes. */
  skipValue(): void {
    while (!this.done && this.#text[this.#at] !== ',') {
      if (this.#text[this.#at] === '"') this.#quoted();
      else this.#at++;
    }
    this.#at++;
  }

  #quoted(): string {
    let value = '';
    this.#at++;
    while (!this.done && this.#text[this.#at] !== '"') {
      if (this.#text[this.#at] === '\\') this.#at++;
      value += this.#text[this.#at] ?? '';
      this.#at++;
    }
    this.#at++;
    return value;
  }

  #take(allowed: RegExp): string {
    const start = this.#at;
    this.#skip(allowed);
    return this.#text.slice(start, this.#at);
  }

  #skip(allowed: RegExp): void {
    while (!this.done && allowed.test(this.#text[this.#at] as string)) this.#at++;
  }
}
