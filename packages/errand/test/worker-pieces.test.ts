// What a worker brings back: the same value, whole, in pieces that leave the event loop its turns; and the worker's place
// behind the thread of its user.
import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import fc from 'fast-check';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createReadings, type SessionReadings } from '../src/parse/readings.js';
import { valueFromWire, valueToWire } from '../src/parse/wire.js';
import { failure, responseOf } from './support/documents.js';

const json = 'application/json';
let readings: SessionReadings | undefined;
afterEach(() => readings?.close());

/** JSON with arrays on both sides of the length from which on they are cut. */
const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.string(), fc.boolean()),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constant('__proto__')), tie('value'), { maxKeys: 5 }),
    fc.tuple(fc.integer({ min: 250, max: 600 }), fc.jsonValue()).map(([length, item]) => new Array(length).fill(item)),
  ),
})).value;

describe('a value that crosses', () => {
  it('is what it was, and what it was made of is left alone', async () => {
    await fc.assert(
      fc.asyncProperty(values, async (drawn) => {
        const text = JSON.stringify(drawn);
        const value: unknown = JSON.parse(text);
        const wire = structuredClone(valueToWire(value, true));
        expect(JSON.stringify(value)).toBe(text);
        const arrived = await valueFromWire(wire, async () => undefined);
        expect(JSON.stringify(arrived)).toBe(text);
      }),
      { numRuns: 40 },
    );
  });

  it('comes whole in one turn where it is small, and with a turn for each piece where it is long', async () => {
    const turnsOf = async (value: unknown) => {
      let turns = 0;
      const arrived = await valueFromWire(valueToWire(value, true), async () => {
        turns++;
      });
      expect(JSON.stringify(arrived)).toBe(JSON.stringify(value));
      return turns;
    };
    const rows = (count: number) => Array.from({ length: count }, (_, id) => ({ id, name: `Item ${id}` }));
    expect(await turnsOf({ items: rows(255) })).toBe(0);
    const few = await turnsOf({ total: 1, page: { items: rows(20_000) } });
    const many = await turnsOf([rows(20_000), { more: rows(20_000) }]);
    expect(few).toBeGreaterThanOrEqual(10);
    expect(many).toBeGreaterThanOrEqual(2 * few - 2);
  });
});

describe('a long answer', () => {
  const body = JSON.stringify(Array.from({ length: 30_000 }, (_, id) => ({ id, name: `Item ${id}` })));

  it('lets the event loop in for each piece', async () => {
    readings = createReadings({ workers: 1, offload: 0 });
    const turns = vi.spyOn(globalThis, 'setImmediate');
    onTestFinished(() => turns.mockRestore());
    const turnsFor = async (path: string) => {
      turns.mockClear();
      const items = await responseOf(readings as SessionReadings, body, json).select(path);
      return { items, turns: turns.mock.calls.length };
    };
    // The way there is the same for both.
    const one = await turnsFor('$[0]');
    const all = await turnsFor('$[*]');
    expect(JSON.stringify(all.items)).toBe(body);
    expect(all.turns - one.turns).toBeGreaterThanOrEqual(Math.floor(body.length / 131_072));
  });

  it('is given up in the middle when its call is', async () => {
    const given = new AbortController();
    let turns = 0;
    const wire = valueToWire(JSON.parse(body), true);
    const outcome = valueFromWire(wire, async () => {
      if (++turns === 3) given.abort();
      given.signal.throwIfAborted();
    });
    expect(await failure(outcome)).toBe(given.signal.reason);
    expect(turns).toBe(3);
  });

  it('has pieces of a bounded size, whatever its items are', async () => {
    const long = 'x'.repeat(50_000);
    const value = Array.from({ length: 600 }, (_, index) => (index < 300 ? index : long));
    const wire = valueToWire(value, true);
    const lengths = 'cuts' in wire ? wire.cuts.map((cut) => cut.json.length) : [];
    expect(Math.max(...lengths)).toBeLessThanOrEqual(131_072);
    expect(await valueFromWire(wire, async () => undefined)).toEqual(value);
  });
});

describe('a worker', () => {
  /** The threads of this process by the priority that each has. */
  const threads = () =>
    readdirSync('/proc/self/task').map((thread) => ({
      thread,
      nice: niceOf(readFileSync(`/proc/self/task/${thread}/stat`, 'utf8')),
    }));
  const niceOf = (stat: string) => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  const behind = () => threads().filter(({ nice }) => nice > getPriority());

  it.runIf(process.platform === 'linux')('leaves the processors to the event loop, and nobody else does', async () => {
    const before = behind().length;
    const own = getPriority();
    readings = createReadings({ workers: 1, offload: 0 });
    expect(await responseOf(readings, '[1]', json).select('$[0]')).toEqual([1]);
    expect(getPriority()).toBe(own);
    // Where this process itself is at the lowest there is, nothing is lower.
    expect(behind().length - before).toBe(own < 19 ? 1 : 0);
  });

  it.runIf(process.platform === 'linux')(
    'that built a large tree makes room for another before a large value',
    async () => {
      readings = createReadings({ workers: 1 });
      const page = `<title>Long</title>${'<p>A sentence or two, as they come.</p>'.repeat(65_000)}`;
      const value = `[${'"A sentence or two, as they come.",'.repeat(340_000)}7]`;
      expect(await responseOf(readings, page, 'text/html').extract({ title: 'title' })).toEqual({ title: 'Long' });
      const [first] = behind();
      expect(await responseOf(readings, '[1]', json).select('$[0]')).toEqual([1]);
      expect(behind()).toEqual([first]);
      expect(await responseOf(readings, value, json).select('$[-1]')).toEqual([7]);
      const after = behind().filter(({ thread }) => thread !== first?.thread);
      expect(after).toHaveLength(1);
      expect(await responseOf(readings, value, json).select('$[-1]')).toEqual([7]);
      expect(behind()).toEqual(after);
    },
  );
});
