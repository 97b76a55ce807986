// Building a large value on this thread: in turns with everything else, and with a word of warning for each place that does.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createReadings, type SessionReadings } from '../src/parse/readings.js';
import { responseOf } from './support/documents.js';

let readings: SessionReadings;
let warnings: NodeJS.ErrnoException[];
/** Other tests of this process may be warned as well. */
const listen = (warning: Error) => {
  if (warning.message.includes('host.test')) warnings.push(warning as NodeJS.ErrnoException);
};
beforeEach(() => {
  readings = createReadings({ workers: 1 });
  warnings = [];
  process.on('warning', listen);
});
afterEach(async () => {
  vi.restoreAllMocks();
  process.off('warning', listen);
  await readings.close();
});

const body = JSON.stringify(Array.from({ length: 20_000 }, (_, id) => ({ id, name: `item ${id}` })));
const large = (path = 'list') =>
  responseOf(readings, body, 'application/json', { url: `http://host.test/${path}?token=secret` });

it('large values are whole and equal to what JSON.parse gives', async () => {
  expect(await large().json()).toEqual(JSON.parse(body));
  expect(readings.offloaded).toBe(0);
});

it('a slow one is warned about, once for each place, with the remedy', async () => {
  // A clock on which everything that is measured takes 60 ms.
  let now = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => {
    now += 60;
    return now;
  });
  const first = () => large('slow').json();
  const second = () => large('slow').json();
  for (const place of [first, first, second]) await place();
  await new Promise((resolve) => setImmediate(resolve));
  // On a busy machine those of the test before are slow as well.
  const slow = warnings.filter(({ message }) => message.includes('host.test/slow'));
  expect(slow.map(({ message }) => /read at .*?(parse-slow[^)]*)/.exec(message)?.[1])).toEqual([
    expect.stringContaining('parse-slow.test.ts'),
    expect.stringContaining('parse-slow.test.ts'),
  ]);
  expect(slow.every(({ code }) => code === 'ERRAND_SLOW_PARSE')).toBe(true);
  const [{ message }] = slow as [NodeJS.ErrnoException];
  expect(message).toContain('GET http://host.test/slow?token=***');
  expect(message).toContain('parse-slow.test.ts');
  expect(message).toContain('.select(');
  expect(message).toContain('.json(schema)');
  expect(message).not.toContain('secret');
});

it('several are built one at a time, with turns of the loop between', async () => {
  let turns = 0;
  let counting = true;
  const count = () => {
    turns++;
    if (counting) setImmediate(count);
  };
  setImmediate(count);
  const at: number[] = [];
  await Promise.all(
    Array.from({ length: 4 }, () =>
      large()
        .json()
        .then(() => at.push(turns)),
    ),
  );
  counting = false;
  expect(new Set(at).size).toBe(4);
});

it.each([
  { offload: 'big' },
  { workers: 0 },
  { workers: 1.5 },
  { maxDepth: -1 },
  { timeout: 'soon' },
  { maxMemory: -1 },
])('%j is a TypeError', (options) => {
  expect(() => createReadings(options)).toThrow(TypeError);
  expect(() => createReadings(options)).toThrow(`parse.${Object.keys(options)[0]}`);
});
