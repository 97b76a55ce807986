// The breaker as a session's users meet it, against a real server that goes down and comes back.
import { CircuitOpenError, HttpError, Session } from 'errand';
import { expect, it } from 'vitest';
import { serve } from './support/server.js';

it('answers for a host that is down, and finds out by one request when it is back', async () => {
  let status = 500;
  await using server = await serve((_, response) => response.writeHead(status).end());
  const breaker = { minimumRequests: 4, openFor: 50 };
  await using session = new Session({ guard: { allow: ['127.0.0.1'] }, retry: false, breaker });
  const circuit = () => session.stats().hosts[`127.0.0.1:${server.port}`]?.circuit;
  for (let count = 0; count < 4; count++) await expect(session.get(server.url)).rejects.toBeInstanceOf(HttpError);
  expect(circuit()).toBe('open');
  const refused = await session.get(server.url).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(CircuitOpenError);
  expect(refused).toMatchObject({ code: 'ERRAND_CIRCUIT_OPEN', attempts: 0, retryable: true });
  expect(server.requests).toHaveLength(4);
  status = 200;
  await expect.poll(circuit).toBe('half-open');
  const results = await Promise.allSettled([session.get(server.url), session.get(server.url), session.get(server.url)]);
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(circuit()).toBe('closed');
  expect((await session.get(server.url)).status).toBe(200);
});

it('never refuses where it is switched off', async () => {
  await using server = await serve((_, response) => response.writeHead(500).end());
  await using session = new Session({ guard: { allow: ['127.0.0.1'] }, retry: false, breaker: false });
  for (let count = 0; count < 30; count++) await expect(session.get(server.url)).rejects.toBeInstanceOf(HttpError);
});

it('ends a call that opens it with what the host did, not with the refusal', async () => {
  await using server = await serve((_, response) => response.writeHead(503).end());
  const breaker = { minimumRequests: 2 };
  await using session = new Session({ guard: { allow: ['127.0.0.1'] }, retry: { backoff: { base: 1 } }, breaker });
  await expect(session.get(server.url)).rejects.toMatchObject({ status: 503, attempts: 2 });
});
