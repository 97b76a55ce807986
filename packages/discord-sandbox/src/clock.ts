/**
 * The only source of time in the sandbox: Discord's deadlines (3 s, 15 min, rate-limit windows) are measured on it.
 * Nothing else here may read the system's clock, so that a test can hold 15 minutes in its hand.
 */
export interface Alarm {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs `ring` once after `ms`; never keeps the process alive by itself. */
  after(ms: number, ring: () => void): Alarm;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, ring) {
    const timer = setTimeout(ring, ms);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
