// Bots without a gateway: the same commands over signed HTTP requests, in node:http, Hono, and as Workers call a handler.
import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { command, type InteractionsHandler, interactionsHandler, nodeListener } from '@errand/discord';
import { MessageFlags, SlashCommandBuilder } from 'discord.js';
import { Session } from 'errand';
import { Hono } from 'hono';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Recorder, simple, startWeb, type Web } from './bots.js';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const keyInHex = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');
const png = Buffer.from('\x89PNG\r\n\x1a\n rest', 'latin1');

let started = 0;
const commands = [
  simple('quick', async (interaction) => `hi ${interaction.user.username}`),
  simple('slow', () => {
    started++;
    return delay(120, 'late answer');
  }),
  simple('ephemeral', async () => 'secret', { ephemeral: true }),
  simple('boom', async () => Promise.reject(new Error('boom'))),
  simple('file', async () => ({ content: 'c', files: [{ name: 'a.png', attachment: png, contentType: 'image/png' }] })),
  simple('own', async (interaction) => {
    await interaction.reply('first');
    await interaction.editReply('edited');
    await interaction.followUp('more');
    return undefined;
  }),
  simple('asking', async (interaction) => {
    const { resource } = await interaction.reply({ content: 'asked', withResponse: true });
    await interaction.editReply(`id ${resource?.message?.id}`);
    return undefined;
  }),
  simple('modal', async (interaction) => {
    await interaction.showModal({ custom_id: 'form', title: 'F', components: [] });
    return undefined;
  }),
  command({
    data: new SlashCommandBuilder()
      .setName('place')
      .setDescription('d')
      .addStringOption((o) => o.setName('city').setDescription('c').setRequired(true).setAutocomplete(true))
      .addUserOption((o) => o.setName('who').setDescription('w')),
    async execute({ options }) {
      return `${options.getString('city', true)} ${options.getUser('who')?.username}`;
    },
    async autocomplete({ options }) {
      return [{ name: options.getFocused(), value: options.getFocused() }];
    },
  }),
];

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: Record<string, unknown>;
}
let asked: Asked[] = [];
/** How many requests about an interaction's messages fail first, as they do while Discord still reads the response. */
let early = 0;
let discord: Web;
let session: Session;
let log: Recorder;
let handler: InteractionsHandler;

beforeAll(async () => {
  session = new Session();
  discord = await startWeb(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const path = (request.url ?? '').replace('/api/v10', '');
    response.setHeader('content-type', 'application/json');
    if (path.startsWith('/webhooks') && early-- > 0) {
      return void response.writeHead(404).end(JSON.stringify({ code: 10015, message: 'Unknown Webhook' }));
    }
    asked.push({ method: request.method ?? '', path, body: text.startsWith('{') ? JSON.parse(text) : { text } });
    const message = {
      id: '77',
      channel_id: '5',
      content: 'x',
      author: { id: '9', username: 'bot' },
      attachments: [],
      embeds: [],
      mentions: [],
      mention_roles: [],
      type: 0,
      timestamp: new Date().toISOString(),
    };
    const made = path.includes('with_response=true')
      ? { interaction: { id: '1', type: 2 }, resource: { type: 4, message } }
      : message;
    return void response.end(JSON.stringify(made));
  });
});
afterAll(async () => {
  await discord[Symbol.asyncDispose]();
  await session.close();
});
beforeEach(() => {
  asked = [];
  early = 0;
  log = new Recorder();
  const rest = { api: `${discord.url}/api` };
  handler = interactionsHandler(keyInHex, commands, session, { deferAfter: 40, rest, log });
  return () => handler.stop();
});

let count = 0;
function interaction(name: string, more: Record<string, unknown> = {}, type = 2): Record<string, unknown> {
  const { options, resolved, ...rest } = more;
  return {
    id: String((BigInt(Date.now() - 1_420_070_400_000) << 22n) + BigInt(++count)),
    application_id: '42',
    type,
    token: `token-${count}`,
    version: 1,
    locale: 'en-US',
    user: { id: '7', username: 'ada', discriminator: '0', avatar: null },
    channel: { id: '5', type: 1 },
    data: { id: '3', type: 1, name, options, resolved },
    ...rest,
  };
}

function signed(payload: unknown, change: { body?: string; signature?: string; timestamp?: string } = {}): Request {
  const body = JSON.stringify(payload);
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = sign(null, Buffer.from(timestamp + body), privateKey).toString('hex');
  return new Request('http://bot.example/interactions', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-signature-ed25519': change.signature ?? signature,
      'x-signature-timestamp': change.timestamp ?? timestamp,
    },
    body: change.body ?? body,
  });
}

const ask = async (payload: unknown) => (await handler(signed(payload))).json() as Promise<Record<string, never>>;

it('answers a ping', async () => {
  expect(await ask({ type: 1, id: '1', application_id: '42', token: 't', version: 1 })).toEqual({ type: 1 });
});

it('refuses whatever Discord has not signed', async () => {
  const payload = interaction('quick');
  const other = sign(null, Buffer.from('x'), privateKey).toString('hex');
  for (const change of [
    { body: JSON.stringify({ type: 1 }) },
    { signature: other },
    { signature: '' },
    { signature: 'zz'.repeat(64) },
    { timestamp: '1' },
    { timestamp: '' },
  ]) {
    expect((await handler(signed(payload, change))).status, JSON.stringify(change)).toBe(401);
  }
  const unsigned = new Request('http://bot.example/', { method: 'POST', body: JSON.stringify(payload) });
  expect((await handler(unsigned)).status).toBe(401);
  expect((await handler(new Request('http://bot.example/'))).status).toBe(405);
  expect((await handler(signed('x'.repeat(2_000_000)))).status).toBe(413);
  expect((await handler(signed('no interaction'))).status).toBe(400);
  expect((await handler(signed({ ...interaction('x'), type: 3 }))).status).toBe(400);
});

