import { gzipSync } from 'node:zlib';
import { HttpError, Session } from 'errand';
import { expect, test } from 'vitest';
import { serve } from './support/server.js';

test('every method, text and JSON, over one connection that goes back to the pool', async () => {
  await using server = await serve((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ method: request.method, body, type: request.headers['content-type'] ?? null }));
    });
  });
  await using session = new Session({ guard: false });
  expect(await session.get(server.url).json()).toEqual({ method: 'GET', body: '', type: null });
  expect(await session.post(server.url, { json: { a: 1 } }).json()).toEqual({
    method: 'POST',
    body: '{"a":1}',
    type: 'application/json',
  });
  expect(await session.put(server.url, { form: { a: 1, b: 'x y' } }).json()).toMatchObject({
    method: 'PUT',
    body: 'a=1&b=x+y',
  });
  expect(await session.patch(server.url, { body: 'text' }).json()).toMatchObject({ method: 'PATCH', body: 'text' });
  expect(await session.delete(server.url).json()).toMatchObject({ method: 'DELETE', body: '' });
  expect(await session.options(server.url).json()).toMatchObject({ method: 'OPTIONS' });
  const head = await session.head(server.url);
  expect([head.status, (await head.bytes()).length]).toEqual([200, 0]);
  expect(server.connections).toBeLessThanOrEqual(3);
});

test('gzip is undone, a status rejects with the response in hand', async () => {
  await using server = await serve((request, response) => {
    if (request.url === '/gzip') response.setHeader('content-encoding', 'gzip').end(gzipSync('hello'));
    else response.writeHead(404, { 'content-type': 'application/json' }).end('{"why":"gone"}');
  });
  await using session = new Session({ guard: false });
  expect(await session.get(`${server.url}/gzip`).text()).toBe('hello');
  const error = await session.get(`${server.url}/x?token=secret`).catch((reason) => reason);
  expect(error).toBeInstanceOf(HttpError);
  expect(error.status).toBe(404);
  expect(await error.response.json()).toEqual({ why: 'gone' });
  expect(error.message).toContain('/x?token=***');
});
