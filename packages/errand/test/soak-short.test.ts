// A short soak in every run: once by a schedule that is always the same, once by a fresh one, whose seed is printed.
import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { soak } from './soak/soak.js';

test.each([
  { what: 'a fixed seed', seed: 20_261_123 },
  { what: 'a fresh seed', seed: randomInt(2 ** 31) },
])('600 errands of all kinds, by $what', async ({ seed }) => {
  const { outcomes, violations, left, rate } = await soak(600, seed);
  console.log(`soak: seed ${seed}, ${Math.round(rate)} requests a second, ${JSON.stringify(outcomes)}`);
  expect(violations, `seed ${seed}`).toEqual([]);
  expect(left, `seed ${seed}`).toEqual({ inFlight: 0, queued: 0, open: 0, sockets: 0, unhandled: 0 });
  expect(outcomes.answered).toBeGreaterThan(200);
  expect(outcomes.aborted).toBeGreaterThan(10);
});
