// Deferring earlier while Discord is slow to hear it.
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Pace } from '../src/pace.js';
import { simple, stage } from './bots.js';

it('defers when it was told to while Discord is quick, earlier while it is slow, and forgets', () => {
  const pace = new Pace(1_500);
  expect(pace.deferAfter).toBe(1_500);
  pace.took(200);
  expect(pace.deferAfter).toBe(1_500);
  pace.took(1_600);
  expect(pace.deferAfter).toBe(600);
  pace.took(10_000);
  expect(pace.deferAfter).toBe(150);
  for (let i = 0; i < 20; i++) pace.took(20);
  expect(pace.deferAfter).toBe(1_500);
});

it('is heard in time by a Discord that has become slow', async () => {
  await using on = await stage([simple('quick', async () => 'hi'), simple('slow', () => delay(1_000, 'done'))], {
    deferAfter: 900,
  });
  on.sandbox.faults.stallCallbacks(2_000);
  expect((await on.sandbox.slash('quick')).content).toBe('hi');
  const slow = await on.sandbox.slash('slow');
  expect(slow).toMatchObject({ content: 'done', deferred: true });
  expect(slow.acknowledgedAfter).toBeLessThan(2_900);
});
