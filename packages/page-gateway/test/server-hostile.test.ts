// Requests that are broken, huge or slow, at every layer that could answer them: each gets a problem, and the service lives on.
import { expect, test } from 'vitest';
import { problemIn, rawExchange, startServer } from './support/http-server.js';

function problemFrom(answer: string): Record<string, unknown> {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  expect(head).toMatch(/content-type: application\/problem\+json/i);
  const problem = JSON.parse(body) as Record<string, unknown>;
  expect(head.split(' ')[1]).toBe(String(problem.status));
  return problem;
}

const host = 'Host: localhost\r\n';

test.each([
  ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400, 'bad_request'],
  ['a broken request line', 'GET / HTTP/9.9\r\n\r\n', 400, 'bad_request'],
  ['a NUL in a header', `GET / HTTP/1.1\r\n${host}a: \0\r\n\r\n`, 400, 'bad_request'],
  ['two lengths', `POST / HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`, 400, 'bad_request'],
  [
    'a length and chunks',
    `POST / HTTP/1.1\r\n${host}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
    'bad_request',
  ],
  ['no Host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'bad_request'],
  ['headers without end', `GET / HTTP/1.1\r\n${host}${'a: bbbbbbbb\r\n'.repeat(20_000)}`, 431, 'headers_too_large'],
  ['an endless address', `GET /?url=${'a'.repeat(200_000)} HTTP/1.1\r\n${host}\r\n`, 431, 'headers_too_large'],
  ['an expectation', `GET / HTTP/1.1\r\n${host}Expect: the-worst\r\n\r\n`, 400, 'bad_request'],
  ['a tunnel', `CONNECT example.com:443 HTTP/1.1\r\n${host}\r\n`, 405, 'method_not_allowed'],
  ['broken percent signs in the path', `GET /%zz HTTP/1.1\r\n${host}Connection: close\r\n\r\n`, 400, 'bad_request'],
  [
    'broken percent signs in the query',
    `GET /?url=%zz HTTP/1.1\r\n${host}Connection: close\r\n\r\n`,
    400,
    'bad_parameter',
  ],
  ['bytes that are no UTF-8', `GET /?url=%ff%fe HTTP/1.1\r\n${host}Connection: close\r\n\r\n`, 400, 'bad_parameter'],
  [
    'a NUL in the target',
    `GET /?url=http://a.example/%00 HTTP/1.1\r\n${host}Connection: close\r\n\r\n`,
    400,
    'bad_parameter',
  ],
  ['an unknown method', `PROPFIND / HTTP/1.1\r\n${host}Connection: close\r\n\r\n`, 405, 'method_not_allowed'],
  ['an absolute address', `GET http://example.com/x HTTP/1.1\r\n${host}Connection: close\r\n\r\n`, 404, 'not_found'],
])('%s', async (_name, text, status, code) => {
  await using started = await startServer();
  const problem = problemFrom(await rawExchange(started.port, Buffer.from(text, 'latin1')));
  expect([problem.status, problem.code]).toEqual([status, code]);
  expect((await fetch(`${started.base}/healthz`)).status).toBe(200);
});

test('10 MB of query are refused without being taken', async () => {
  await using started = await startServer();
  const answer = await rawExchange(
    started.port,
    `GET /?url=${'a'.repeat(10 * 1024 ** 2)} HTTP/1.1\r\n${host}\r\n`,
  ).catch((error: NodeJS.ErrnoException) => error.code);
  // The sender may see the closed connection before the answer, as it has not stopped sending.
  if (answer !== 'ECONNRESET' && answer !== 'EPIPE')
    expect(problemFrom(answer!)).toMatchObject({ code: 'headers_too_large' });
  expect((await fetch(`${started.base}/healthz`)).status).toBe(200);
});

test('a head that comes drop by drop is ended', async () => {
  await using started = await startServer({ bounds: { headTime: 200 } });
  const answer = await rawExchange(started.port, `GET / HTTP/1.1\r\n${host}a: `);
  expect(problemFrom(answer)).toMatchObject({ code: 'request_timeout', status: 408 });
});

test('a body that never ends is ended', async () => {
  await using started = await startServer({ bounds: { headTime: 100, requestTime: 300 } });
  const text = `POST /?url=http://a.example/ HTTP/1.1\r\n${host}Content-Length: 100\r\n\r\nab`;
  expect(problemFrom(await rawExchange(started.port, text))).toMatchObject({ code: 'request_timeout' });
});

test('a body that is too large is refused by its length, or when it has become so', async () => {
  await using started = await startServer({ bounds: { body: 1000 } });
  const url = `${started.base}/?url=http://a.example/`;
  expect(await problemIn(await fetch(url, { method: 'POST', body: 'a'.repeat(1001) }))).toMatchObject({
    code: 'too_large',
    status: 413,
  });
  expect((await fetch(url, { method: 'POST', body: 'a'.repeat(1000) })).status).toBe(200);
  const chunked = `POST /?url=http://a.example/ HTTP/1.1\r\n${host}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n${'a'.repeat(2000)}\r\n0\r\n\r\n`;
  expect(problemFrom(await rawExchange(started.port, chunked))).toMatchObject({ code: 'too_large' });
});

test('a content type that is none passes through, since nobody here reads the body', async () => {
  await using started = await startServer();
  const text = `POST /?url=http://a.example/ HTTP/1.1\r\n${host}Connection: close\r\nContent-Type: ;;;\r\nContent-Length: 1\r\n\r\na`;
  const [head = ''] = (await rawExchange(started.port, text)).split('\r\n');
  expect(head).toMatch(/ (200|415) /);
});

test('what there is not is 404, a wrong method is 405 and tells the right ones', async () => {
  await using started = await startServer();
  expect(await problemIn(await fetch(`${started.base}/nothing/here?auth_key=hush`))).toMatchObject({
    code: 'not_found',
    status: 404,
  });
  const wrong = await fetch(`${started.base}/v1/usage`, { method: 'POST', body: '{}' });
  expect(wrong.headers.get('allow')).toBe('GET, HEAD');
  expect(await problemIn(wrong)).toMatchObject({ code: 'method_not_allowed', status: 405 });
});

test('the head of an error is an error without a body', async () => {
  await using started = await startServer();
  const response = await fetch(`${started.base}/v1/page`, { method: 'HEAD' });
  expect(response.status).toBe(400);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(Number(response.headers.get('content-length'))).toBeGreaterThan(100);
  expect(await response.text()).toBe('');
});

test('a caller who takes nothing of its answer is left', async () => {
  const { answerTo } = await import('./support/http-server.js');
  await using started = await startServer({
    bounds: { readTime: 200 },
    answer: async (request) => answerTo(request, { body: 'x'.repeat(50 * 1024 ** 2) }),
  });
  const { connect } = await import('node:net');
  const socket = connect(started.port, '127.0.0.1');
  socket.pause();
  socket.on('error', () => {});
  socket.write(`GET /?url=http://a.example/ HTTP/1.1\r\n${host}\r\n`);
  const connections = () =>
    new Promise<number>((resolve) => started.server.app.server.getConnections((_, count) => resolve(count)));
  await expect.poll(connections, { timeout: 5000 }).toBe(1);
  await expect.poll(connections, { timeout: 5000 }).toBe(0);
  socket.destroy();
});
