// Documents that are built to freeze or kill who reads them: each is a ParseError within its limits, and the event loop and
// the process live on.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ParseError } from '../src/errors.js';
import { createReadings, type SessionReadings } from '../src/parse/readings.js';
import { failure, responseOf } from './support/documents.js';

const json = 'application/json';
const html = 'text/html';
const readings: SessionReadings = createReadings({ timeout: 1_000, workers: 1 });
beforeAll(async () => {
  await responseOf(readings, `[${'1,'.repeat(200_000)}1]`, json).select('$[0]');
});
afterAll(() => readings.close());

const repeated = (count: number, piece: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => piece(index)).join('');

describe('a hostile document is a ParseError', () => {
  it.each([
    ['arrays without end', () => '['.repeat(5_000_000)],
    ['deep arrays', () => '['.repeat(100_000) + ']'.repeat(100_000)],
    ['deep objects', () => `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['deep arrays, small', () => '['.repeat(3_000) + ']'.repeat(3_000)],
  ])('as JSON: %s', async (_, body) => {
    expect(await failure(responseOf(readings, body(), json).select('$[0]'))).toBeInstanceOf(ParseError);
    expect(await failure(responseOf(readings, body(), json).json())).toBeInstanceOf(ParseError);
  });

  it.each([
    ['nested tags', () => '<div>'.repeat(100_000)],
    ['nested tags, small', () => '<div>'.repeat(3_000)],
    ['a million attributes', () => `<a ${repeated(1_000_000, (index) => `a${index} `)}>`],
    ['attributes, small', () => `<a ${repeated(3_000, (index) => `a${index}`.padEnd(6))}>`.slice(0, 16_000)],
    ['repairs that multiply', () => repeated(900, (index) => `<p><b id=${index}></p>`)],
    ['nested elements of XML', () => `<?xml version="1.0"?>${'<a>'.repeat(2_000)}`],
  ])('as a page: %s', async (_, body) => {
    expect(
      await failure(responseOf(readings, body(), body().startsWith('<?') ? 'text/xml' : html).extract({ a: 'p' })),
    ).toBeInstanceOf(ParseError);
  });

  it('when a regular expression runs away over it, and the loop goes on', async () => {
    const body = JSON.stringify([{ a: `${'a'.repeat(40)}!` }]);
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 20);
    const error = await failure(responseOf(readings, body, json).select('$[?match(@.a, "(a|a)*b")]'));
    clearInterval(ticking);
    expect(error).toBeInstanceOf(ParseError);
    expect((error as Error).message).toContain('1000 ms');
    expect(ticks).toBeGreaterThan(10);
    expect(await responseOf(readings, '[7]', json).select('$[?search(@, "x")]')).toEqual([]);
  });

  it('when selectors take the square of it', async () => {
    const body = '<i>x</i>'.repeat(60_000);
    expect(await failure(responseOf(readings, body, html).extract({ a: ['i ~ i ~ b ~ i'] }))).toBeInstanceOf(
      ParseError,
    );
  });
});

it('a document that may take more memory than a worker has is refused, and the next one is read', async () => {
  const tight = createReadings({ maxMemory: '32mb', workers: 1, offload: '1kb' });
  const bomb = await failure(responseOf(tight, `[${'{},'.repeat(1_000_000)}{}]`, json).select('$[0]'));
  const trees = await failure(responseOf(tight, '<b></b>'.repeat(80_000), html).extract({ a: 'b' }));
  for (const error of [bomb, trees]) {
    expect(error).toBeInstanceOf(ParseError);
    expect((error as Error).message).toContain('parse.maxMemory');
  }
  expect(await responseOf(tight, `[${'1,'.repeat(1_000)}1]`, json).select('$[0]')).toEqual([1]);
  await tight.close();
});
