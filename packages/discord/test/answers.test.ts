// What a command returns reaches the user, in a form that Discord accepts.
import { setTimeout as delay } from 'node:timers/promises';
import { AttachmentBuilder, EmbedBuilder } from 'discord.js';
import { expect, it } from 'vitest';
import { simple, stage } from './bots.js';

const png = Buffer.from('\x89PNG\r\n\x1a\n and so on', 'latin1');
const hundred = 'x'.repeat(100);

it('sends text, embeds and payloads with files', async () => {
  await using on = await stage([
    simple('text', async () => 'hello'),
    simple('embed', async () => ({ title: 't', description: 'd' })),
    simple('builder', async () => new EmbedBuilder().setTitle('t')),
    simple('payload', async () => ({
      content: 'c',
      embeds: [{ image: { url: 'attachment://a.png' } }],
      files: [{ name: 'a.png', attachment: png, contentType: 'image/png' }],
      components: [{ type: 1, components: [{ type: 2, style: 5, label: 'Link', url: 'https://example.com' }] }],
    })),
  ]);
  expect(await on.sandbox.slash('text')).toMatchObject({ content: 'hello' });
  expect((await on.sandbox.slash('embed')).embeds).toMatchObject([{ title: 't', description: 'd' }]);
  expect((await on.sandbox.slash('builder')).embeds).toMatchObject([{ title: 't' }]);
  const payload = await on.sandbox.slash('payload');
  expect(payload).toMatchObject({
    content: 'c',
    attachments: [{ filename: 'a.png', contentType: 'image/png', size: png.length }],
  });
  expect(payload.components).toHaveLength(1);
  expect(on.log.of('error')).toEqual([]);
});

it('pings nobody, deferred or not', async () => {
  const content = '@everyone @here <@1574495299315957761> <@&1574495299315957762>';
  await using on = await stage(
    [
      simple('quick', async () => content),
      simple('slow', () => delay(80, content)),
      simple('own', async (interaction) => void (await interaction.reply(content))),
    ],
    { deferAfter: 30 },
  );
  const bodies: unknown[] = [];
  const { rest } = on.bot.client;
  rest.on('response', ({ data }) => bodies.push(data.body));
  for (const name of ['quick', 'slow', 'own']) await on.sandbox.slash(name);
  const quiet = () => JSON.stringify(bodies).match(/"allowed_mentions":\{"parse":\[\]/g);
  await expect.poll(quiet).toHaveLength(3);
  rest.removeAllListeners('response');
});

it('cuts what is over a limit, before Discord can refuse it', async () => {
  const long = hundred.repeat(60);
  const fields = Array.from({ length: 30 }, (_, i) => ({ name: `${i}`, value: long }));
  await using on = await stage([
    simple('text', async () => long),
    simple('embeds', async () => ({
      embeds: Array.from({ length: 12 }, () => ({ title: long, description: long, fields })),
    })),
  ]);
  expect((await on.sandbox.slash('text')).content).toHaveLength(2000);
  const { embeds } = await on.sandbox.slash('embeds');
  expect(embeds[0]?.title).toHaveLength(256);
  expect(on.log.entries.filter(({ level }) => level !== 'info')).toEqual([]);
});

it('tries a refused answer again in simpler forms', async () => {
  const odd = { type: 1, components: [{ type: 2, style: 1, custom_id: 'x'.repeat(300), label: 'Button' }] };
  await using on = await stage(
    [
      simple('quick', async () => ({ content: 'seen', embeds: [{ title: 't' }], components: [odd] })),
      simple('slow', () => delay(80, { content: 'seen', embeds: [{ title: 't' }], components: [odd] })),
      simple('buttons', async () => ({ components: [odd] })),
      simple('unusable', async () => ({ components: [{ type: 1, components: 'none' }] })),
    ],
    { deferAfter: 30 },
  );
  for (const name of ['quick', 'slow']) {
    const reply = await on.sandbox.slash(name);
    expect(reply, name).toMatchObject({ content: 'seen', embeds: [{ title: 't' }], components: [] });
    expect(reply.error).toBeUndefined();
  }
  for (const name of ['buttons', 'unusable']) {
    expect((await on.sandbox.slash(name)).content, name).toMatch(/^I have an answer, but Discord/);
  }
  expect(on.log.of('warn').length).toBeGreaterThanOrEqual(4);
  expect(on.log.of('warn')[0]?.facts).toMatchObject({ command: 'quick', code: 50035, status: 400, refusal: 'invalid' });
  expect(on.log.text).not.toMatch(/aW50ZXJhY3Rpb24/);
});

it('leaves out a file that is too large, and says so', async () => {
  const large = {
    name: 'large.bin',
    attachment: Buffer.alloc(11 * 1024 * 1024),
    contentType: 'application/octet-stream',
  };
  const small = { name: 'small.png', attachment: png, contentType: 'image/png' };
  await using on = await stage(
    [
      simple('quick', async () => ({ content: 'two files', files: [large, small] })),
      simple('slow', () => delay(80, { files: [large] })),
    ],
    { deferAfter: 30 },
  );
  const quick = await on.sandbox.slash('quick');
  expect(quick.content).toMatch(/^two files\n-# A file was left out/);
  expect(quick.attachments).toMatchObject([{ filename: 'small.png' }]);
  expect((await on.sandbox.slash('slow')).content).toMatch(/^-# A file was left out/);
});

it('opens no path and no URL that stands in files', async () => {
  await using on = await stage([
    simple('path', async () => ({ content: 'c', files: ['/etc/hostname'] as never })),
    simple('url', async () => ({ content: 'c', files: [{ name: 'a', attachment: 'http://127.0.0.1:1/' }] as never })),
    simple('builder', async () => ({ files: [new AttachmentBuilder('/etc/hostname')] as never })),
  ]);
  for (const name of ['path', 'url', 'builder']) {
    const reply = await on.sandbox.slash(name);
    expect(reply).toMatchObject({ ephemeral: true, attachments: [] });
    expect(reply.content).toMatch(/^Something went wrong on my side/);
  }
  const errors = on.log.of('error');
  expect(errors).toHaveLength(3);
  for (const { facts } of errors) {
    expect(facts).toMatchObject({ error: 'ReplyError', reason: expect.stringMatching(/files\[0\]: expected/) });
  }
});
