// The acknowledgement: in time, once, by the command or by the timer, whichever is first.
import { setTimeout as delay } from 'node:timers/promises';
import { MessageFlags } from 'discord.js';
import { expect, it } from 'vitest';
import { simple, stage } from './bots.js';

const reply = 'the answer';

it.concurrent('does not defer a command that is quick, and defers one that is not', async () => {
  await using on = await stage(
    [
      simple('quick', async () => reply),
      simple('slow', async () => {
        await delay(250);
        return reply;
      }),
    ],
    { deferAfter: 100 },
  );
  const quick = await on.sandbox.slash('quick');
  expect(quick).toMatchObject({ content: reply, deferred: false, ephemeral: false });
  const slow = await on.sandbox.slash('slow');
  expect(slow).toMatchObject({ content: reply, deferred: true, ephemeral: false });
  expect(slow.acknowledgedAfter).toBeGreaterThanOrEqual(90);
  expect(on.log.of('error')).toEqual([]);
});

it.concurrent('defers after 1.5 s where nothing else is said', async () => {
  await using on = await stage([
    simple('slow', async () => {
      await delay(1_700);
      return reply;
    }),
  ]);
  const slow = await on.sandbox.slash('slow');
  expect(slow).toMatchObject({ content: reply, deferred: true });
  expect(slow.acknowledgedAfter).toBeGreaterThan(1_400);
  expect(slow.acknowledgedAfter).toBeLessThan(2_900);
});

it.concurrent('never acknowledges twice, however close the command comes to the timer', async () => {
  const deferAfter = 60;
  await using on = await stage(
    [
      simple(
        'race',
        async ({ options }) => {
          await delay(options.getInteger('ms', true));
          return reply;
        },
        {},
        (builder) => builder.addIntegerOption((o) => o.setName('ms').setDescription('ms').setRequired(true)),
      ),
    ],
    { deferAfter },
  );
  const around = Array.from({ length: 40 }, (_, i) => deferAfter - 20 + i);
  const replies = await Promise.all(around.map((ms) => on.sandbox.slash('race', { ms })));
  for (const { content, error } of replies) expect({ content, error }).toEqual({ content: reply, error: undefined });
  expect(replies.some(({ deferred }) => deferred)).toBe(true);
  expect(on.log.entries.filter(({ level }) => level !== 'info')).toEqual([]);
});

it.concurrent('lets a command answer by itself before, during and after the deferral', async ({ expect }) => {
  await using on = await stage(
    [
      simple(
        'own',
        async (interaction) => {
          await delay(interaction.options.getInteger('ms', true));
          await interaction.reply({ content: reply, embeds: [{ title: 't' }] });
          await interaction.editReply({ content: `${reply}!` });
          await interaction.followUp('more');
          return undefined;
        },
        {},
        (builder) => builder.addIntegerOption((o) => o.setName('ms').setDescription('ms').setRequired(true)),
      ),
    ],
    { deferAfter: 60 },
  );
  for (const ms of [0, 55, 58, 60, 62, 65, 150]) {
    const before = on.sandbox.messages().length;
    const seen = await on.sandbox.slash('own', { ms });
    expect(seen.error).toBeUndefined();
    await expect.poll(() => on.sandbox.messages().length).toBe(before + 2);
    const [answer, more] = on.sandbox.messages().slice(-2);
    expect(answer?.content).toBe(`${reply}!`);
    expect(answer?.embeds[0]?.title).toBe('t');
    expect(more?.content).toBe('more');
  }
  expect(on.log.of('error')).toEqual([]);
});

it.concurrent('lets a command defer by itself, before or after the timer', async () => {
  await using on = await stage(
    [
      simple(
        'own',
        async (interaction) => {
          await delay(interaction.options.getInteger('ms', true));
          await interaction.deferReply();
          await interaction.deferReply().catch(() => {});
          return reply;
        },
        {},
        (builder) => builder.addIntegerOption((o) => o.setName('ms').setDescription('ms').setRequired(true)),
      ),
    ],
    { deferAfter: 60 },
  );
  for (const ms of [0, 58, 60, 62, 120]) {
    expect(await on.sandbox.slash('own', { ms })).toMatchObject({ content: reply, deferred: true });
  }
});

it.concurrent('gives reply() its results whether or not it was deferred before', async ({ expect }) => {
  const seen: unknown[] = [];
  await using on = await stage(
    [
      simple(
        'own',
        async (interaction) => {
          await delay(interaction.options.getInteger('ms', true));
          const response = await interaction.reply({ content: reply, withResponse: true });
          seen.push(response.resource?.message?.content);
          return undefined;
        },
        {},
        (builder) => builder.addIntegerOption((o) => o.setName('ms').setDescription('ms').setRequired(true)),
      ),
    ],
    { deferAfter: 40 },
  );
  await on.sandbox.slash('own', { ms: 0 });
  await on.sandbox.slash('own', { ms: 90 });
  await expect.poll(() => seen).toEqual([reply, reply]);
});

it.concurrent('keeps an ephemeral command private whichever way it answers', async () => {
  await using on = await stage(
    [
      simple('quick', async () => reply, { ephemeral: true }),
      simple('slow', () => delay(100, reply), { ephemeral: true }),
      simple('own', async (interaction) => void (await interaction.reply(reply)), { ephemeral: true }),
      simple('flagged', async () => ({ content: reply, flags: MessageFlags.Ephemeral })),
    ],
    { deferAfter: 40 },
  );
  for (const name of ['quick', 'slow', 'own', 'flagged']) {
    expect(await on.sandbox.slash(name), name).toMatchObject({ content: reply, ephemeral: true });
  }
});

it.concurrent('opens a modal that a command asks for, and does not answer instead', async () => {
  await using on = await stage([
    simple('ask', async (interaction) => {
      await interaction.showModal({
        custom_id: 'form',
        title: 'Form',
        components: [{ type: 1, components: [{ type: 4, custom_id: 'a', label: 'A', style: 1 }] }],
      });
      return undefined;
    }),
  ]);
  const asked = await on.sandbox.slash('ask');
  expect(asked.modal?.custom_id).toBe('form');
  expect(on.log.of('warn')).toEqual([]);
});

it.concurrent('says so when a command gives no answer at all', async () => {
  await using on = await stage(
    [
      simple('silent', async () => undefined),
      simple('later', async () => void (await delay(90))),
      simple('failed', async (interaction) => {
        await interaction.reply({ content: '' }).catch(() => {});
        return undefined;
      }),
    ],
    { deferAfter: 40 },
  );
  for (const name of ['silent', 'later', 'failed']) {
    expect((await on.sandbox.slash(name)).content).toMatch(/finished without an answer/);
  }
  expect(on.log.of('warn')).toHaveLength(3);
});

it.concurrent('defers sooner where the interaction came late', async () => {
  await using on = await stage([
    simple('slow', async () => {
      await delay(1_650);
      return reply;
    }),
    simple('block', async () => {
      const end = performance.now() + 1_300;
      while (performance.now() < end);
      return reply;
    }),
  ]);
  const [, slow] = await Promise.all([on.sandbox.slash('block'), on.sandbox.slash('slow')]);
  expect(slow.content).toBe(reply);
  // 1.3 s blocked and 1.5 s of waiting would be 2.8 s.
  expect(slow.acknowledgedAfter).toBeLessThan(2_500);
});
