// Finds the first place where a text stops being JSON (RFC 8259) and says what was expected there. Runs only when JSON.parse
// has refused; linear, without recursion.

interface Place {
  readonly line: number;
  readonly column: number;
  readonly excerpt: string;
}

/** A message and the place, for a text that JSON.parse has refused. */
export function locateJsonError(text: string): Place & { readonly message: string } {
  const { at, expected } = new Scanner(text).run();
  const place = placeOf(text, at);
  const found = at >= text.length ? 'the end' : show(String.fromCodePoint(text.codePointAt(at) as number));
  return {
    message: `not JSON: expected ${expected} at line ${place.line}, column ${place.column}, found ${found}`,
    ...place,
  };
}

/** Line, column (both from 1, columns in UTF-16 units) and the text around `at`. */
export function placeOf(text: string, at: number): Place {
  let line = 1;
  let start = 0;
  for (let next = text.indexOf('\n'); next >= 0 && next < at; next = text.indexOf('\n', next + 1)) {
    line++;
    start = next + 1;
  }
  return { line, column: at - start + 1, excerpt: excerptAround(text, at) };
}

const reach = 40;

function excerptAround(text: string, at: number): string {
  const from = Math.max(0, at - reach);
  const to = Math.min(text.length, at + reach);
  const shown = text.slice(from, to).replace(/[\s\x00-\x1f\x7f]+/g, ' ');
  return `${from > 0 ? '…' : ''}${shown}${to < text.length ? '…' : ''}`;
}

function show(char: string): string {
  return /[\x00-\x20\x7f-\x9f\ud800-\udfff\u2028\u2029\ufeff]/u.test(char)
    ? `U+${(char.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}`
    : `'${char}'`;
}

interface Refusal {
  readonly at: number;
  readonly expected: string;
}

const space = /[ \t\r\n]*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** A number whose fraction or exponent has no digits. */
const halfNumber = /-?(?:0|[1-9]\d*)(?:\.(?!\d)|(?:\.\d+)?[eE](?:[+-](?!\d)|(?![-+\d])))/y;
const plain = /[^"\\\x00-\x1f]*/y;
const halfEscape = /\\(?:u[0-9a-fA-F]{0,3})?/y;
const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

class Scanner {
  readonly #text: string;
  #at = 0;
  /** One character for each open bracket. */
  readonly #open: string[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  run(): Refusal {
    for (;;) {
      const refusal = this.#value() ?? this.#afterValue();
      if (refusal !== undefined) return refusal;
    }
  }

  #skip(pattern: RegExp): number {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return 0;
    const length = pattern.lastIndex - this.#at;
    this.#at = pattern.lastIndex;
    return length;
  }

  #refuse(expected: string): Refusal {
    return { at: this.#at, expected };
  }

  /** Reads up to and with the next scalar or empty container. */
  #value(): Refusal | undefined {
    for (;;) {
      this.#skip(space);
      const char = this.#text[this.#at];
      if (char === '[') {
        this.#at++;
        this.#skip(space);
        if (this.#text[this.#at] === ']') {
          this.#at++;
          return undefined;
        }
        this.#open.push(']');
      } else if (char === '{') {
        this.#at++;
        this.#skip(space);
        if (this.#text[this.#at] === '}') {
          this.#at++;
          return undefined;
        }
        this.#open.push('}');
        const refusal = this.#name("a name in double quotes or '}'");
        if (refusal !== undefined) return refusal;
      } else {
        return this.#scalar(char);
      }
    }
  }

  #scalar(char: string | undefined): Refusal | undefined {
    if (char === '"') return this.#string();
    for (const word of ['true', 'false', 'null']) {
      if (char !== word[0]) continue;
      for (const letter of word) {
        if (this.#text[this.#at] !== letter) return this.#refuse(`'${word}'`);
        this.#at++;
      }
      return undefined;
    }
    if (this.#skip(halfNumber) > 0) return this.#refuse('a digit');
    if (this.#skip(number) > 0) return undefined;
    if (char === '-') {
      this.#at++;
      return this.#refuse('a digit');
    }
    const closable = this.#open.at(-1) === ']' && this.#text[this.#at - 1] === '[';
    return this.#refuse(closable ? "a value or ']'" : 'a value');
  }

  #string(): Refusal | undefined {
    this.#at++;
    for (;;) {
      this.#skip(plain);
      const char = this.#text[this.#at];
      if (char === '"') {
        this.#at++;
        return undefined;
      }
      if (char !== '\\') return this.#refuse(char === undefined ? "a closing '\"'" : 'an escaped control character');
      if (this.#skip(escaped) === 0) {
        return this.#skip(halfEscape) > 1 ? this.#refuse('a hexadecimal digit') : this.#refuse('a known escape');
      }
    }
  }

  #name(expected: string): Refusal | undefined {
    this.#skip(space);
    if (this.#text[this.#at] !== '"') return this.#refuse(expected);
    const refusal = this.#string();
    if (refusal !== undefined) return refusal;
    this.#skip(space);
    if (this.#text[this.#at] !== ':') return this.#refuse("':'");
    this.#at++;
    return undefined;
  }

  /** Closes what ends here and steps over the comma to the next value. */
  #afterValue(): Refusal | undefined {
    for (;;) {
      this.#skip(space);
      const closer = this.#open.at(-1);
      if (closer === undefined) return this.#refuse('nothing more');
      const char = this.#text[this.#at];
      if (char === ',') {
        this.#at++;
        return closer === '}' ? this.#name('a name in double quotes') : undefined;
      }
      if (char !== closer) return this.#refuse(`',' or '${closer}'`);
      this.#at++;
      this.#open.pop();
    }
  }
}
