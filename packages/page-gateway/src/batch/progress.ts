// What a person sees of a batch that runs: a bar on a terminal, now and then a line elsewhere; always how many are over, how
// many failed, how fast it goes and how long it will take.
import { Presets, SingleBar } from 'cli-progress';

export interface Standing {
  readonly total: number;
  readonly over: number;
  readonly failed: number;
}

export interface Progress {
  show(standing: Standing): void;
  stop(): void;
}

type Stream = NodeJS.WritableStream & { readonly isTTY?: boolean };

const lineEvery = 5_000;
/** The rate is that of the last half minute. */
const remembered = 30_000;

export function showProgress(stream: Stream, now: () => number = () => performance.now()): Progress {
  const pace = new Pace(now);
  return stream.isTTY ? onTerminal(stream, pace) : inLines(stream, pace, now);
}

/** Pages a second, by what was over when. */
export class Pace {
  readonly #now: () => number;
  readonly #seen: Array<readonly [at: number, over: number]> = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @returns `undefined` as long as nothing can be said. */
  rate(over: number): number | undefined {
    const at = this.#now();
    this.#seen.push([at, over]);
    while (this.#seen.length > 2 && at - this.#seen[0]![0] > remembered) this.#seen.shift();
    const [first, before] = this.#seen[0]!;
    return at > first && over > before ? ((over - before) * 1000) / (at - first) : undefined;
  }
}

function inLines(stream: Stream, pace: Pace, now: () => number): Progress {
  let next = Number.NEGATIVE_INFINITY;
  let last: Standing | undefined;
  let said: Standing | undefined;
  const say = (standing: Standing) => {
    said = standing;
    stream.write(`${sentence(standing, pace.rate(standing.over))}\n`);
  };
  return {
    show(standing) {
      last = standing;
      if (now() < next) return;
      next = now() + lineEvery;
      say(standing);
    },
    stop() {
      if (last && last !== said) say(last);
    },
  };
}

function onTerminal(stream: Stream, pace: Pace): Progress {
  const bar = new SingleBar(
    {
      stream,
      format: '{bar} {percentage}% {value}/{total}, {failed} failed, {rate}, {left}',
      hideCursor: true,
      clearOnComplete: false,
      fps: 8,
    },
    Presets.shades_classic,
  );
  let started = false;
  return {
    show({ total, over, failed }) {
      const rate = pace.rate(over);
      const words = { failed, rate: rateWords(rate), left: leftWords(total - over, rate) };
      if (started) bar.update(over, words);
      else bar.start(total, over, words);
      started = true;
    },
    stop() {
      if (started) bar.stop();
    },
  };
}

export function sentence({ total, over, failed }: Standing, rate: number | undefined): string {
  return `${over}/${total} pages, ${failed} failed, ${rateWords(rate)}, ${leftWords(total - over, rate)}`;
}

function rateWords(rate: number | undefined): string {
  return rate === undefined ? '- pages/s' : `${rate < 10 ? rate.toFixed(1) : Math.round(rate)} pages/s`;
}

function leftWords(count: number, rate: number | undefined): string {
  if (count === 0) return 'done';
  if (rate === undefined) return 'time left unknown';
  const seconds = Math.ceil(count / rate);
  if (seconds < 60) return `${seconds} s left`;
  if (seconds < 3600) return `${Math.ceil(seconds / 60)} min left`;
  return `${Math.floor(seconds / 3600)} h ${Math.ceil((seconds % 3600) / 60)} min left`;
}
