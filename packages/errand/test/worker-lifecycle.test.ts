// The workers' lives: started when first needed, replaced when they are ended over a document, ended with the readings, and
// never more of them than allowed.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AbortError, ParseError, SessionClosedError, TimeoutError } from '../src/errors.js';
import { createReadings, type SessionReadings } from '../src/parse/readings.js';
import { failure, responseOf } from './support/documents.js';
import { policyOf } from './support/scripted.js';

const json = 'application/json';
const big = `[${'1,'.repeat(200_000)}1]`;
/** Keeps a worker busy until it is ended. */
const endless = JSON.stringify([{ a: `${'a'.repeat(60)}!` }]);
const runaway = '$[?match(@.a, "(a|a)*b")]';

let readings: SessionReadings;
function open(options?: Parameters<typeof createReadings>[0]): SessionReadings {
  readings = createReadings(options);
  return readings;
}
afterEach(() => readings.close());

describe('ended early', () => {
  it("by the caller's signal, after the response has come", async () => {
    const { signal, abort } = abortable();
    const outcome = failure(responseOf(open({ workers: 1 }), endless, json, { signal }).select(runaway));
    setTimeout(abort, 50);
    const error = (await outcome) as AbortError;
    expect(error).toBeInstanceOf(AbortError);
    expect(error.cause).toBe(signal.reason);
    expect(error.url).toBe('http://host.test/document');
    expect(await responseOf(readings, big, json).select('$[0]')).toEqual([1]);
  });

  it('by a signal that was aborted before', async () => {
    const { signal, abort } = abortable();
    const response = responseOf(open(), big, json, { signal });
    abort();
    expect(await failure(response.select('$[0]'))).toBeInstanceOf(AbortError);
    expect(await failure(response.json())).toBeInstanceOf(AbortError);
    expect(readings.offloaded).toBe(0);
  });

  it('by the deadline of the call', async () => {
    const timeouts = { ...policyOf().timeouts, total: 300 };
    const response = responseOf(open({ workers: 1 }), endless, json, { policy: policyOf({ timeouts }) });
    expect(await failure(response.select(runaway))).toBeInstanceOf(TimeoutError);
  });

  it('while it waits for a worker: its place goes to the next', async () => {
    const { signal, abort } = abortable();
    open({ workers: 1, timeout: 400 });
    const first = failure(responseOf(readings, endless, json).select(runaway));
    const second = failure(responseOf(readings, big, json, { signal }).select('$[0]'));
    const third = responseOf(readings, big, json).select('$[0]');
    setTimeout(abort, 50);
    expect(await second).toBeInstanceOf(AbortError);
    expect(await first).toBeInstanceOf(ParseError);
    expect(await third).toEqual([1]);
  });
});

describe('close', () => {
  it('rejects what is under way and what waits', async () => {
    open({ workers: 1 });
    const running = failure(responseOf(readings, endless, json).select(runaway));
    const waiting = failure(responseOf(readings, big, json).select('$[0]'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await readings.close();
    expect(await running).toBeInstanceOf(SessionClosedError);
    expect(await waiting).toBeInstanceOf(SessionClosedError);
  });

  it('lets it finish for a while where asked to', async () => {
    open({ workers: 1 });
    await responseOf(readings, big, json).select('$[0]');
    const running = responseOf(readings, big, json).select('$[1]');
    await vi.waitUntil(() => readings.offloaded === 2);
    await readings.close(10_000);
    expect(await running).toEqual([1]);
  });

  it('leaves responses readable, on this thread', async () => {
    open({ workers: 1 });
    await readings.close();
    await readings.close();
    expect(await responseOf(readings, big, json).select('$[0]')).toEqual([1]);
    expect(((await responseOf(readings, big, json).json()) as unknown[]).length).toBe(200_001);
    expect(readings.offloaded).toBe(0);
  });
});

it('many documents wait for few workers, and all are read', async () => {
  open({ workers: 2, offload: '1kb' });
  const bodies = Array.from({ length: 40 }, (_, index) => `{"n":${index},"x":"${'x'.repeat(2_000)}"}`);
  const found = await Promise.all(bodies.map((body) => responseOf(readings, body, json).select('$.n')));
  expect(found.flat()).toEqual(bodies.map((_, index) => index));
  expect(readings.offloaded).toBe(40);
});

it('a body can be read again after it went to a worker', async () => {
  const response = responseOf(open(), big, json);
  expect(await response.select('$[0]')).toEqual([1]);
  expect(await response.text()).toBe(big);
  expect(await response.select('$[1]')).toEqual([1]);
});

it('no worker is started for what is small', async () => {
  const small = '{"a":[1,2]}';
  open();
  expect(await responseOf(readings, small, json).json()).toEqual({ a: [1, 2] });
  expect(await responseOf(readings, small, json).select('$.a[*]')).toEqual([1, 2]);
  expect(await responseOf(readings, '<p>x', 'text/html').extract({ p: 'p' })).toEqual({ p: 'x' });
  expect(readings.offloaded).toBe(0);
});

function abortable() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort(new Error('enough')) };
}
