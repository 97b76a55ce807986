// The gate against simple models, with time as an argument: order of turns, slots and tokens, withdrawal, what the host says.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Applicant, Gate, type GateKeeper, type Turn } from '../src/middleware/limit/gate.js';
import type { GateLimit } from '../src/middleware/limit/options.js';

class Asker extends Applicant {
  grantedAt: number | undefined;
  dismissedFor: number | undefined;
  readonly name: string;
  readonly lane: string;
  readonly priority: number;
  readonly deadline: number;
  readonly #log: Asker[];

  constructor(log: Asker[], name: string, { lane = '', priority = 0, deadline = Number.POSITIVE_INFINITY } = {}) {
    super();
    this.#log = log;
    this.name = name;
    this.lane = lane;
    this.priority = priority;
    this.deadline = deadline;
  }

  granted(_turn: Turn, now: number): void {
    expect(this.grantedAt).toBeUndefined();
    this.grantedAt = now;
    this.#log.push(this);
  }

  hopeless(opensAt: number): void {
    this.dismissedFor = opensAt;
  }
}

class Keeper implements GateKeeper {
  queued = 0;
  rescheduled = 0;

  reschedule(): void {
    this.rescheduled++;
  }
}

function makeGate(limit: Partial<GateLimit>) {
  const keeper = new Keeper();
  const gate = new Gate({ concurrency: 1, interval: 0, burst: 1, respectServer: true, ...limit }, keeper);
  const log: Asker[] = [];
  const ask = (name: string, how?: ConstructorParameters<typeof Asker>[2], now = 0) => {
    const asker = new Asker(log, name, how);
    gate.wait(asker, now);
    return asker;
  };
  return { keeper, gate, log, ask, order: () => log.map(({ name }) => name) };
}

describe('slots', () => {
  it('lets in as many as there are slots, and one more with each that leaves', () => {
    const { gate, ask, order } = makeGate({ concurrency: 2 });
    expect([gate.enter(0), gate.enter(0), gate.enter(0)]).toEqual([true, true, false]);
    ask('a');
    ask('b');
    expect(order()).toEqual([]);
    gate.leave(1);
    expect(order()).toEqual(['a']);
    gate.leave(1);
    expect(order()).toEqual(['a', 'b']);
    expect(gate.inFlight).toBe(2);
  });

  it('lets the others through when the next one is withdrawn in the moment in which the running one ends', () => {
    const { gate, ask, order } = makeGate({});
    gate.enter(0);
    const [a, b] = ['a', 'b', 'c', 'd'].map((name) => ask(name));
    gate.withdraw(a!);
    gate.leave(1);
    expect(order()).toEqual(['b']);
    gate.withdraw(b!);
    gate.leave(2);
    gate.leave(3);
    gate.leave(4);
    expect(order()).toEqual(['b', 'c', 'd']);
    expect([gate.inFlight, gate.queued]).toEqual([0, 0]);
  });
});

