// What was sent before, newest last, to be called back with the arrow keys.
const KEPT = 100;

export class History {
  #lines: string[] = [];
  #at = 0;
  #shown: string | undefined;

  add(line: string): void {
    if (this.#lines.at(-1) !== line) this.#lines = [...this.#lines.slice(-KEPT + 1), line];
    this.#at = this.#lines.length;
    this.#shown = undefined;
  }

  /** Whether what is shown came from here and was not changed since. */
  shows(text: string): boolean {
    return text !== '' && text === this.#shown;
  }

  /** The line before (-1) or after (+1) the one shown; the end of the history is an empty line. */
  step(by: -1 | 1, text: string): string | undefined {
    if (text !== '' && !this.shows(text)) return undefined;
    if (text === '') this.#at = this.#lines.length;
    const next = this.#at + by;
    if (next < 0 || next > this.#lines.length || this.#lines.length === 0) return undefined;
    this.#at = next;
    this.#shown = this.#lines[next] ?? '';
    return this.#shown;
  }
}
