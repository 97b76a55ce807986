// What networks do to connections, one fault at a time: the right error on time, nothing hidden, nothing left behind, and the
// session goes on.
import { Session } from 'errand';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Fault, FaultProxy } from './support/fault-proxy.js';
import { serve, type TestServer } from './support/server.js';

const body = 'the same words '.repeat(2_000);
let fault: Fault = {};
let connections = 0;
let server: TestServer;
let proxy: FaultProxy;
let session: Session;
let url: string;
beforeAll(async () => {
  server = await serve((request, response) => {
    if (request.url === '/endless') {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'), 5);
      response.on('close', () => clearInterval(timer));
    } else if (request.url === '/chunked') {
      response.write(body.slice(0, 10_000));
      response.end(body.slice(10_000));
    } else {
      response.end(body);
    }
  });
  proxy = await FaultProxy.to(server.port, () => {
    connections++;
    return fault;
  });
  url = `http://127.0.0.1:${proxy.port}`;
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});
beforeEach(() => {
  connections = 0;
  session = new Session({
    guard: { allow: ['127.0.0.1'] },
    retry: 1,
    breaker: false,
    timeout: { total: 15_000 },
  });
  return () => session.close({ grace: 0 });
});

/** Asks for what the fault does something to, and then again when all is well. */
async function ask(done: Fault, path = '/', options: Parameters<Session['get']>[1] = {}): Promise<unknown> {
  fault = done;
  const outcome = await session
    .get(`${url}${path}`, options)
    .text()
    .catch((error: unknown) => error);
  fault = {};
  if (outcome instanceof Error) {
    expect(await session.get(`${url}/`).text()).toBe(body);
    expect(session.stats()).toMatchObject({ inFlight: 0, queued: 0, connections: { open: 1, idle: 1 } });
  }
  return outcome;
}
const hasty = { timeout: { headers: 300, idle: 300 } };

test.each<Fault>([
  { split: 7 },
  { gather: 20 },
  { latency: 20 },
  { bandwidth: 2_000, split: 4_096 },
  { split: 1_000, latency: 5 },
])('slow and torn is whole in the end: %o', async (done) => {
  expect(await ask(done)).toBe(body);
  expect(await ask(done, '/chunked')).toBe(body);
});

test.each([0, 10, 60, 200, 20_000])('a reset after %i bytes', async (resetAfter) => {
  expect(await ask({ resetAfter })).toMatchObject({ code: 'ERRAND_DISCONNECTED', retryable: true });
});

test.each([0, 10, 60, 190, 200, 19_990, 20_000])('an end after %i bytes', async (endAfter) => {
  const path = endAfter % 20 === 0 ? '/' : '/chunked';
  expect(await ask({ endAfter }, path)).toMatchObject({ code: 'ERRAND_DISCONNECTED', retryable: true });
});

test.each([0, 30])('silence after %i bytes of the head', async (silentAfter) => {
  expect(await ask({ silentAfter }, '/', hasty)).toMatchObject({
    code: 'ERRAND_TIMEOUT',
    phase: 'headers',
    limit: 300,
  });
});

test('silence in the middle of a body', async () => {
  expect(await ask({ silentAfter: 5_000 }, '/', hasty)).toMatchObject({
    code: 'ERRAND_TIMEOUT',
    phase: 'idle',
    limit: 300,
  });
});

test('nobody at the other end', async () => {
  expect(await ask({ blackhole: true }, '/', hasty)).toMatchObject({ code: 'ERRAND_TIMEOUT', phase: 'headers' });
});

test('a head that trickles in does not outlast its limit', async () => {
  expect(await ask({ split: 1, latency: 0, bandwidth: 0.05 }, '/', hasty)).toMatchObject({
    code: 'ERRAND_TIMEOUT',
    phase: 'headers',
  });
});

test('a body that trickles in for ever does not outlast the call', async () => {
  const started = performance.now();
  expect(await ask({}, '/endless', { timeout: 400 })).toMatchObject({
    code: 'ERRAND_TIMEOUT',
    phase: 'total',
    limit: 400,
  });
  expect(performance.now() - started).toBeLessThan(5_000);
});

test('a torn connection is tried again on a fresh one, and told in the trace', async () => {
  fault = { endAfter: 20_000 };
  const asked = session.get(`${url}/`, { retry: { attempts: 3, backoff: { base: 20, max: 40 } } });
  await expect.poll(() => connections, { interval: 1 }).toBe(1);
  fault = {};
  const response = await asked;
  expect(await response.text()).toBe(body);
  const [first, ...others] = response.trace.attempts;
  expect(first).toMatchObject({ error: 'ERRAND_DISCONNECTED', reusedConnection: false });
  expect(others.at(-1)).toMatchObject({ status: 200 });
});

test('a call whose time is up before it waits is late, and not limited by a rate that there is none of', async () => {
  const busy = (milliseconds: number) => {
    const until = performance.now() + milliseconds;
    while (performance.now() < until);
  };
  await using narrow = new Session({
    guard: { allow: ['127.0.0.1'] },
    limits: { '*': { concurrency: 1 } },
    middleware: {
      request: [
        (next) => (request) => {
          busy(4);
          return next(request);
        },
      ],
    },
  });
  fault = { latency: 50 };
  const first = narrow.get(`${url}/`);
  await expect(narrow.get(`${url}/`, { timeout: 1 })).rejects.toMatchObject({ code: 'ERRAND_TIMEOUT', phase: 'total' });
  expect(await first.text()).toBe(body);
});

test('a reader who leaves in the middle of it all leaves nothing', async () => {
  fault = { bandwidth: 3, split: 100 };
  const leave = async () => {
    await using response = await session.stream(`${url}/`);
    for await (const _ of response) return performance.now();
    return 0;
  };
  const left = await Promise.all(Array.from({ length: 5 }, leave));
  // What little is left is read away, but nobody waits ten seconds for it.
  expect(performance.now() - Math.max(...left)).toBeLessThan(2_000);
  fault = {};
  await session.close({ grace: 0 });
  expect(session.stats()).toMatchObject({ inFlight: 0, queued: 0, connections: { open: 0 } });
  await expect.poll(() => proxy.open).toBe(0);
});
