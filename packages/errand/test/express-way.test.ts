// A call that goes by the defaults alone takes a shorter way than one that a middleware is in the list for. Whoever asks
// cannot tell which: the same answers, errors, attempts and counts, and nothing left on either way.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import {
  ErrandError,
  type HttpResponse,
  type Middleware,
  type RequestOptions,
  Session,
  type SessionOptions,
} from 'errand';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { serve } from './support/server.js';

/** In the list for nothing but to be there. */
const idle: Middleware = (next) => (request) => next(request);

const options: SessionOptions = {
  guard: { allow: ['127.0.0.1'] },
  limits: { '*': { concurrency: 2 } },
  retry: { attempts: 3, backoff: { base: 1, max: 2 } },
  timeout: { total: '3s', headers: 150, idle: 150 },
  redirect: { max: 3 },
  maxBodySize: 4_000,
};

/** What the server does, by path; `n` counts how often it was asked so. */
const answers: Record<string, (response: ServerResponse, n: number, request: IncomingMessage) => unknown> = {
  '/ok': (response) => response.setHeader('x-name', 'ok').end('fine'),
  '/gzip': (response) => response.setHeader('content-encoding', 'gzip').end(gzipSync('packed')),
  '/missing': (response) => response.writeHead(404).end('no such thing'),
  '/down': (response) => response.writeHead(503).end('down'),
  '/shaky': (response, n) => response.writeHead(n % 3 === 2 ? 200 : 500).end(`${n % 3}`),
  '/cut': (response, n) => (n % 2 === 0 ? response.destroy() : response.end('whole')),
  '/torn': (response) => {
    response.writeHead(200, { 'content-length': 100 }).write('half');
    setImmediate(() => response.destroy());
  },
  '/silent': () => {},
  '/large': (response) => response.end('x'.repeat(10_000)),
  '/there': (response) => response.writeHead(302, { location: '/ok' }).end(),
  '/shaky-there': (response, n) =>
    n % 2 === 0 ? response.writeHead(500).end() : response.writeHead(307, { location: '/gzip' }).end(),
  '/circle': (response) => response.writeHead(301, { location: '/circle' }).end(),
  '/far': (response, n) => response.writeHead(301, { location: `/far?${n}` }).end(),
  '/inside': (response) => response.writeHead(301, { location: 'http://169.254.169.254/' }).end(),
  '/nowhere': (response) => response.writeHead(301).end('here'),
};

async function server() {
  const asked = new Map<string, number>();
  return serve((request, response) => {
    const key = `${request.headers['x-way']} ${request.url?.split('?')[0]}`;
    const n = asked.get(key) ?? 0;
    asked.set(key, n + 1);
    return answers[request.url?.split('?')[0] ?? '']?.(response, n, request);
  });
}

async function outcomeOf(call: Promise<HttpResponse>): Promise<unknown> {
  try {
    const response = await call;
    return {
      status: response.status,
      text: await response.text(),
      history: response.history,
      attempts: response.trace.attempts.map(({ url, status, error }) => ({ url, status, error })),
    };
  } catch (error) {
    if (!(error instanceof ErrandError)) return String(error);
    const { code, attempts, method, url, retryable } = error;
    return { code, attempts, method, url, retryable };
  }
}

test.each([
  ...Object.keys(answers).map((path) => [path, {}] as const),
  ['/missing', { throwHttpErrors: false }],
  ['/there', { redirect: 'manual' }],
  ['/there', { redirect: 'error' }],
  ['/shaky', { retry: false }],
  ['/ok', { signal: AbortSignal.abort(new Error('never mind')) }],
  ['/silent', { timeout: 60, retry: false }],
] satisfies Array<readonly [string, RequestOptions]>)('%s %o', async (path, call) => {
  await using origin = await server();
  const ask = async (way: string, more: SessionOptions) => {
    await using session = new Session({ ...options, ...more, headers: { 'x-way': way } });
    const outcome = await outcomeOf(session.get(origin.url + path, call));
    const { requests, succeeded, failed, retried, inFlight, queued } = session.stats();
    return { outcome, requests, succeeded, failed, retried, inFlight, queued };
  };
  const short = await ask('short', {});
  expect(short).toEqual(await ask('list', { middleware: { attempt: [idle] } }));
  expect(short).toMatchObject({ requests: 1, inFlight: 0, queued: 0 });
});

test('a crowd on either way is told the same, whoever leaves meanwhile', async () => {
  await using origin = await server();
  const calm = ['/ok', '/gzip', '/missing', '/there', '/large', '/nowhere'];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ path: fc.constantFrom(...calm), leaves: fc.boolean(), lane: fc.constantFrom('a', 'b') }), {
        minLength: 1,
        maxLength: 30,
      }),
      async (calls) => {
        const ask = async (more: SessionOptions) => {
          await using session = new Session({ ...options, ...more });
          const outcomes = calls.map(({ path, leaves, lane }) => {
            const controller = new AbortController();
            const outcome = outcomeOf(session.get(origin.url + path, { lane, signal: controller.signal }));
            if (leaves) controller.abort();
            return outcome;
          });
          const told = await Promise.all(outcomes);
          const { inFlight, queued, succeeded, failed } = session.stats();
          return { told, inFlight, queued, succeeded, failed };
        };
        const short = await ask({});
        expect(short).toEqual(await ask({ middleware: { attempt: [idle] } }));
        expect(short).toMatchObject({ inFlight: 0, queued: 0 });
      },
    ),
    { numRuns: 40 },
  );
});

test('a host that goes down while they wait is found out by none of those behind', async () => {
  let asked = 0;
  await using origin = await serve(async (_request, response) => {
    asked++;
    await delay(2);
    response.writeHead(500).end();
  });
  await using session = new Session({
    ...options,
    retry: false,
    breaker: { minimumRequests: 4, failureRate: 0.5, openFor: '1m' },
  });
  const told = await Promise.all(Array.from({ length: 60 }, () => outcomeOf(session.get(origin.url))));
  const codes = told.map((each) => (each as { code: string }).code);
  expect(new Set(codes)).toEqual(new Set(['ERRAND_HTTP_STATUS', 'ERRAND_CIRCUIT_OPEN']));
  expect(asked).toBeLessThan(10);
  expect(codes.filter((code) => code === 'ERRAND_HTTP_STATUS')).toHaveLength(asked);
});
