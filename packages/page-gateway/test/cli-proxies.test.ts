// `proxies check`: a row for each proxy with what it took and where it came out, and no credentials anywhere.

import { writeFileSync } from 'node:fs';
import { request as ask, createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { typed } from './support/command.js';
import { temporaryFolder } from './support/folder.js';
import { site } from './support/site.js';

/** A proxy as simple as one can be: it tunnels, and forwards absolute URLs. */
async function proxy(): Promise<number> {
  const server = createServer((request, response) => {
    ask(request.url ?? '', { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    }).end();
  });
  server.on('connect', (request, socket) => {
    const [host, port] = (request.url ?? '').split(':');
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [onward, socket]) end.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

test('a proxy that works, and one that does not', async () => {
  const echo = await site((_request, response) => void response.end('{"ip": "203.0.113.7"}'));
  const port = await proxy();
  const file = join(temporaryFolder(), 'proxies.txt');
  writeFileSync(file, `http://user:hidden@127.0.0.1:${port} country=de id=de-1\nsocks5://127.0.0.1:9 id=gone pool=b\n`);
  const words = ['proxies', 'check', file, '--via', `${echo.url}/`, '--allow', '127.0.0.1', '--times', '2'];
  const { code, out, err } = await typed(words);
  expect([code, err]).toEqual([1, '']);
  const [heads, first, second] = out.split('\n').map((line) => line.split(/ {2,}/));
  expect(heads).toEqual(['PROXY', 'PROTOCOL', 'LATENCY', 'EXIT ADDRESS', 'FAILURES', 'LAST ERROR', 'LABELS']);
  expect(first).toEqual(['de-1', 'http', expect.stringMatching(/^\d+ ms$/), '203.0.113.7', '0/2', '-', 'country=de']);
  expect(second).toEqual(['gone', 'socks5', '-', '-', '2/2', expect.any(String), 'pool=b']);
  expect(echo.asked).toHaveLength(2);
  const json = await typed([...words.slice(0, 3), ...words.slice(3), '--json']);
  expect(json.out + out).not.toContain('hidden');
  expect(JSON.parse(json.out.split('\n')[0]!)).toMatchObject({
    id: 'de-1',
    exitAddress: '203.0.113.7',
    successes: 2,
    failures: 0,
  });
});

test('a list that cannot be used is named with its line', async () => {
  const file = join(temporaryFolder(), 'proxies.txt');
  writeFileSync(file, 'http://127.0.0.1:1\nftp://secret@b\n');
  const wrong = await typed(['proxies', 'check', file]);
  expect(wrong.code).toBe(1);
  expect(wrong.err).toContain(`${file}:2`);
  expect(wrong.err).not.toContain('secret');
  writeFileSync(file, '# none yet\n');
  expect(await typed(['proxies', 'check', '--proxies', file])).toMatchObject({
    code: 2,
    err: expect.stringContaining('no proxy in it'),
  });
});
