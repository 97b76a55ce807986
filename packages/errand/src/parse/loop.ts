// How late the event loop has been: the bot's heartbeat, measured by Node itself. Starts when first asked and costs nothing
// before.
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

/** Delays of the event loop since the last reading, in milliseconds: how much later than it should a timer ran. */
export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Milliseconds between two looks at the clock; every delay that Node reports has them in it. */
const resolution = 10;
const none: LoopDelay = { p50: 0, p99: 0, max: 0 };

export class LoopMonitor {
  #histogram: IntervalHistogram | undefined;
  #closed = false;

  /** The delays since the last reading; the first one begins to measure and is all zeros. */
  read(): LoopDelay {
    if (this.#closed) return none;
    const histogram = this.#histogram;
    if (histogram === undefined) {
      this.#histogram = monitorEventLoopDelay({ resolution });
      this.#histogram.enable();
      return none;
    }
    if (histogram.count === 0) return none;
    const delay = {
      p50: lateness(histogram.percentile(50)),
      p99: lateness(histogram.percentile(99)),
      max: lateness(histogram.max),
    };
    histogram.reset();
    return delay;
  }

  /** Stops measuring. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#histogram?.disable();
    this.#histogram = undefined;
  }
}

function lateness(nanoseconds: number): number {
  return Math.max(0, Math.round(nanoseconds / 1e4) / 100 - resolution);
}
