// Limits of time: each names its phase, fires when it says, and never earlier.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Session, TimeoutError } from 'errand';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listening } from './support/peers.js';
import { requestHead, serve, serveRaw, type TestServer } from './support/server.js';

let server: TestServer;
let session: Session;
beforeAll(async () => {
  server = await serve((request, response) => {
    const path = request.url as string;
    if (path === '/held') response.write('begun');
    else if (path === '/redirect') setTimeout(() => response.writeHead(302, { location: '/redirect?x' }).end(), 20);
    else if (path.startsWith('/redirect?'))
      setTimeout(() => response.writeHead(302, { location: `${path}x` }).end(), 20);
    else if (path === '/503') response.writeHead(503).end();
    else if (path === '/drip') {
      const timer = setInterval(() => response.write('x'), 10);
      response.on('close', () => clearInterval(timer));
    }
  });
  session = new Session({ guard: false, retry: false, timeout: '10s' });
});
afterAll(async () => {
  await session.close({ grace: 0 });
  await server[Symbol.asyncDispose]();
});

/** The error, after at least `limit` milliseconds and not much more. */
async function timedOut(outcome: Promise<unknown>, phase: string, limit: number): Promise<TimeoutError> {
  const begun = performance.now();
  const error = await outcome.then(
    () => new Error('it was answered'),
    (reason) => reason,
  );
  const took = performance.now() - begun;
  expect(error).toBeInstanceOf(TimeoutError);
  expect(error).toMatchObject({ phase, limit, code: 'ERRAND_TIMEOUT' });
  expect(took).toBeGreaterThan(limit * 0.8 - 5);
  expect(took).toBeLessThan(limit + 1_500);
  return error;
}

describe('headers', () => {
  it.each([50, 150, 300])('%i ms', async (limit) => {
    await timedOut(session.get(`${server.url}/silent`, { timeout: { headers: limit } }), 'headers', limit);
  });

  it('interim responses do not renew it', async () => {
    await using interim = await serveRaw(async (socket) => {
      await requestHead(socket);
      const timer = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 10);
      socket.on('close', () => clearInterval(timer));
    });
    await timedOut(session.get(interim.url, { timeout: { headers: 120 } }), 'headers', 120);
  });
});

describe('idle', () => {
  it('between two pieces on the way down, collected and streamed', async () => {
    await timedOut(session.get(`${server.url}/held`, { timeout: { idle: 60 } }), 'idle', 60);
    const response = await session.stream(`${server.url}/held`, { timeout: { idle: 60 } });
    const reading = async () => {
      for await (const _ of response);
    };
    expect(await reading().catch((error) => error.phase)).toBe('idle');
  });

  it('on the way up, where the peer stops reading', async () => {
    await using deaf = await serveRaw((socket) => socket.pause());
    const body = async function* () {
      for (;;) yield Buffer.alloc(65_536);
    };
    const upload = session.post(deaf.url, { body: body(), timeout: { idle: 150 } });
    const error = await upload.catch((reason) => reason);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error.phase).toBe('idle');
  });

  it('pieces that come in time renew it', async () => {
    const error = await session.get(`${server.url}/drip`, { timeout: { idle: 100, total: 250 } }).catch((each) => each);
    expect(error.phase).toBe('total');
  });
});

describe('connect', () => {
  it('a peer that never answers the handshake', async () => {
    const silent = await listening(createServer());
    await timedOut(session.get(`https://127.0.0.1:${silent.port}/`, { timeout: { connect: 80 } }), 'connect', 80);
  });

  it('a name that is never resolved', async () => {
    const unresolved = new Session({ guard: false, retry: false, dns: { lookup: () => new Promise(() => undefined) } });
    await timedOut(unresolved.get('http://never.test/', { timeout: { connect: 80 } }), 'connect', 80);
    await unresolved.close({ grace: 0 });
  });
});

describe('total', () => {
  it.each([
    ['while silent', '/silent', {}],
    ['in the body', '/drip', {}],
    ['between redirects', '/redirect', { redirect: { max: 1_000 } }],
    ['while backing off', '/503', { retry: { attempts: 1_000, backoff: { base: 5, max: 10 }, budget: 1 } }],
  ] as const)('%s', async (_, path, options) => {
    const begun = performance.now();
    const error = await session.get(`${server.url}${path}`, { ...options, timeout: 150 }).catch((reason) => reason);
    // A retry that would come after the deadline is not waited for: the answer in hand is given.
    if (path === '/503') expect(error.status ?? error.phase).toBeDefined();
    else expect(error).toMatchObject({ phase: 'total', limit: 150 });
    expect(performance.now() - begun).toBeLessThan(1_600);
  });

  it('in the queue, which has a limit of its own', async () => {
    const narrow = new Session({ guard: false, retry: false, limits: { '*': { concurrency: 1 } } });
    const first = narrow.get(`${server.url}/silent`).catch(() => undefined);
    await once(server.server, 'request');
    await timedOut(narrow.get(`${server.url}/a`, { timeout: { queue: 60 } }), 'queue', 60);
    await timedOut(narrow.get(`${server.url}/a`, { timeout: 80 }), 'total', 80);
    await narrow.close({ grace: 0 });
    await first;
  });
});

it('what makes no sense is a TypeError at the call', () => {
  for (const timeout of [-1, Number.NaN, 'soon', { headers: 'never' }, { idle: -5 }])
    expect(() => session.get(server.url, { timeout: timeout as number })).toThrow(TypeError);
});
