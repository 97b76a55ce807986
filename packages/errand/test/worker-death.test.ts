// What happens when a worker dies over a document, and where no worker can be had at all.
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ParseError } from '../src/errors.js';
import { createReadings, type SessionReadings } from '../src/parse/readings.js';
import { startWorker } from '../src/parse/worker-entry.js';
import { failure, responseOf } from './support/documents.js';

vi.mock('../src/parse/worker-entry.js');
const { startWorker: startReal } =
  await vi.importActual<typeof import('../src/parse/worker-entry.js')>('../src/parse/worker-entry.js');
const start = vi.mocked(startWorker);
const mortal = (death: string) => async () =>
  new Worker(
    `const { parentPort } = require('node:worker_threads'); parentPort.on('message', () => { ${death} }); parentPort.postMessage({ ready: true });`,
    {
      eval: true,
    },
  );

const body = `[${'1,'.repeat(200_000)}1]`;
const select = () => responseOf(readings, body, 'application/json').select('$[0]');
let readings: SessionReadings;
let warnings: Error[];
const listen = (warning: Error) => warnings.push(warning);
beforeEach(() => {
  readings = createReadings({ workers: 1 });
  warnings = [];
  process.on('warning', listen);
});
afterEach(async () => {
  process.off('warning', listen);
  await readings.close();
});

it.each([
  ['exits', 'process.exit(3)'],
  ['throws', 'throw new Error("broken")'],
])('a worker that %s over a document is replaced', async (_, death) => {
  start.mockImplementationOnce(mortal(death)).mockImplementation(startReal);
  const first = failure(select());
  const second = select();
  expect(await first).toBeInstanceOf(ParseError);
  expect(await second).toEqual([1]);
  expect(start).toHaveBeenCalledTimes(2);
  start.mockReset();
});

it.each([
  ['none can be started', async () => undefined],
  ['it ends while it starts', async () => new Worker('throw new Error("no module")', { eval: true })],
])('where %s, this thread reads, and says so once', async (_, starting) => {
  start.mockImplementation(starting);
  expect(await Promise.all([select(), select()])).toEqual([[1], [1]]);
  expect(await select()).toEqual([1]);
  await vi.waitUntil(() => warnings.length > 0);
  expect(warnings.map((warning) => (warning as NodeJS.ErrnoException).code)).toEqual(['ERRAND_NO_WORKERS']);
  expect(start).toHaveBeenCalledTimes(1);
  expect(readings.offloaded).toBe(0);
  start.mockReset();
});
