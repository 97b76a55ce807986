import { expect, it } from 'vitest';

it('leaves the dispatchers alone that other copies of undici in the process go by', async () => {
  const places = ['undici.globalDispatcher.1', 'undici.globalDispatcher.2'].map((name) => Symbol.for(name));
  const found = () => places.map((place) => (globalThis as Record<symbol, unknown>)[place]);
  // Node's own copy takes its place when fetch is first used.
  await fetch('data:,');
  const before = found();
  const { Session } = await import('errand');
  await new Session().close();
  expect(found()).toEqual(before);
});
