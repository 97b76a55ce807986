// Sends what a person does on the live page, in order, as few questions as it takes: what happens while one is under way goes
// together with the next.
import type { Act } from '../../src/dashboard/protocol.js';
import { ask } from '../state/ask.js';

const most = 200;

export class Acting {
  readonly #path: string;
  readonly #failed: (error: Error) => void;
  #waiting: Act[] = [];
  #sending = false;

  constructor(ticket: string, failed: (error: Error) => void) {
    this.#path = `tickets/${ticket}/acts`;
    this.#failed = failed;
  }

  add(act: Act): void {
    const last = this.#waiting.at(-1);
    const moves = 'pointer' in act && act.pointer === 'move';
    // Of a long way in one go every few steps will do; its end always counts.
    if (moves && this.#waiting.length > most / 2 && last && 'pointer' in last && last.pointer === 'move')
      this.#waiting.pop();
    if ('type' in act && last && 'type' in last && last.type.length < 500) {
      this.#waiting[this.#waiting.length - 1] = { type: last.type + act.type };
    } else if (this.#waiting.length < most) this.#waiting.push(act);
    void this.#send();
  }

  async #send(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    while (this.#waiting.length > 0) {
      const acts = this.#waiting;
      this.#waiting = [];
      await ask(this.#path, { method: 'POST', body: { acts } }).catch(this.#failed);
    }
    this.#sending = false;
  }
}
