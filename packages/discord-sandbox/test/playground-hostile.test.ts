import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { get, request } from 'node:http';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startSandbox } from '../src/index.js';
import { HOSTILE } from './playground-answers.js';
import { browserTest } from './playground-stage.js';

browserTest('whatever a bot or a user writes stays text', async ({ open, sandbox }) => {
  const it = await open();
  await it.send('/hostile');
  await it.said('pwned');
  await it.last.getByRole('button', { name: HOSTILE.slice(0, 80) }).waitFor();
  await it.send(HOSTILE);
  await it.said('You said: <img');
  sandbox.say(sandbox.channelId, HOSTILE, { user: HOSTILE });
  await it.log.locator('.author', { hasText: '<script>' }).waitFor();
  await sandbox.slash('ping', {}, { user: 'x', guild: HOSTILE });
  await it.page
    .getByRole('button', { name: /^<img src=x/ })
    .first()
    .waitFor();
  expect(await it.page.evaluate(() => (window as { pwned?: number }).pwned)).toBeUndefined();
  expect(await it.page.locator('body script, img[src="x"], b').count()).toBe(0);
  const addresses = await it.page
    .locator('a')
    .evaluateAll((all) => all.map((each) => new URL((each as HTMLAnchorElement).href).protocol));
  expect(new Set(addresses)).toEqual(new Set(['http:']));
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

async function ask(url: string, method = 'GET', headers: Record<string, string> = {}): Promise<Answer> {
  const sent = request(url, { method, headers }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let body = '';
  for await (const piece of response) body += String(piece);
  return { status: response.statusCode!, headers: response.headers, body };
}

test('the page comes with a policy that lets nothing foreign run', async () => {
  await using sandbox = await startSandbox();
  const { headers, body } = await ask(sandbox.url);
  const policy = headers['content-security-policy'];
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toContain('unsafe');
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['referrer-policy']).toBe('no-referrer');
  expect(body).not.toMatch(/<script(?![^>]*src=)/);
  expect(body).not.toMatch(/<style|style=|https?:\/\//);
});

test('only files of the page are sent', async () => {
  await using sandbox = await startSandbox();
  for (const path of [
    'package.json',
    '../package.json',
    '..%2f..%2fpackage.json',
    'assets/',
    '%00',
    '%ff',
    'assets/../../index.js',
  ]) {
    const { status } = await ask(`${sandbox.url}${path}`);
    expect([path, status]).toEqual([path, 404]);
  }
  expect((await ask(sandbox.url, 'POST')).status).toBe(405);
  expect(await ask(sandbox.url, 'HEAD')).toMatchObject({ status: 200, body: '' });
});

async function knock(url: string, headers: Record<string, string>, path = 'playground/socket'): Promise<number> {
  const knocking = get(`${url}${path}`, {
    headers: {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      ...headers,
    },
  });
  return new Promise((resolve, reject) => {
    knocking.on('error', reject);
    knocking.on('response', (response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    knocking.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve(response.statusCode!);
    });
  });
}

test('only the page itself may open the socket', async () => {
  await using sandbox = await startSandbox();
  const { origin, host, port } = new URL(sandbox.url);
  expect(await knock(sandbox.url, { Origin: origin })).toBe(101);
  expect(await knock(sandbox.url, { Origin: `http://localhost:${port}`, Host: `localhost:${port}` })).toBe(101);
  const foreign: Record<string, string>[] = [
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
    { Origin: `http://localhost:${port}`, Host: host },
    { Origin: `http://evil.example:${port}`, Host: `evil.example:${port}` },
    {},
  ];
  for (const headers of foreign) expect([headers, await knock(sandbox.url, headers)]).toEqual([headers, 403]);
  expect(await knock(sandbox.url, { Origin: origin }, 'playground/other')).toBe(404);
});

test('a message that is none of the playground’s closes the socket, and nothing else', async () => {
  await using sandbox = await startSandbox();
  const { origin } = new URL(sandbox.url);
  const bad = [
    '',
    '{',
    '[]',
    '{"type":"toString"}',
    '{"type":"enter"}',
    '{"type":"fault","request":1,"fault":{"name":"__proto__"}}',
  ];
  for (const text of bad) {
    const socket = new WebSocket(`${sandbox.url.replace('http', 'ws')}playground/socket`, { origin });
    await once(socket, 'open');
    socket.send(text);
    const [code] = await once(socket, 'close');
    expect([text, code]).toEqual([text, 1008]);
  }
  expect((await ask(sandbox.url)).status).toBe(200);
});

test('one user can neither read nor dismiss what only another one sees, nor write in foreign direct messages', async () => {
  await using sandbox = await startSandbox();
  const { origin } = new URL(sandbox.url);
  const socket = new WebSocket(`${sandbox.url.replace('http', 'ws')}playground/socket`, { origin });
  await once(socket, 'open');
  const next = async () => JSON.parse(String((await once(socket, 'message'))[0]));
  socket.send(JSON.stringify({ type: 'enter', user: 'mallory', locale: '' }));
  const first = await next();
  expect(first).toMatchObject({ type: 'snapshot', snapshot: { viewer: { username: 'mallory' } } });
  const foreign = sandbox.direct('ada').id;
  expect(foreign).not.toBe(first.snapshot.dm.id);
  const answers: unknown[] = [];
  socket.on('message', (data) => answers.push(JSON.parse(String(data))));
  socket.send(JSON.stringify({ type: 'say', request: 1, channel: foreign, content: 'Boo', files: [] }));
  socket.send(JSON.stringify({ type: 'say', request: 2, channel: '1', content: 'Boo', files: [] }));
  const there = { type: 'result', error: 'There is no such channel here.' };
  await expect
    .poll(() => answers)
    .toEqual(
      expect.arrayContaining([
        expect.objectContaining({ ...there, request: 1 }),
        expect.objectContaining({ ...there, request: 2 }),
      ]),
    );
  expect(sandbox.messages()).toEqual([]);
  socket.terminate();
});
