// The cache over a real server and through a session's life: background work that ends with it, streams, statuses, stores.
import { once } from 'node:events';
import { HttpError, Session } from 'errand';
import { expect, test } from 'vitest';
import { serve } from './support/server.js';

test('closing the session ends what it asked in the background', async () => {
  await using server = await serve((_, response) => {
    if (server.requests.length === 1)
      response.setHeader('cache-control', 'max-age=0, stale-while-revalidate=60').end('old');
    else server.server.emit('asked');
  });
  const session = new Session({ guard: false, cache: true });
  await session.get(server.url);
  const asked = once(server.server, 'asked');
  expect(await session.get(server.url).text()).toBe('old');
  await asked;
  expect(session.stats().inFlight).toBe(1);
  await session.close({ grace: 0 });
  expect(session.stats().inFlight).toBe(0);
});

test('stale-if-error bridges a dead server, and only-if-cached asks nobody', async () => {
  await using session = new Session({ guard: false, cache: true, retry: false });
  let url = '';
  {
    await using server = await serve((_, response) => {
      response.setHeader('cache-control', 'max-age=0, stale-if-error=60').end('kept');
    });
    url = server.url;
    expect(await session.get(url).text()).toBe('kept');
  }
  const response = await session.get(url);
  expect([response.fromCache, await response.text()]).toEqual([true, 'kept']);
  expect(await session.get(url, { cache: 'only-if-cached' }).text()).toBe('kept');
  const error = await session.get(`${url}/other`, { cache: 'only-if-cached' }).catch((reason) => reason);
  expect(error).toBeInstanceOf(HttpError);
  expect([error.status, error.attempts]).toEqual([504, 0]);
});

test('a stream that was read fills the cache, and is filled by it', async () => {
  await using server = await serve((_, response) => {
    response.setHeader('cache-control', 'max-age=60');
    for (let index = 0; index < 100; index++) response.write('0123456789'.repeat(100));
    response.end();
  });
  await using session = new Session({ guard: false, cache: true });
  const read = async () => {
    await using response = await session.stream(server.url);
    let length = 0;
    for await (const chunk of response) length += chunk.length;
    return length;
  };
  expect([await read(), await read(), (await session.get(server.url).bytes()).length]).toEqual([
    100_000, 100_000, 100_000,
  ]);
  expect(server.requests).toHaveLength(1);
});

test('errors that may be cached are errors from the cache too; redirects are followed from it', async () => {
  await using server = await serve((request, response) => {
    response.setHeader('cache-control', 'max-age=60');
    if (request.url === '/old') response.writeHead(301, { location: '/new' }).end();
    else if (request.url === '/new') response.end('new');
    else response.writeHead(404).end('gone');
  });
  await using session = new Session({ guard: false, cache: true });
  for (const _ of [1, 2]) {
    const error = await session.get(`${server.url}/gone`).catch((reason) => reason);
    expect([error.status, await error.response.text()]).toEqual([404, 'gone']);
    const response = await session.get(`${server.url}/old`);
    expect([await response.text(), response.history.length]).toEqual(['new', 1]);
  }
  expect(server.requests).toHaveLength(3);
});

test('what varies by cookie is not given to those with another', async () => {
  await using server = await serve((request, response) => {
    if (request.url === '/login') response.setHeader('set-cookie', 'sid=1; Path=/').end();
    else
      response
        .setHeader('cache-control', 'max-age=60')
        .setHeader('vary', 'Cookie')
        .end(request.headers.cookie ?? 'nobody');
  });
  await using session = new Session({ guard: false, cache: true, cookies: true });
  expect(await session.get(server.url).text()).toBe('nobody');
  expect(await session.get(server.url).text()).toBe('nobody');
  await session.get(`${server.url}/login`);
  expect(await session.get(server.url).text()).toBe('sid=1');
  expect(await session.get(server.url).text()).toBe('sid=1');
  expect(server.requests).toHaveLength(3);
});
