// The event loop's lateness, as the session tells it.
import { expect, it, vi } from 'vitest';
import { LoopMonitor } from '../src/parse/loop.js';

const block = (milliseconds: number) => {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
};
const turns = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

it('tells how late the loop was since the last reading, from the first on', async () => {
  const monitor = new LoopMonitor();
  expect(monitor.read()).toEqual({ p50: 0, p99: 0, max: 0 });
  await turns(50);
  block(120);
  await turns(50);
  const delay = monitor.read();
  expect(delay.max).toBeGreaterThan(90);
  expect(delay.p50).toBeLessThanOrEqual(delay.p99);
  expect(delay.p99).toBeLessThanOrEqual(delay.max);
  await vi.waitUntil(() => monitor.read().max < 90);
  monitor.close();
  expect(monitor.read()).toEqual({ p50: 0, p99: 0, max: 0 });
});
