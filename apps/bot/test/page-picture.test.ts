import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { drawLandscape } from '../src/demo/picture.js';
import { type Stage, startAll } from './start-all.js';

/** Takes pictures as the page gateway's `GET /v1/page` does. */
let status = 200;
const asked: IncomingMessage[] = [];
const gateway = createServer((request, response) => {
  asked.push(request);
  const told = { 'content-type': 'image/png', 'x-gateway-status': '200', 'x-gateway-engine': 'browser' };
  response.writeHead(status, told).end(drawLandscape('a page'));
});
let stage: Stage;

beforeAll(async () => {
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
  stage = await startAll({ pageGateway: { url, key: 'the-key' } });
});
beforeEach(() => {
  status = 200;
  asked.length = 0;
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  gateway.closeAllConnections();
  await new Promise((resolve) => gateway.close(resolve));
});

const page = () => stage.sandbox.slash('page', { url: `${stage.web.origin}/articles/queues` });

it('shows the picture that the page gateway took', async () => {
  const reply = await page();
  expect(reply.embeds[0]?.title).toBe('The kindness of queues');
  expect(reply.attachments).toMatchObject([{ filename: 'page.png', contentType: 'image/png' }]);
  expect(reply.embeds[0]?.image?.url).toMatch(/page\.png/);
  const query = new URL(asked[0]?.url ?? '', stage.web.origin).searchParams;
  expect(Object.fromEntries(query)).toMatchObject({ url: `${stage.web.origin}/articles/queues`, format: 'screenshot' });
  expect(asked[0]?.headers.authorization).toBe('Bearer the-key');
});

it('answers with the page’s own picture where none could be taken', async () => {
  status = 502;
  const reply = await page();
  expect(reply.attachments).toEqual([]);
  expect(reply.embeds[0]?.image?.url).toBe(`${stage.web.origin}/pictures/queues.png`);
});

it('lets nobody else at the gateway', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const { port } = gateway.address() as AddressInfo;
  const reply = await stage.sandbox.slash('http', { method: 'GET', url: `http://127.0.0.1:${port}/` });
  expect(reply.content).toMatch(/not allowed to open that address/);
  expect(asked).toEqual([]);
  log.mockRestore();
});
