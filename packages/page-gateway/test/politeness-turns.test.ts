// The turns at one host against a model, with time as an argument: never more at once, never too close together, never in a
// pause, in the order of arrival; refused at once where time alone makes it hopeless, and never forgotten otherwise.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Waiting } from '../src/politeness/line.js';
import { Turns } from '../src/politeness/turns.js';

class Caller implements Waiting {
  readonly deadline: number;
  state: 'waiting' | 'running' | 'refused' | 'gone' | 'done' = 'waiting';
  startedAt = Number.NaN;
  refusedFor = Number.NaN;
  readonly #log: Caller[];

  constructor(log: Caller[], deadline = Number.POSITIVE_INFINITY) {
    this.#log = log;
    this.deadline = deadline;
  }

  granted(now: number): void {
    expect(this.state).toBe('waiting');
    this.state = 'running';
    this.startedAt = now;
    this.#log.push(this);
  }

  hopeless(opensAt: number, now: number): void {
    expect(this.state).toBe('waiting');
    expect(opensAt).toBeGreaterThan(Math.max(now, this.deadline));
    this.state = 'refused';
    this.refusedFor = opensAt;
  }
}

describe('turns', () => {
  const joined = (turns: Turns, now: number, deadline?: number) => {
    const caller = new Caller([], deadline);
    turns.join(caller, now);
    return caller;
  };

  test('so many at once, the next when one leaves', () => {
    const turns = new Turns(2, 0);
    const [one, two, three] = [joined(turns, 0), joined(turns, 0), joined(turns, 0)];
    expect([one.state, two.state, three.state]).toEqual(['running', 'running', 'waiting']);
    expect(turns.wakeAt(0)).toBe(Number.POSITIVE_INFINITY);
    turns.leave(7);
    expect(three.startedAt).toBe(7);
  });

  test('so far apart, whether the operator or the host wants it', () => {
    const turns = new Turns(4, 100);
    joined(turns, 0);
    const two = joined(turns, 10);
    expect(turns.wakeAt(10)).toBe(100);
    turns.wake(99);
    expect(two.state).toBe('waiting');
    turns.wake(100);
    expect(two.startedAt).toBe(100);
    turns.crawlDelay(2_000, 100);
    const three = joined(turns, 150);
    expect(turns.wakeAt(150)).toBe(2_100);
    turns.crawlDelay(0, 180);
    expect(three.state).toBe('waiting');
    turns.wake(200);
    expect(three.startedAt).toBe(200);
  });

  test('none in a pause; whoever cannot wait so long hears it at once', () => {
    const turns = new Turns(1, 0);
    joined(turns, 0);
    const patient = joined(turns, 0, 5_000);
    const hasty = joined(turns, 0, 1_000);
    turns.pause(3_000, 10);
    expect([patient.state, hasty.state, hasty.refusedFor]).toEqual(['waiting', 'refused', 3_000]);
    expect(joined(turns, 20, 2_000).refusedFor).toBe(3_000);
    turns.pause(1_000, 20);
    turns.leave(30);
    expect(turns.wakeAt(30)).toBe(3_000);
    turns.wake(3_000);
    expect(patient.startedAt).toBe(3_000);
  });

  test('a place far back in a slow line is hopeless at once', () => {
    const turns = new Turns(4, 1_000);
    const callers = Array.from({ length: 5 }, () => joined(turns, 0, 2_500));
    expect(callers.map(({ state }) => state)).toEqual(['running', 'waiting', 'waiting', 'refused', 'refused']);
    turns.withdraw(callers[1] as Caller);
    expect(joined(turns, 0, 2_500).state).toBe('waiting');
  });

  test('is forgotten only when that changes nothing', () => {
    const turns = new Turns(1, 100);
    expect(turns.idle(0)).toBe(true);
    joined(turns, 0);
    expect(turns.idle(0)).toBe(false);
    turns.leave(10);
    expect(turns.idle(99)).toBe(false);
    expect(turns.idle(100)).toBe(true);
    turns.pause(500, 100);
    expect(turns.idle(499)).toBe(false);
    expect(turns.idle(500)).toBe(true);
  });

  test('leaving costs the same however long the line is', () => {
    const turns = new Turns(1, 0);
    let granted = 0;
    const caller = (): Waiting => ({ deadline: Number.POSITIVE_INFINITY, granted: () => granted++, hopeless() {} });
    const callers = Array.from({ length: 100_001 }, caller);
    for (const each of callers) turns.join(each, 0);
    const before = process.cpuUsage();
    for (const each of callers.slice(1, 50_001)) turns.withdraw(each);
    for (let at = 0; at < 50_000; at++) turns.leave(1);
    // Microseconds of CPU; a line that is searched takes many seconds.
    expect(process.cpuUsage(before).user).toBeLessThan(1_500_000);
    expect(granted).toBe(50_001);
    expect(turns.waiting).toBe(0);
  });
});

