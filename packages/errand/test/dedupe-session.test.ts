// Deduplicated GETs over a real server: one request for all, each caller with a deadline and a leave of its own.
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Session, TimeoutError } from 'errand';
import { expect, test } from 'vitest';
import { serve } from './support/server.js';

async function holding() {
  const held: ServerResponse[] = [];
  const server = await serve((_, response) => {
    held.push(response);
    server.server.emit('held');
  });
  return { server, held, arrived: () => once(server.server, 'held') };
}

test('the first of five aborts: the other four succeed, with one request in all', async () => {
  const { server, held, arrived } = await holding();
  await using _ = server;
  await using session = new Session({ guard: false, dedupe: true });
  const controller = new AbortController();
  const first = session.get(server.url, { signal: controller.signal }).catch((error) => error.code);
  const others = Array.from({ length: 4 }, () => session.get(server.url));
  await arrived();
  controller.abort();
  expect(await first).toBe('ERRAND_ABORTED');
  held[0]?.end('all');
  const responses = await Promise.all(others);
  expect(await Promise.all(responses.map((each) => each.text()))).toEqual(['all', 'all', 'all', 'all']);
  for (const { trace } of responses) expect(trace.attempts).toMatchObject([{ status: 200 }]);
  expect(server.requests).toHaveLength(1);
  expect(session.stats()).toMatchObject({ deduped: 4, requests: 5, succeeded: 4, failed: 1, inFlight: 0 });
});

test('the last to leave cancels the request', async () => {
  const { server, held, arrived } = await holding();
  await using _ = server;
  await using session = new Session({ guard: false, dedupe: true });
  const controller = new AbortController();
  const short = session.get(server.url, { timeout: 80 }).catch((error) => error);
  const long = session.get(server.url, { signal: controller.signal }).catch((error) => error.code);
  await arrived();
  const gone = once(held[0] as ServerResponse, 'close');
  const error = await short;
  expect(error).toBeInstanceOf(TimeoutError);
  expect(error).toMatchObject({ phase: 'total', limit: 80, attempts: 1 });
  expect(held[0]?.destroyed).toBe(false);
  controller.abort();
  expect(await long).toBe('ERRAND_ABORTED');
  await gone;
  expect(server.requests).toHaveLength(1);
});

test('closing the session settles all who share a flight', async () => {
  const { server, arrived } = await holding();
  await using _ = server;
  const session = new Session({ guard: false, dedupe: true });
  const codes = [1, 2, 3].map(() => session.get(server.url).catch((error) => error.code));
  await arrived();
  await session.close({ grace: 0 });
  expect(await Promise.all(codes)).toEqual(Array(3).fill('ERRAND_SESSION_CLOSED'));
});
