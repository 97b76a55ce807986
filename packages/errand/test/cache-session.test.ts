// The cache in a session: one request for twenty callers, hits without a request, revalidation, and what counts.
import { Session } from 'errand';
import { expect, test } from 'vitest';
import { serve } from './support/server.js';

test('twenty callers of one URL and an empty cache make one request; later ones are answered from the cache', async () => {
  await using server = await serve((_request, response) => {
    response.setHeader('cache-control', 'max-age=60').end('answer');
  });
  await using session = new Session({ guard: false, cache: true });
  const answers = await Promise.all(Array.from({ length: 20 }, () => session.get(server.url).text()));
  expect(new Set(answers)).toEqual(new Set(['answer']));
  expect(server.requests).toHaveLength(1);
  const hit = await session.get(server.url);
  expect([hit.fromCache, await hit.text()]).toEqual([true, 'answer']);
  const { body } = await session.fetch(server.url);
  expect(await new Response(body).text()).toBe('answer');
  expect(server.requests).toHaveLength(1);
  expect(session.stats().cacheHits).toBeGreaterThanOrEqual(2);
  await session.get(server.url, { cache: 'reload' });
  await session.get(server.url, { cache: false });
  expect(server.requests).toHaveLength(3);
});

test('a stale response is asked for with its validator, and kept when it still holds', async () => {
  await using server = await serve((request, response) => {
    response.setHeader('etag', '"v1"').setHeader('cache-control', 'max-age=0');
    if (request.headers['if-none-match'] === '"v1"') response.writeHead(304).end();
    else response.end('first');
  });
  await using session = new Session({ guard: false, cache: true });
  expect(await session.get(server.url).text()).toBe('first');
  const second = await session.get(server.url);
  expect([second.status, second.fromCache, await second.text()]).toEqual([200, true, 'first']);
  expect(server.requests[1]?.headers['if-none-match']).toBe('"v1"');
});
