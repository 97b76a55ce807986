/** The bot's own page gateway, on the real thing. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Session } from 'errand';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { findChromium, requireChromium } from '../../../scripts/chromium.mjs';
import { OwnGateway } from '../src/page-gateway.js';
import { type Stage, startAll } from './start-all.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** A site that a program cannot read, but a browser can. */
const page = '<title>Behind the wall</title><meta name="description" content="What browsers are shown.">';
const site = createServer((request, response) => {
  const browser = /Chrome|Firefox|Safari/.test(request.headers['user-agent'] ?? '');
  const type = { 'content-type': 'text/html' };
  if (request.url === '/robots.txt') return void response.writeHead(404).end();
  response.writeHead(browser ? 200 : 403, type).end(browser ? `${page}<p>${'Words. '.repeat(50)}` : 'No bots, please.');
});
const warnings: string[] = [];
let stage: Stage;
let own: OwnGateway;
let wall: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(site.address() as AddressInfo).port}`;
  wall = `http://${host}/`;
  stage = await startAll({
    allow: [host],
    own: (data, allow) => {
      own = new OwnGateway({ data, allow }, (line) => void warnings.push(line));
      return own;
    },
  });
});
afterAll(async () => {
  await own.close();
  await stage[Symbol.asyncDispose]();
  site.closeAllConnections();
  await new Promise((resolve) => site.close(resolve));
});

it('takes a picture of the page by its browser', async (context) => {
  requireChromium(findChromium(), context);
  const reply = await stage.sandbox.slash('page', { url: `${stage.web.origin}/articles/queues` });
  expect(reply.embeds[0]?.title).toBe('The kindness of queues');
  expect(reply.attachments).toMatchObject([{ filename: 'page.png', contentType: 'image/png' }]);
});

it('reads a page that turns programs away', async () => {
  const reply = await stage.sandbox.slash('page', { url: wall });
  expect(reply.embeds[0]).toMatchObject({ title: 'Behind the wall', description: 'What browsers are shown.' });
});

it('is loaded once, and listens nowhere unless it was given ports', async () => {
  const [first, second] = await Promise.all([own.start(), own.start()]);
  expect(first).toBe(second);
  expect(first?.url).toBeUndefined();
});

it('takes the next port that is free, and is asked there', async () => {
  const { port } = new URL(stage.web.origin);
  const other = new OwnGateway(
    { data: join(stage.dataDir, 'other'), chromium: 'off' },
    (line) => void warnings.push(line),
  );
  const gateway = await other.start([Number(port), 0]);
  expect(gateway?.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  await using session = new Session();
  const pages = await other.pages(session);
  await expect(pages?.page(wall)).rejects.toMatchObject({ code: 'target_forbidden' });
  await other.close();
  await expect(fetch(`${gateway?.url}/healthz`)).rejects.toThrow();
});

it('is told of, and done without, where it cannot start', async () => {
  const none = new OwnGateway({ data: '/dev/null/nowhere' }, (line) => void warnings.push(line));
  await using session = new Session();
  expect(await none.pages(session)).toBeUndefined();
  expect(warnings).toEqual([expect.stringMatching(/^there is no page gateway: .*\/dev\/null/)]);
  await none.close();
});