type Step =
  | { readonly do: 'join'; readonly patience: number }
  | { readonly do: 'leave' | 'withdraw'; readonly which: number }
  | { readonly do: 'pause' | 'crawl' | 'pass'; readonly ms: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant('join' as const),
      patience: fc.oneof(fc.integer({ min: 0, max: 500 }), fc.constant(Number.POSITIVE_INFINITY)),
    }),
    fc.record({ do: fc.constantFrom('leave' as const, 'leave' as const, 'withdraw' as const), which: fc.nat(100) }),
    fc.record({
      do: fc.constantFrom('pause' as const, 'crawl' as const, 'pass' as const, 'pass' as const),
      ms: fc.nat(200),
    }),
  ),
  { maxLength: 120 },
);

/** One host, watched: whoever keeps it wakes it when it wants to be woken, and not before. */
class Watched {
  readonly turns: Turns;
  readonly started: Caller[] = [];
  readonly arrived: Caller[] = [];
  now = 0;
  pausedUntil = 0;
  lastStart = Number.NEGATIVE_INFINITY;
  #seen = 0;
  readonly #concurrency: number;

  constructor(concurrency: number, delay: number) {
    this.#concurrency = concurrency;
    this.turns = new Turns(concurrency, delay);
  }

  with(state: Caller['state']): Caller[] {
    return this.arrived.filter((caller) => caller.state === state);
  }

  pass(milliseconds: number): void {
    const end = this.now + milliseconds;
    for (let at = this.turns.wakeAt(this.now); at <= end; at = this.turns.wakeAt(this.now)) {
      this.now = Math.max(this.now, at);
      this.turns.wake(this.now);
      this.check();
    }
    this.now = end;
  }

  take(step: Step): void {
    if ('which' in step) this.#someone(step);
    else if (step.do === 'pass') this.pass(step.ms);
    else if (step.do === 'crawl') this.turns.crawlDelay(step.ms, this.now);
    else if (step.do === 'pause') {
      this.pausedUntil = Math.max(this.pausedUntil, this.now + step.ms);
      this.turns.pause(this.now + step.ms, this.now);
    } else if (step.do === 'join') {
      const caller = new Caller(this.started, this.now + step.patience);
      this.arrived.push(caller);
      this.turns.join(caller, this.now);
    }
    this.check();
  }

  #someone(step: { readonly do: 'leave' | 'withdraw'; readonly which: number }): void {
    const among = this.with(step.do === 'leave' ? 'running' : 'waiting');
    const caller = among[step.which % Math.max(1, among.length)];
    if (caller === undefined) return;
    caller.state = step.do === 'leave' ? 'done' : 'gone';
    if (step.do === 'leave') this.turns.leave(this.now);
    else this.turns.withdraw(caller);
  }

  check(): void {
    expect(this.with('running').length).toBe(this.turns.running);
    expect(this.turns.running).toBeLessThanOrEqual(this.#concurrency);
    expect(this.with('waiting').length).toBe(this.turns.waiting);
    for (; this.#seen < this.started.length; this.#seen++) {
      const { startedAt } = this.started[this.#seen] as Caller;
      expect(startedAt).toBe(this.now);
      expect(startedAt).toBeGreaterThanOrEqual(this.pausedUntil);
      expect(startedAt - this.lastStart).toBeGreaterThanOrEqual(this.turns.spacing);
      this.lastStart = startedAt;
    }
    const order = this.started.map((caller) => this.arrived.indexOf(caller));
    expect(order).toEqual([...order].sort((one, other) => one - other));
    // Nobody waits while there is room and time has come.
    if (this.turns.waiting > 0 && this.turns.running < this.#concurrency) {
      expect(this.turns.wakeAt(this.now)).toBeGreaterThan(this.now);
    }
  }
}

test('any schedule keeps the rules, and ends with nobody left behind', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.constantFrom(0, 0, 30), steps, (concurrency, delay, schedule) => {
      const host = new Watched(concurrency, delay);
      for (const step of schedule) host.take(step);
      for (let rounds = 0; host.turns.running + host.turns.waiting > 0; rounds++) {
        expect(rounds).toBeLessThan(1_000);
        host.take({ do: 'leave', which: 0 });
        host.pass(250);
      }
      host.pass(500);
      expect(host.turns.idle(host.now)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});
