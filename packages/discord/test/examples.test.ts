// The examples for bots with a main of their own, on a sandbox: each answers, fails politely, and stops.
import { type Sandbox, startSandbox } from '@errand/discord-sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as necord from '../examples/necord.js';
import * as oceanic from '../examples/oceanic.js';
import * as plain from '../examples/plain.js';
import * as sapphire from '../examples/sapphire.js';
import type { Stop } from '../examples/settings.js';
import { startWeb, type Web } from './bots.js';

const png = Buffer.from('\x89PNG\r\n\x1a\n rest', 'latin1');
let web: Web;

beforeAll(async () => {
  web = await startWeb(({ url }, response) => {
    if (url === '/pages.json') response.setHeader('content-type', 'application/json').end('["tallinn","tartu"]');
    else if (url === '/picture') response.end(png);
    else if (url === '/missing') response.writeHead(404).end();
    else response.setHeader('content-type', 'text/html').end(`<title>Page ${url}</title>`);
  });
});
afterAll(() => web[Symbol.asyncDispose]());

const kinds: Array<[string, (sandbox: Sandbox) => Promise<Stop>]> = [
  ['plain discord.js', (sandbox) => plain.start(settings(sandbox))],
  ['Sapphire', (sandbox) => sapphire.start(settings(sandbox))],
  ['Necord', (sandbox) => necord.start(settings(sandbox))],
  ['oceanic.js', (sandbox) => oceanic.start({ ...settings(sandbox), rest: { baseURL: `${sandbox.rest.api}/v10` } })],
];

function settings({ token, rest }: Sandbox) {
  const { host } = new URL(web.url);
  return { token, rest, site: web.url, session: { guard: { allow: [host] } } };
}

describe.each(kinds)('%s', (name, start) => {
  let sandbox: Sandbox;
  let stop: Stop;

  beforeAll(async () => {
    sandbox = await startSandbox({ playground: false });
    stop = await start(sandbox);
  });
  afterAll(() => sandbox.close());

  it('fetches and answers', async () => {
    const title = await sandbox.slash('title', { page: '/tallinn' });
    expect(title.error).toBeUndefined();
    expect(title.embeds).toMatchObject([{ title: 'Page /tallinn', url: `${web.url}/tallinn` }]);
    expect((await sandbox.slash('picture')).attachments).toMatchObject([{ filename: 'picture.png', size: png.length }]);
  });

  it('fails politely and privately', async () => {
    const { content } = await sandbox.slash('title', { page: '/missing' }, { user: 'grace', locale: 'de' });
    expect(content).toMatch(/^Unter dieser Adresse gibt es nichts/);
    expect(sandbox.messages().at(-1)).toMatchObject({ content, ephemeral: true });
  });

  if (name !== 'oceanic.js') {
    it('suggests', async () => {
      expect(await sandbox.autocomplete('title', 'page', 'tal')).toEqual([{ name: 'tallinn', value: 'tallinn' }]);
    });
  }

  if (name === 'Sapphire') {
    it('runs commands of the framework beside ours', async () => {
      expect((await sandbox.slash('status')).embeds).toMatchObject([{ title: 'It is up', description: 'Status 200' }]);
    });
  }

  it('stops', async () => {
    const began = performance.now();
    await stop();
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
