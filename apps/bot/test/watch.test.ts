import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { eventually, type Stage, startAll } from './start-all.js';

interface Site {
  readonly server: Server;
  readonly url: string;
  readonly host: string;
  readonly seen: Array<IncomingMessage['headers']>;
  text: string;
  status: number;
}

let site: Site;
let stage: Stage;

beforeEach(async () => {
  site = await startSite();
  stage = await startAll({ allow: [site.host], session: { retry: false } });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await stage[Symbol.asyncDispose]();
  site.server.closeAllConnections();
  await new Promise((resolve) => site.server.close(resolve));
});

const embeds = () => stage.sandbox.messages().flatMap((message) => message.embeds);
const posted = (title: RegExp) => embeds().filter((embed) => title.test(embed.title ?? ''));

it('tells the channel what changed, asking only for what is new', async () => {
  const reply = await stage.sandbox.slash('watch', { url: site.url });
  expect(reply.content).toMatch(/^I watch \[The price of tea\]\(.*\), every second\./);
  await eventually(() => site.seen.length >= 2);
  expect(site.seen[1]?.['if-none-match']).toBe('"4 euros"');
  expect(posted(/^Changed/)).toHaveLength(0);
  site.text = '5 euros';
  const [news] = await eventually(() => posted(/^Changed/).length > 0 && posted(/^Changed/));
  expect(news).toMatchObject({ title: 'Changed: The price of tea', url: site.url });
  expect(news?.description).toContain('- Tea: 4 euros');
  expect(news?.description).toContain('+ Tea: 5 euros');
});

it('goes on after a restart, and tells what changed meanwhile', async () => {
  await stage.sandbox.slash('watch', { url: site.url, every: 300 });
  site.text = '6 euros';
  await asleep({ dueAt: 0 });
  await eventually(() => posted(/^Changed/).length > 0);
  const list = await stage.sandbox.slash('watch');
  expect(list).toMatchObject({ ephemeral: true });
  expect(list.content).toContain(site.url);
});

it('lists and stops, for the server that it runs in only', async () => {
  await stage.sandbox.slash('watch', { url: site.url });
  expect((await stage.sandbox.slash('watch', {}, { guild: 'elsewhere' })).content).toMatch(/^Nothing runs here/);
  const [choice] = await stage.sandbox.autocomplete('watch', 'stop', '127');
  expect(choice?.name).toBe(site.url);
  expect((await stage.sandbox.slash('watch', { stop: 'nonsense' })).content).toMatch(/^There is none like that/);
  const stopped = await stage.sandbox.slash('watch', { stop: String(choice?.value) });
  expect(stopped.content).toMatch(/^Stopped: /);
  expect((await stage.sandbox.slash('watch')).content).toMatch(/^Nothing runs here/);
  expect(await readdir(join(stage.dataDir, 'watches'))).toEqual([]);
});

it('takes ten for a server and each only once', async () => {
  const watch = (path: string) => stage.sandbox.slash('watch', { url: `${site.url}${path}`, every: 300 });
  for (let count = 0; count < 10; count += 1) expect((await watch(`page${count}`)).content).toMatch(/^I watch/);
  expect((await watch('page11')).content).toBe('There are 10 here already: end one first.');
  expect((await watch('page1')).content).toBe('That one runs in this channel already.');
});

it('says once when a page cannot be read any more, and when it is back', async () => {
  await stage.sandbox.slash('watch', { url: site.url, every: 300 });
  site.status = 500;
  await asleep({ dueAt: 0, failures: 2 });
  const [trouble] = await eventually(() => posted(/cannot be read$/).length > 0 && posted(/cannot be read$/));
  expect(trouble?.description).toMatch(/has a problem/);
  expect(stage.warnings).toHaveLength(1);
  expect(stage.warnings[0]).toMatch(
    /^watch \w+: ERRAND_HTTP_STATUS GET 127\.0\.0\.1:\d+ attempt 1; next look in 2400 s$/,
  );
  site.status = 200;
  await asleep({ dueAt: 0 });
  await eventually(() => posted(/is back$/).length > 0);
  expect(posted(/cannot be read$/)).toHaveLength(1);
});

it('forgets a watch whose channel is gone, and puts a file aside that it cannot read', async () => {
  await stage.sandbox.slash('watch', { url: site.url });
  site.text = '7 euros';
  await writeFile(join(stage.dataDir, 'watches', 'broken.json'), '{"id": ');
  await asleep({ dueAt: 0, channel: '123456789012345678' });
  await eventually(() => stage.warnings.some((line) => line.includes('its channel is gone')));
  expect(stage.warnings.some((line) => line.includes('broken.json.unreadable'))).toBe(true);
  await stage.bot.stop();
  expect(await readdir(join(stage.dataDir, 'watches'))).toEqual(['broken.json.unreadable']);
});

/** The bot is restarted, and what it kept of its only watch is changed meanwhile. */
async function asleep(change: object): Promise<void> {
  await stage.bot.stop();
  const folder = join(stage.dataDir, 'watches');
  const [file = ''] = (await readdir(folder)).filter((name) => name !== 'broken.json');
  const saved = JSON.parse(await readFile(join(folder, file), 'utf8'));
  await writeFile(join(folder, file), JSON.stringify({ ...saved, ...change }));
  await stage.restart();
}

it('refuses privately what it cannot look at', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const reply = await stage.sandbox.slash('watch', { url: 'http://10.0.0.1/' });
  expect(reply).toMatchObject({ ephemeral: true });
  expect(reply.content).toMatch(/not allowed to open that address/);
});

function startSite(): Promise<Site> {
  const seen: Site['seen'] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers);
    const tag = `"${site.text}"`;
    response.setHeader('etag', tag);
    if (site.status !== 200) return response.writeHead(site.status).end();
    if (request.headers['if-none-match'] === tag) return response.writeHead(304).end();
    response.setHeader('content-type', 'text/html; charset=utf-8');
    return response.end(
      `<title>The price of tea</title><script>var t = ${Math.random()}</script><p>Tea: <b>${site.text}</b></p>`,
    );
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      resolve({ server, host, url: `http://${host}/`, seen, text: '4 euros', status: 200 });
    });
  });
}
