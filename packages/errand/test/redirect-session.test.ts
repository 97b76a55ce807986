// Redirects over real servers: counted exactly, guarded hop by hop, with nobody's secrets going along.
import { BlockedAddressError, type BodyInput, RedirectError, Session } from 'errand';
import { expect, test } from 'vitest';
import { serve } from './support/server.js';

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

test('exactly 10, 1 and 0 are followed', async () => {
  await using server = await serve((request, response) => {
    const left = Number(request.url?.slice(1));
    if (left === 0) response.end('there');
    else response.writeHead(302, { location: `/${left - 1}` }).end('moved');
  });
  await using session = new Session({ guard: false });
  for (const max of [10, 1, 0]) {
    const options = { redirect: { max } };
    const response = await session.get(`${server.url}/${max}`, options);
    expect([await response.text(), response.history.length, response.url]).toEqual(['there', max, `${server.url}/0`]);
    const error = await failure(session.get(`${server.url}/${max + 1}`, options));
    expect(error).toBeInstanceOf(RedirectError);
    expect(error).toMatchObject({ reason: 'too-many', code: 'ERRAND_REDIRECT', url: `${server.url}/${max + 1}` });
  }
});

test('secrets stay with their origins, and come back with them', async () => {
  await using other = await serve((_, response) => response.writeHead(307, { location: `${base.url}/back` }).end());
  await using base = await serve((request, response) => {
    if (request.url === '/back') response.end('home');
    else response.writeHead(307, { location: `${other.url}/away` }).end();
  });
  await using session = new Session({
    guard: false,
    baseUrl: base.url,
    headers: { 'x-session': 'mine' },
    credentials: { [base.url]: { bearer: 'secret', headers: { 'x-api-key': 'secret' } } },
    cookies: true,
  });
  const headers = { 'x-call': '1', cookie: 'own=1', accept: 'text/plain' };
  expect(await session.get('/start', { headers }).text()).toBe('home');
  const [away] = other.requests;
  expect(away?.headers).toMatchObject({ accept: 'text/plain' });
  for (const name of ['authorization', 'x-api-key', 'x-session', 'x-call', 'cookie']) {
    expect([name, away?.headers[name]]).toEqual([name, undefined]);
    expect([name, base.requests[0]?.headers[name] !== undefined]).toEqual([name, true]);
  }
  expect(base.requests[1]?.headers).toMatchObject({
    authorization: 'Bearer secret',
    'x-api-key': 'secret',
    'x-session': 'mine',
  });
  expect(base.requests[1]?.headers['x-call']).toBeUndefined();
});

test('the guard looks at every hop', async () => {
  await using server = await serve((_, response) => response.writeHead(302, { location: 'http://127.0.0.2/' }).end());
  await using session = new Session({ guard: { allow: [`127.0.0.1:${server.port}`] } });
  expect(await failure(session.get(server.url))).toBeInstanceOf(BlockedAddressError);
});

test('bodies are sent again where they can be, within the origin', async () => {
  await using server = await serve(async (request, response) => {
    const body = [];
    for await (const chunk of request) body.push(chunk as Buffer);
    const to = new URL(request.url as string, 'http://x').searchParams.get('to');
    if (to !== null) response.writeHead(Number(request.headers['x-status']), { location: to }).end();
    else response.end(`${request.method} ${Buffer.concat(body)} ${request.headers['content-type'] ?? ''}`);
  });
  await using session = new Session({ guard: false });
  const post = (status: number, body: BodyInput, to = '/there') =>
    session.post(`${server.url}/?to=${encodeURIComponent(to)}`, {
      body,
      headers: { 'x-status': String(status), 'content-type': 'text/x' },
    });
  expect(await post(307, 'text').text()).toBe('POST text text/x');
  expect(await post(308, () => new Blob(['again']).stream()).text()).toBe('POST again text/x');
  expect(await post(302, 'text').text()).toBe('GET  ');
  expect(await post(303, new Blob(['once']).stream()).text()).toBe('GET  ');
  expect(await failure(post(307, new Blob(['once']).stream()))).toMatchObject({ reason: 'body' });
  const elsewhere = server.url.replace('127.0.0.1', 'localhost');
  expect(await failure(post(307, 'text', elsewhere))).toMatchObject({ reason: 'body' });
});

test('streams are redirected one at a time through a host with one slot', async () => {
  await using server = await serve((request, response) => {
    if (request.url === '/') response.writeHead(301, { location: '/there' }).end('x'.repeat(100_000));
    else response.end('there');
  });
  await using session = new Session({ guard: false, limits: { '*': { concurrency: 1 } }, timeout: '5s' });
  await using response = await session.stream(server.url);
  let text = '';
  for await (const chunk of response) text += Buffer.from(chunk);
  expect([text, response.history.length]).toEqual(['there', 1]);
});
