// A streamed body holds its host's slot no longer than its exchange lasts, whether or not anybody reads it.
import { Session, TimeoutError } from 'errand';
import { expect, test } from 'vitest';
import { serve } from './support/server.js';

test('a small body that came whole and is never read gives its slot back at its last byte', async () => {
  await using server = await serve((_request, response) => response.end('small'));
  await using session = new Session({ guard: false, limits: { '*': { concurrency: 1 } } });
  const unread = await session.stream(server.url);
  expect(await session.get(server.url).text()).toBe('small');
  await unread.close();
});

test('a body that nobody reads is given up after `idle`, and its slot with it', async () => {
  await using server = await serve((request, response) => {
    if (request.url === '/endless') {
      const send = () => response.write(Buffer.alloc(65_536)) && setImmediate(send);
      response.on('drain', send);
      send();
    } else response.end('next');
  });
  await using session = new Session({ guard: false, limits: { '*': { concurrency: 1 } }, timeout: { idle: 150 } });
  const unread = await session.stream(`${server.url}/endless`);
  expect(await session.get(`${server.url}/next`).text()).toBe('next');
  const error = await unread[Symbol.asyncIterator]()
    .next()
    .catch((reason) => reason);
  expect(error).toBeInstanceOf(TimeoutError);
  expect(error.phase).toBe('idle');
});