describe('turns', () => {
  const through = (gate: Gate) => {
    while (gate.inFlight > 0) gate.leave(1);
  };

  it('gives lanes one turn each, and keeps to the order of arrival within a lane', () => {
    const { gate, ask, order } = makeGate({});
    gate.enter(0);
    for (const name of ['a1', 'a2', 'a3', 'b1', 'c1', 'c2']) ask(name, { lane: name[0]! });
    through(gate);
    expect(order()).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
  });

  it('lets the higher priority go first within its lane only', () => {
    const { gate, ask, order } = makeGate({});
    gate.enter(0);
    ask('a low', { lane: 'a', priority: -1 });
    ask('a 1', { lane: 'a' });
    ask('b 1', { lane: 'b', priority: -5 });
    ask('a high', { lane: 'a', priority: 2 });
    ask('a 2', { lane: 'a' });
    through(gate);
    expect(order()).toEqual(['a high', 'b 1', 'a 1', 'a 2', 'a low']);
  });

  it('keeps lanes even and loses nobody, whatever comes, leaves and is withdrawn', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('ask' as const), lane: fc.nat(3), priority: fc.integer({ min: -1, max: 1 }) }),
      fc.record({ kind: fc.constant('leave' as const) }),
      fc.record({ kind: fc.constant('withdraw' as const), which: fc.nat(30) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), fc.integer({ min: 1, max: 3 }), (steps, concurrency) => {
        const { gate, keeper, log, ask } = makeGate({ concurrency });
        const ring: string[] = [];
        const waiting: Asker[] = [];
        const expected: Asker[] = [];
        let running = 0;
        const admit = () => {
          while (running < concurrency && ring.length > 0) {
            const lane = ring.shift() as string;
            const own = waiting.filter((each) => each.lane === lane);
            const top = Math.max(...own.map(({ priority }) => priority));
            const next = own.find(({ priority }) => priority === top) as Asker;
            waiting.splice(waiting.indexOf(next), 1);
            if (own.length > 1) ring.push(lane);
            expected.push(next);
            running++;
          }
        };
        for (const step of steps) {
          if (step.kind === 'ask') {
            const asker = ask('', { lane: String(step.lane), priority: step.priority });
            if (!ring.includes(asker.lane)) ring.push(asker.lane);
            waiting.push(asker);
          } else if (step.kind === 'leave' && running > 0) {
            running--;
            gate.leave(0);
          } else if (step.kind === 'withdraw' && waiting.length > 0) {
            const [asker] = waiting.splice(step.which % waiting.length, 1) as [Asker];
            if (waiting.every(({ lane }) => lane !== asker.lane)) ring.splice(ring.indexOf(asker.lane), 1);
            gate.withdraw(asker);
            gate.withdraw(asker);
          }
          admit();
          expect(log).toEqual(expected);
          expect([gate.inFlight, gate.queued, keeper.queued]).toEqual([running, waiting.length, waiting.length]);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('tokens', () => {
  it('starts full, and gives one token each interval', () => {
    const { gate, ask, log } = makeGate({ concurrency: 100, interval: 100, burst: 3 });
    expect([gate.enter(0), gate.enter(0), gate.enter(0), gate.enter(0)]).toEqual([true, true, true, false]);
    expect(gate.tokens(0)).toBe(0);
    const [a, b] = [ask('a'), ask('b')];
    expect(gate.wakeAt).toBe(100);
    gate.wake(99);
    expect(log).toEqual([]);
    gate.wake(100);
    expect([a.grantedAt, b.grantedAt]).toEqual([100, undefined]);
    expect(gate.wakeAt).toBe(200);
    gate.wake(200);
    expect(b.grantedAt).toBe(200);
    expect(gate.wakeAt).toBe(Number.POSITIVE_INFINITY);
    expect([gate.tokens(299), gate.tokens(300), gate.tokens(10_000)]).toEqual([0, 1, 3]);
  });

  it('uses no slot while it waits for a token, and no token while it waits for a slot', () => {
    const { gate, ask } = makeGate({ concurrency: 1, interval: 100, burst: 1 });
    gate.enter(0);
    ask('a');
    gate.leave(1);
    expect(gate.inFlight).toBe(0);
    gate.wake(100);
    expect([gate.inFlight, gate.tokens(100)]).toEqual([1, 0]);
    ask('b', {}, 100);
    gate.wake(250);
    expect(gate.tokens(250)).toBe(1);
  });

  it('tells how long one would wait with others before it', () => {
    const { gate, ask } = makeGate({ concurrency: 100, interval: 100, burst: 2 });
    expect([gate.opensAt(0), gate.opensAt(0, 1), gate.opensAt(0, 2), gate.opensAt(0, 5)]).toEqual([0, 0, 100, 400]);
    gate.enter(0);
    gate.enter(0);
    ask('a1', { lane: 'a' });
    ask('a2', { lane: 'a', priority: 1 });
    ask('b1', { lane: 'b' });
    expect([
      gate.ahead('a', 0),
      gate.ahead('a', 1),
      gate.ahead('a', 2),
      gate.ahead('b', 0),
      gate.ahead('c', 0),
    ]).toEqual([3, 2, 0, 2, 2]);
  });

  it('never lets out more than a bucket would, and nobody waits for longer than it has to', () => {
    const step = fc.record({ after: fc.integer({ min: 0, max: 250 }), count: fc.integer({ min: 0, max: 4 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (steps, burst) => {
        const interval = 100;
        const { gate, log } = makeGate({ concurrency: Number.POSITIVE_INFINITY, interval, burst });
        let now = 0;
        const asked: Asker[] = [];
        const until = (moment: number) => {
          while (gate.wakeAt <= moment) gate.wake(gate.wakeAt);
          now = moment;
        };
        const arrivals: number[] = [];
        for (const { after, count } of steps) {
          until(now + after);
          for (let index = 0; index < count; index++) {
            const asker = new Asker(log, '');
            gate.wait(asker, now);
            asked.push(asker);
            arrivals.push(now);
          }
        }
        until(now + 100_000);
        let tokens = burst;
        let at = 0;
        const expected = arrivals.map((arrival) => {
          const since = Math.max(arrival, at);
          tokens = Math.min(burst, tokens + (since - at) / interval);
          const wait = tokens >= 1 - 1e-9 ? 0 : (1 - tokens) * interval;
          at = since + wait;
          tokens = tokens + wait / interval - 1;
          return Math.round(at);
        });
        expect(asked.map(({ grantedAt }) => grantedAt)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });
});

describe('what the host says', () => {
  it('pauses the host, and dismisses at once whoever would wait in vain', () => {
    const { gate, keeper, ask } = makeGate({ concurrency: 1 });
    gate.enter(0);
    const patient = ask('patient', { deadline: 5_000 });
    const hasty = ask('hasty', { deadline: 900 });
    gate.heed({ pause: 1_000 }, 0);
    gate.leave(0);
    expect([hasty.dismissedFor, patient.dismissedFor]).toEqual([1_000, undefined]);
    expect([gate.queued, keeper.queued, gate.inFlight]).toEqual([1, 1, 0]);
    expect(gate.wakeAt).toBe(1_000);
    gate.wake(1_000);
    expect(patient.grantedAt).toBe(1_000);
  });

  it('never shortens a pause', () => {
    const { gate } = makeGate({});
    gate.enter(0);
    gate.heed({ pause: 1_000 }, 0);
    gate.heed({ pause: 100 }, 10);
    expect(gate.opensAt(20)).toBe(1_000);
  });

  it('lets out no more than what is left of the host’s window, then waits for its end', () => {
    const { gate, ask, order } = makeGate({ concurrency: 10 });
    gate.enter(0);
    gate.enter(0);
    gate.heed({ remaining: 3, reset: 1_000 }, 0);
    gate.leave(0);
    for (const name of ['a', 'b', 'c', 'd']) ask(name);
    expect(order()).toEqual(['a', 'b']);
    expect(gate.wakeAt).toBe(1_000);
    gate.wake(1_000);
    expect(order()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('believes the least that was said of one window, and anything of the next', () => {
    const { gate } = makeGate({ concurrency: 10 });
    gate.enter(0);
    gate.heed({ remaining: 0, reset: 1_000 }, 0);
    gate.heed({ remaining: 5, reset: 1_400 }, 10);
    expect(gate.opensAt(20)).toBe(1_410);
    gate.heed({ remaining: 5, reset: 4_000 }, 30);
    expect(gate.opensAt(40)).toBe(40);
  });

  it('is forgotten only when that changes nothing', () => {
    const { gate } = makeGate({ concurrency: 2, interval: 100, burst: 5 });
    expect(gate.idle(0)).toBe(true);
    gate.enter(0);
    expect(gate.idle(0)).toBe(false);
    gate.leave(10);
    expect([gate.idle(99), gate.idle(100)]).toEqual([false, true]);
    gate.enter(100);
    gate.heed({ pause: 500, remaining: 1, reset: 900 }, 100);
    gate.leave(100);
    expect([gate.idle(700), gate.idle(1_000)]).toEqual([false, true]);
  });
});
