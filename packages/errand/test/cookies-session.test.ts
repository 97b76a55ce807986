// Cookies over real servers: kept and given back on every hop, bounded against a server that sets thousands.
import { Session } from 'errand';
import { expect, test } from 'vitest';
import { serve } from './support/server.js';

test('a login by redirects works, in the session and in those extended from it', async () => {
  await using server = await serve((request, response) => {
    const signedIn = request.headers.cookie?.includes('sid=1') ?? false;
    if (request.method === 'POST')
      response.writeHead(303, { location: '/me', 'set-cookie': ['sid=1; Path=/; HttpOnly', 'theme=dark'] });
    else if (!signedIn) response.writeHead(302, { location: '/login' });
    response.end(request.headers.cookie);
  });
  await using session = new Session({ guard: false, cookies: true });
  expect(await session.post(`${server.url}/login`).text()).toBe('sid=1; theme=dark');
  expect(await session.get(`${server.url}/me`).text()).toBe('sid=1; theme=dark');
  await using extended = session.extend({ headers: { 'x-a': '1' } });
  expect(await extended.get(`${server.url}/me`).text()).toBe('sid=1; theme=dark');
  await using stranger = new Session({ guard: false, cookies: true });
  await expect(stranger.get(`${server.url}/me`, { redirect: 'error' })).rejects.toMatchObject({ reason: 'mode' });
});

test('secure cookies do not go over plain http, nor cookies of one port or host to another host', async () => {
  await using server = await serve((request, response) => {
    if (request.url === '/set')
      response.setHeader('set-cookie', ['s=1; Secure', '__Host-h=1; Secure; Path=/', 'p=1', 'd=1; Domain=com']);
    response.end(request.headers.cookie ?? 'none');
  });
  await using session = new Session({ guard: false, cookies: true });
  await session.get(`${server.url}/set`);
  expect(await session.get(server.url).text()).toBe('p=1');
  expect(await session.get(server.url.replace('127.0.0.1', 'localhost')).text()).toBe('none');
});

test('5 000 cookies of 4 kB leave a jar and a header of bounded size', async () => {
  let largest = 0;
  let next = 0;
  await using server = await serve((request, response) => {
    largest = Math.max(largest, request.headers.cookie?.length ?? 0);
    const lines = Array.from({ length: 3 }, () => `c${next++}=${'x'.repeat(4000)}`);
    response.writeHead(200, { 'set-cookie': lines }).end();
  });
  await using session = new Session({ guard: false, cookies: true });
  while (next < 5000) await session.get(server.url);
  expect(largest).toBeGreaterThan(4000);
  expect(largest).toBeLessThanOrEqual(8000);
});