it('says at once that a public key is none', () => {
  for (const key of ['', 'abc', 'z'.repeat(64), undefined as never]) {
    expect(() => interactionsHandler(key, [], session)).toThrow(
      /publicKey: expected 64 hexadecimal digits.*General Information/,
    );
  }
});

it('answers in the response where the command is quick', async () => {
  expect(await ask(interaction('quick'))).toMatchObject({
    type: 4,
    data: { content: 'hi ada', allowed_mentions: { parse: [] } },
  });
  expect(await ask(interaction('ephemeral'))).toMatchObject({ type: 4, data: { flags: MessageFlags.Ephemeral } });
  expect(await ask(interaction('boom'))).toMatchObject({
    type: 4,
    data: { flags: MessageFlags.Ephemeral, content: expect.stringMatching(/^Something went wrong/) },
  });
  expect(await ask(interaction('modal'))).toMatchObject({ type: 9, data: { custom_id: 'form' } });
  expect(await ask(interaction('unheard'))).toMatchObject({
    type: 4,
    data: { content: expect.stringMatching(/no longer/) },
  });
  expect(asked).toEqual([]);
});

it('defers where it is slow, tells the platform, and edits the answer', async () => {
  const waited: Promise<unknown>[] = [];
  const payload = interaction('slow');
  const response = await handler(signed(payload), { waitUntil: (work) => void waited.push(work) });
  expect(await response.json()).toMatchObject({ type: 5 });
  expect(waited).toHaveLength(1);
  early = 2;
  await Promise.all(waited);
  expect(asked).toMatchObject([
    { method: 'PATCH', path: `/webhooks/42/${payload.token}/messages/%40original`, body: { content: 'late answer' } },
  ]);
  expect(log.of('error')).toEqual([]);
});

it('lets a command answer by itself, edit and follow up', async () => {
  expect(await ask(interaction('own'))).toMatchObject({ type: 4, data: { content: 'first' } });
  await expect
    .poll(() => asked.map(({ method, body }) => [method, body.content]))
    .toEqual([
      ['PATCH', 'edited'],
      ['POST', 'more'],
    ]);
});

it('answers by a request of its own where the command wants to know what came of it', async () => {
  const response = await handler(signed(interaction('asking')));
  expect(response.status).toBe(202);
  await expect
    .poll(() => asked.map(({ method, body }) => [method, body.content ?? body.type]))
    .toEqual([
      ['POST', 4],
      ['PATCH', 'id 77'],
    ]);
});

it('sends files', async () => {
  const response = await handler(signed(interaction('file')));
  const form = await response.formData();
  expect(JSON.parse(String(form.get('payload_json')))).toMatchObject({
    type: 4,
    data: { content: 'c', attachments: [{ id: '0' }] },
  });
  const file = form.get('files[0]') as File;
  expect(file.name).toBe('a.png');
  expect(Buffer.from(await file.arrayBuffer())).toEqual(png);
});

it('reads options as discord.js does, and completes them', async () => {
  const user = { id: '8', username: 'grace', discriminator: '0', avatar: null };
  const options = [
    { type: 3, name: 'city', value: 'Tallinn' },
    { type: 6, name: 'who', value: '8' },
  ];
  expect(await ask(interaction('place', { options, resolved: { users: { 8: user } } }))).toMatchObject({
    data: { content: 'Tallinn grace' },
  });
  const typing = [{ type: 3, name: 'city', value: 'Tal', focused: true }];
  expect(await ask(interaction('place', { options: typing }, 4))).toEqual({
    type: 8,
    data: { choices: [{ name: 'Tal', value: 'Tal' }] },
  });
});

it('answers a replayed request once', async () => {
  const payload = interaction('quick');
  const request = signed(payload);
  const copy = request.clone();
  expect((await handler(request)).status).toBe(200);
  expect((await handler(copy)).status).toBe(409);
});

it('works in node:http', async () => {
  const server = createServer(nodeListener(handler)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const request = signed(interaction('quick'));
  const response = await fetch(url, { method: 'POST', headers: request.headers, body: await request.text() });
  expect(await response.json()).toMatchObject({ type: 4 });
  expect((await fetch(url)).status).toBe(405);
  server.closeAllConnections();
  server.close();
});

it('works in Hono, beside other interactions', async () => {
  const own = interactionsHandler(keyInHex, commands, session, {
    log,
    otherwise: ({ type }) => Response.json({ type: type === 3 ? 6 : 4 }),
  });
  const app = new Hono().post('/interactions', (c) => own(c.req.raw));
  expect(await (await app.request(signed(interaction('quick')))).json()).toMatchObject({ type: 4 });
  expect(await (await app.request(signed(interaction('x', {}, 3)))).json()).toEqual({ type: 6 });
  await own.stop();
});

it('tells who comes while it stops to come back, and leaves the session open', async () => {
  started = 0;
  const slow = handler(signed(interaction('slow')));
  await expect.poll(() => started).toBe(1);
  const stopped = handler.stop();
  expect(await ask(interaction('quick'))).toMatchObject({ data: { content: expect.stringMatching(/restarting/) } });
  expect(await (await slow).json()).toMatchObject({ type: 5 });
  await stopped;
  expect(asked).toMatchObject([{ body: { content: 'late answer' } }]);
  expect(session.closed).toBe(false);
});
