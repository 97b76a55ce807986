// Whose page is next: every page is given out once, no key beyond its limit, and none waits for another one's thousands.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Rota } from '../src/jobs/rota.js';

function* pages(job: string, count: number): Generator<string> {
  for (let index = 0; index < count; index += 1) yield `${job}/${index}`;
}

test('keys take turns, and jobs of a key do', () => {
  const rota = new Rota<string>();
  rota.add({ job: 'a1', key: 'a', limit: 100, pages: pages('a1', 1000) });
  rota.add({ job: 'a2', key: 'a', limit: 100, pages: pages('a2', 1000) });
  rota.add({ job: 'b1', key: 'b', limit: 100, pages: pages('b1', 2) });
  const order = Array.from({ length: 7 }, () => rota.next()?.page);
  expect(order).toEqual(['a1/0', 'b1/0', 'a2/0', 'b1/1', 'a1/1', 'a2/1', 'a1/2']);
});

test('a page that came back goes first, and a removed job gives out nothing more', () => {
  const rota = new Rota<string>();
  rota.add({ job: 'a', key: 'k', limit: 9, pages: pages('a', 3) });
  expect(rota.next()?.page).toBe('a/0');
  rota.back('a', 'a/0');
  expect([rota.next()?.page, rota.next()?.page]).toEqual(['a/0', 'a/1']);
  expect(rota.waits('a')).toBe(true);
  rota.remove('a');
  expect(rota.waits('a')).toBe(false);
  expect(rota.next()).toBeUndefined();
});

test('under any schedule each page is given out exactly once, in the order of its job, within the limits', () => {
  const jobs = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), count: fc.integer({ min: 0, max: 12 }) }), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(
      jobs,
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.boolean(), { maxLength: 200 }),
      (made, limit, steps) => {
        const rota = new Rota<string>();
        for (const [index, { key, count }] of made.entries()) {
          rota.add({ job: `${index}`, key, limit, pages: pages(`${index}`, count) });
        }
        const given: string[] = [];
        const running: string[] = [];
        const take = () => {
          const turn = rota.next();
          if (!turn) return false;
          given.push(turn.page);
          running.push(turn.key);
          expect(running.filter((key) => key === turn.key).length).toBeLessThanOrEqual(limit);
          return true;
        };
        const end = () => {
          const key = running.shift();
          if (key !== undefined) rota.over(key);
          return key !== undefined;
        };
        for (const step of steps) (step ? take : end)();
        while (take() || end());
        const all = made.flatMap(({ count }, index) => [...pages(`${index}`, count)]);
        expect([...given].sort()).toEqual(all.sort());
        for (const [index, { count }] of made.entries()) {
          expect(given.filter((page) => page.startsWith(`${index}/`))).toEqual([...pages(`${index}`, count)]);
        }
      },
    ),
  );
});

test('pages that are not ready are passed over, and keep their place', () => {
  const rota = new Rota<string>();
  rota.add({ job: 'a', key: 'k', limit: 9, pages: ['x1', 'x2', 'y1', 'x3', 'y2'].values() });
  const only = (host: string) => (page: string) => page.startsWith(host);
  expect(rota.next(only('y'))?.page).toBe('y1');
  expect(rota.next(only('x'))?.page).toBe('x1');
  expect(rota.next()?.page).toBe('x2');
  expect(rota.next(only('z'))).toBeUndefined();
  expect(rota.waits('a')).toBe(true);
  expect([rota.next()?.page, rota.next()?.page, rota.next()]).toEqual(['x3', 'y2', undefined]);
});

test('a job all of whose pages wait is not read to its end', () => {
  let read = 0;
  function* endless(): Generator<string> {
    for (;;) yield `${read++}`;
  }
  const rota = new Rota<string>();
  rota.add({ job: 'a', key: 'k', limit: 9, pages: endless() });
  for (let turn = 0; turn < 50; turn += 1) expect(rota.next(() => false)).toBeUndefined();
  expect(read).toBe(200);
});
