// Asks the bot's sessions for their figures while somebody looks, and keeps the last minutes for those who look next.
// A source that throws is shown as such and stops nothing.
import type { Sample, WatchView } from './protocol.js';
import type { PlaygroundSource } from './source.js';

const EVERY = 500;
const KEPT = 300;

export class Watching {
  readonly #source: PlaygroundSource;
  readonly #tell: (sample: Sample) => void;
  readonly #samples: Sample[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(source: PlaygroundSource, tell: (sample: Sample) => void) {
    this.#source = source;
    this.#tell = tell;
  }

  get samples(): readonly Sample[] {
    return this.#samples;
  }

  start(): void {
    if (this.#timer) return;
    this.#timer = setInterval(() => this.#sample(), EVERY);
    this.#timer.unref();
    this.#sample();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #sample(): void {
    const sources = [...this.#source.watched()].map((read, index) => viewOf(read, index));
    if (sources.length === 0) return;
    const sample: Sample = { at: Date.now(), sources };
    this.#samples.push(sample);
    if (this.#samples.length > KEPT) this.#samples.shift();
    this.#tell(sample);
  }
}

function viewOf(read: () => unknown, index: number): WatchView {
  const name = index === 0 ? 'Session' : `Session ${index + 1}`;
  try {
    return { name, stats: read() ?? null };
  } catch (error) {
    return { name, stats: null, error: error instanceof Error ? error.message : String(error) };
  }
}
