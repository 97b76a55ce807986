// The examples of the README do what it says, on the real service.
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPageGateway } from '@errand/page-gateway';
import { Session } from 'errand';
import { expect, onTestFinished, test, vi } from 'vitest';
import { solverAt } from '../examples/solver.js';
import { isGenuine } from '../examples/verify-callback.js';
import { temporaryFolder } from './support/folder.js';
import { until } from './support/jobs.js';
import { startOrigin } from './support/origin.js';

vi.setConfig({ testTimeout: 60_000 });

async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function textOf(request: AsyncIterable<unknown>): Promise<string> {
  let text = '';
  for await (const part of request) text += part;
  return text;
}

const quiet = { port: 0, allow: ['127.0.0.1'], chromium: 'off', logLevel: 'silent' } as const;

test('a solver that asks a service: what it earned opens the page, and stays with the session', async () => {
  await using origin = await startOrigin();
  // A stand-in for a solving service.
  const posed: Array<Record<string, unknown>> = [];
  const service = await listen(async (request, response) => {
    posed.push(JSON.parse(await textOf(request)));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"cookies": ["datadome=solved; Path=/"]}');
  });
  await using session = new Session({ guard: { allow: [new URL(service).host] } });
  await using gateway = await createPageGateway({
    ...quiet,
    data: temporaryFolder(),
    solver: solverAt(session, service),
  });
  const options = { onCaptcha: 'solve', session: 'one' } as const;
  const first = await gateway.page(`${origin.url}/captcha`, options);
  expect([first.status, first.blocked, first.html]).toEqual([200, false, expect.stringContaining('A page')]);
  expect(posed).toMatchObject([
    {
      url: `${origin.url}/captcha`,
      vendor: 'datadome',
      html: expect.stringContaining('dd='),
      userAgent: expect.any(String),
    },
  ]);
  expect((await gateway.page(`${origin.url}/captcha`, options)).attempts).toBe(1);
  expect(posed).toHaveLength(1);
});

test('a solver whose service is down is none', async () => {
  await using origin = await startOrigin();
  const service = await listen((_request, response) => void response.writeHead(500).end());
  await using session = new Session({ guard: { allow: [new URL(service).host] } });
  await using gateway = await createPageGateway({
    ...quiet,
    data: temporaryFolder(),
    solver: solverAt(session, service),
  });
  await expect(gateway.page(`${origin.url}/captcha`, { onCaptcha: 'solve' })).rejects.toMatchObject({
    code: 'captcha_required',
  });
});

test('a callback is told from one that somebody made up, changed, or sent again', async () => {
  await using origin = await startOrigin();
  const posts: Array<{ headers: IncomingHttpHeaders; body: string }> = [];
  const callback = await listen(async (request, response) => {
    posts.push({ headers: request.headers, body: await textOf(request) });
    response.writeHead(204).end();
  });
  await using gateway = await createPageGateway({ ...quiet, data: temporaryFolder() });
  const body = JSON.stringify({ url: `${origin.url}/page`, callback });
  const { callback_secret: secret } = await (await fetch(`${gateway.url}/v1/jobs`, { method: 'POST', body })).json();
  await until(() => expect(posts).toHaveLength(1));
  const [{ headers, body: posted }] = posts as [(typeof posts)[0]];
  const header = String(headers['x-errand-signature']);
  expect(isGenuine(header, posted, secret)).toBe(true);
  expect(isGenuine(header, Buffer.from(posted), secret)).toBe(true);
  expect(isGenuine(header, posted.replace('finished', 'failed!!'), secret)).toBe(false);
  expect(isGenuine(header, posted, 'another')).toBe(false);
  expect(isGenuine(header, posted, secret, -1)).toBe(false);
  for (const wrong of [undefined, '', 'v1=00', header.replace('v1', 'v2')]) {
    expect(isGenuine(wrong, posted, secret)).toBe(false);
  }
});
