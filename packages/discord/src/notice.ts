// Reasons of the bot's own that end a command or keep it from starting. People are told them in their language; they
// are no faults of a site or a program, and must never be taken for one.
import type { Sentences } from './languages/sentences.js';

/** Ends a command for a reason that has a sentence of its own. `until`: when it will have passed. */
export class Notice extends Error {
  readonly sentence: keyof Sentences;
  readonly until: Date | undefined;

  constructor(sentence: keyof Sentences, message: string, until?: Date) {
    super(message);
    this.name = 'Notice';
    this.sentence = sentence;
    this.until = until;
  }
}
