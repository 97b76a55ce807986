// The circuit and its counters against simple models, with time as an argument.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecentCounts } from '../src/kit/recent-counts.js';
import { Circuit, type Outcome } from '../src/middleware/breaker/circuit.js';
import { Circuits } from '../src/middleware/breaker/circuits.js';
import { resolveBreaker } from '../src/middleware/breaker/options.js';

const settings = { failureRate: 0.5, minimumRequests: 4, window: 1_000, openFor: 500 };

function record(circuit: Circuit, outcomes: string, now: number): void {
  for (const each of outcomes) circuit.record(each === 'f' ? 'failure' : each === 's' ? 'success' : 'unknown', now);
}

describe('recent counts', () => {
  it('are exact to a slot of the window', () => {
    const gap = fc.oneof(fc.integer({ min: 0, max: 150 }), fc.integer({ min: 0, max: 3_000 }));
    fc.assert(
      fc.property(fc.array(fc.record({ gap, second: fc.boolean() }), { maxLength: 100 }), (events) => {
        const counts = new RecentCounts(1_000);
        const seen: Array<{ at: number; second: boolean }> = [];
        let now = 0;
        for (const { gap, second } of events) {
          now += gap;
          seen.push({ at: now, second });
          if (second) counts.countSecond(now);
          else counts.countFirst(now);
          const oldest = (Math.floor(now / 100) - 9) * 100;
          const recent = seen.filter(({ at }) => at >= oldest);
          expect(counts.second(now)).toBe(recent.filter(({ second }) => second).length);
          expect(counts.first(now)).toBe(recent.filter(({ second }) => !second).length);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('a closed circuit', () => {
  it('opens at the failure rate, not before the minimum of requests', () => {
    const circuit = new Circuit(settings);
    record(circuit, 'fff', 0);
    expect(circuit.state(0)).toBe('closed');
    record(circuit, 'f', 10);
    expect([circuit.state(10), circuit.retryAt]).toEqual(['open', 510]);
  });

  it('stays closed below the rate, and opens exactly at it', () => {
    const circuit = new Circuit(settings);
    record(circuit, 'ssssff', 0);
    expect(circuit.closed).toBe(true);
    record(circuit, 'sff', 0);
    expect(circuit.closed).toBe(true);
    record(circuit, 'f', 0);
    expect(circuit.closed).toBe(false);
  });

  it('is not opened by a success', () => {
    const circuit = new Circuit(settings);
    record(circuit, 'fffs', 0);
    expect(circuit.closed).toBe(true);
  });

  it('forgets what is older than the window', () => {
    const circuit = new Circuit(settings);
    record(circuit, 'fff', 0);
    record(circuit, 'f', 1_100);
    expect(circuit.closed).toBe(true);
  });

  it('takes no notice of what judges nothing', () => {
    const circuit = new Circuit(settings);
    record(circuit, 'uuuuuuuufff', 0);
    expect(circuit.closed).toBe(true);
  });
});

describe('an open circuit', () => {
  const opened = () => {
    const circuit = new Circuit(settings);
    record(circuit, 'ffff', 0);
    return circuit;
  };

  it('lets exactly one find out, once its time is over', () => {
    const circuit = opened();
    expect([circuit.probe({}, 499), circuit.state(499)]).toEqual([false, 'open']);
    expect(circuit.state(500)).toBe('half-open');
    expect([circuit.probe({}, 500), circuit.probe({}, 500), circuit.probe({}, 5_000)]).toEqual([true, false, false]);
    expect(circuit.state(500)).toBe('half-open');
  });

  it('closes when the probe succeeds, with a clean slate', () => {
    const circuit = opened();
    circuit.probe({}, 500);
    circuit.probed('success', 510);
    expect(circuit.state(510)).toBe('closed');
    record(circuit, 'fff', 510);
    expect(circuit.closed).toBe(true);
  });

  it('opens again when the probe fails', () => {
    const circuit = opened();
    circuit.probe({}, 500);
    circuit.probed('failure', 600);
    expect([circuit.state(600), circuit.retryAt]).toEqual(['open', 1_100]);
    expect([circuit.probe({}, 1_099), circuit.probe({}, 1_100)]).toEqual([false, true]);
  });

  it('lets the next one find out when the probe found out nothing', () => {
    const circuit = opened();
    circuit.probe({}, 500);
    circuit.probed('unknown', 510);
    expect([circuit.state(510), circuit.probe({}, 510)]).toEqual(['half-open', true]);
  });

  it('takes no notice of requests that began before it opened', () => {
    const circuit = opened();
    record(circuit, 'ssss', 100);
    expect(circuit.state(100)).toBe('open');
    circuit.probe({}, 500);
    record(circuit, 'ssff', 510);
    expect(circuit.state(510)).toBe('half-open');
  });
});

it('lets at most one request in at a time while not closed, whatever happens', () => {
  const step = fc.record({
    gap: fc.integer({ min: 0, max: 400 }),
    ends: fc.nat(3),
    outcome: fc.constantFrom<Outcome>('success', 'failure', 'unknown'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
      const circuit = new Circuit(settings);
      const running: boolean[] = [];
      let now = 0;
      for (const { gap, ends, outcome } of steps) {
        now += gap;
        const retryAt = circuit.retryAt;
        if (circuit.closed) running.push(false);
        else if (circuit.probe({}, now)) {
          expect(now).toBeGreaterThanOrEqual(retryAt);
          running.push(true);
        }
        expect(running.filter((probing) => probing).length).toBeLessThanOrEqual(1);
        if (running.some((probing) => probing)) expect(circuit.state(now)).toBe('half-open');
        if (ends < running.length) {
          const [probing] = running.splice(ends, 1);
          if (probing) circuit.probed(outcome, now);
          else circuit.record(outcome, now);
        }
      }
      for (const probing of running) if (probing) circuit.probed('unknown', now);
      expect(circuit.closed || circuit.probe({}, now + settings.openFor)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

it('forgets hosts that have been quiet for a window, and keeps those that are down', () => {
  const circuits = new Circuits(settings);
  record(circuits.of('down.test:80', 0), 'ffff', 0);
  for (let index = 0; index < 5_000; index++) {
    const now = Math.min(450, index / 10);
    record(circuits.of(`${index}.test:80`, now), 's', now);
  }
  expect([circuits.state('down.test:80', 450), circuits.state('down.test:80', 600)]).toEqual(['open', 'half-open']);
  expect(circuits.state('unknown.test:80', 450)).toBe('closed');
  for (let index = 5_000; index < 30_000; index++) circuits.of(`${index}.test:80`, 60_000);
  expect(circuits.state('down.test:80', 60_000)).toBe('closed');
});

describe('resolveBreaker', () => {
  it('has the defaults that the options name', () => {
    const defaults = { failureRate: 0.5, minimumRequests: 20, window: 30_000, openFor: 10_000 };
    expect(resolveBreaker(undefined)).toEqual(defaults);
    expect(resolveBreaker({ openFor: '1m' })).toEqual({ ...defaults, openFor: 60_000 });
    expect(resolveBreaker(false)).toBeUndefined();
  });

  it.each([
    [{ failureRate: 0 }, 'breaker.failureRate'],
    [{ failureRate: 1.1 }, 'breaker.failureRate'],
    [{ minimumRequests: 0 }, 'breaker.minimumRequests'],
    [{ minimumRequests: 2.5 }, 'breaker.minimumRequests'],
    [{ window: 0 }, 'breaker.window'],
    [{ window: 'soon' }, 'breaker.window'],
    [{ openFor: Number.POSITIVE_INFINITY }, 'breaker.openFor'],
    [true, 'breaker:'],
    [null, 'breaker:'],
  ])('refuses %j and names the option', (option, name) => {
    expect(() => resolveBreaker(option as never)).toThrow(TypeError);
    expect(() => resolveBreaker(option as never)).toThrow(name);
  });
});
