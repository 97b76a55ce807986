// What a document may cost before it is refused, so that a worker never comes near the limit at which V8 ends the whole
// process: upper bounds measured on documents that are built to be costly.
import { ParseError } from '../errors.js';

/** Bytes of memory that a byte of JSON can come to: `[{},{},…` comes to 22. */
const jsonCost = 24;
/** Bytes for a character of markup while the parser gathers a text. */
const characterCost = 33;
/** Bytes for a node of a tree, its text apart. */
const nodeCost = 600;
const attributeCost = 300;
/** Of one element. No page has as many; the parser compares each with all before it. */
const maxAttributes = 2_048;
/** Nodes beyond half the document's length in characters: a tag takes three, and repairs may double it. */
const spareNodes = 4_096;
/** Characters that one reading may bring back. */
const maxFound = 64 * 1024 ** 2;
/** Values that a JSONPath may find. */
export const maxValues = 1_000_000;

/** @throws ParseError for text whose value might not fit. */
export function checkJsonCost(text: string, maxMemory: number): void {
  if (text.length * jsonCost > maxMemory) throw tooMuch(maxMemory);
}

export function tooMuch(maxMemory: number): ParseError {
  return new ParseError(`the document may take more than ${maxMemory} bytes of memory to read (parse.maxMemory)`);
}

/** Counts what a tree is made of while it grows. */
export class TreeBudget {
  readonly #maxDepth: number;
  readonly #maxMemory: number;
  #depth = 0;
  #nodes: number;
  #memory: number;

  constructor(length: number, maxDepth: number, maxMemory: number) {
    this.#maxDepth = maxDepth;
    this.#maxMemory = maxMemory;
    this.#nodes = Math.ceil(length / 2) + spareNodes;
    this.#memory = maxMemory;
    this.#take(length * characterCost);
  }

  open(): void {
    if (++this.#depth > this.#maxDepth) {
      throw new ParseError(`elements nested deeper than ${this.#maxDepth} levels (parse.maxDepth)`);
    }
  }

  close(): void {
    this.#depth--;
  }

  node(): void {
    if (--this.#nodes < 0)
      throw new ParseError('the document makes more elements than it has tags: it is built to be costly');
    this.#take(nodeCost);
  }

  /** The `count`th attribute of an element. */
  attribute(count: number): void {
    if (count > maxAttributes) throw new ParseError(`an element with more than ${maxAttributes} attributes`);
    this.#take(attributeCost);
  }

  #take(cost: number): void {
    this.#memory -= cost;
    if (this.#memory < 0) throw tooMuch(this.#maxMemory);
  }
}

/** Counts what is found, before it is gathered. */
export class FindBudget {
  #left = maxFound;

  take(value: unknown): void {
    if (typeof value !== 'string') return;
    this.#left -= value.length;
    if (this.#left < 0) throw new ParseError(`the selectors find more than ${maxFound} characters`);
  }
}
