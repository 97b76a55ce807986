// Whose page is next: keys take turns, and within a key its jobs do, so that fifty thousand URLs of one caller do not hold up
// the three of another. A state machine without clock and without knowledge of what a page is.

export interface Entry<P> {
  readonly job: string;
  readonly key: string;
  /** How many pages of the key may be under way at once. */
  readonly limit: number;
  /** Pages that are not yet given out. */
  readonly pages: Iterator<P>;
}

interface Line<P> extends Entry<P> {
  /** Pages that go first: those that came back, and those that were not ready when their turn came. */
  readonly again: P[];
}

interface Turns<P> {
  readonly lines: Line<P>[];
  limit: number;
  running: number;
}

export interface Turn<P> {
  readonly job: string;
  readonly key: string;
  readonly page: P;
}

export class Rota<P> {
  readonly #keys = new Map<string, Turns<P>>();

  add({ job, key, limit, pages }: Entry<P>): void {
    const turns = this.#keys.get(key) ?? { lines: [], limit, running: 0 };
    // The newest job knows best what the key may do.
    turns.limit = limit;
    turns.lines.push({ job, key, limit, pages, again: [] });
    this.#keys.set(key, turns);
  }

  /** No further page of that job is given out. */
  remove(job: string): void {
    for (const [key, turns] of this.#keys) {
      const at = turns.lines.findIndex((line) => line.job === job);
      if (at >= 0) turns.lines.splice(at, 1);
      this.#forget(key, turns);
    }
  }

  /** Gives a page out again, before the others of its job. */
  back(job: string, page: P): void {
    for (const { lines } of this.#keys.values()) lines.find((line) => line.job === job)?.again.push(page);
  }

  /** @param ready Whether a page can be given out now; others are passed over, and keep their place. */
  next(ready: (page: P) => boolean = () => true): Turn<P> | undefined {
    for (const [key, turns] of [...this.#keys]) {
      if (turns.running >= turns.limit) continue;
      const turn = takeFrom(turns.lines, ready);
      if (!turn) continue;
      turns.running += 1;
      // To the end of the round.
      this.#keys.delete(key);
      this.#keys.set(key, turns);
      return turn;
    }
    return undefined;
  }

  /** A page of that key that was given out is no longer under way. */
  over(key: string): void {
    const turns = this.#keys.get(key);
    if (!turns) return;
    turns.running -= 1;
    this.#forget(key, turns);
  }

  /** Whether anything of the job could be given out, now or once its key may have more. */
  waits(job: string): boolean {
    for (const { lines } of this.#keys.values()) {
      const line = lines.find((each) => each.job === job);
      if (line) return line.again.length > 0 || peek(line);
    }
    return false;
  }

  #forget(key: string, turns: Turns<P>): void {
    if (turns.lines.length === 0 && turns.running === 0) this.#keys.delete(key);
  }
}

function takeFrom<P>(lines: Line<P>[], ready: (page: P) => boolean): Turn<P> | undefined {
  for (let looked = 0; looked < lines.length; looked += 1) {
    const line = lines.shift()!;
    lines.push(line);
    const page = takeReady(line, ready);
    if (page !== undefined) return { job: line.job, key: line.key, page };
  }
  return undefined;
}

/** So far ahead is looked for a page that is ready, and so many wait aside for theirs. */
const sight = 200;

function takeReady<P>(line: Line<P>, ready: (page: P) => boolean): P | undefined {
  const at = line.again.findIndex(ready);
  if (at >= 0) return line.again.splice(at, 1)[0];
  while (line.again.length < sight) {
    const { done, value } = line.pages.next();
    if (done) return undefined;
    if (ready(value)) return value;
    line.again.push(value);
  }
  return undefined;
}

function take<P>({ again, pages }: Line<P>): P | undefined {
  const first = again.shift();
  if (first !== undefined) return first;
  const next = pages.next();
  return next.done ? undefined : next.value;
}

function peek<P>(line: Line<P>): boolean {
  const page = take(line);
  if (page !== undefined) line.again.unshift(page);
  return page !== undefined;
}
