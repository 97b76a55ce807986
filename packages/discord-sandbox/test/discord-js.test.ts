import { EmbedBuilder, MessageFlags } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { startSandbox } from '../src/index.js';
import { startBot } from './bots.js';

describe('a discord.js bot on the sandbox', () => {
  test('logs in, registers commands and answers one', async () => {
    await using sandbox = await startSandbox();
    await using bot = await startBot(sandbox, {
      weather: (interaction) =>
        interaction.reply({
          content: 'Cold',
          embeds: [new EmbedBuilder().setTitle('Tallinn').setDescription('-5 °C')],
        }),
    });
    expect(bot.client.guilds.cache.get(sandbox.guildId)?.name).toBe('Sandbox');
    expect(sandbox.commands()).toEqual([{ name: 'weather', description: 'The command weather' }]);

    const reply = await sandbox.slash('weather');

    expect(reply.error).toBeUndefined();
    expect(reply).toMatchObject({ content: 'Cold', ephemeral: false, deferred: false });
    expect(reply.embeds).toMatchObject([{ title: 'Tallinn', description: '-5 °C' }]);
    expect(reply.acknowledgedAfter).toBeGreaterThanOrEqual(0);
    expect(reply.answeredAfter).toBeGreaterThanOrEqual(reply.acknowledgedAfter);
    expect(sandbox.messages(sandbox.channelId)).toMatchObject([
      { content: 'Cold', author: { id: bot.client.user.id, bot: true } },
    ]);
  });

  test('a deferred answer resolves when it is edited in', async () => {
    await using sandbox = await startSandbox();
    await using _ = await startBot(sandbox, {
      slow: async (interaction) => {
        await interaction.deferReply({ flags: MessageFlags.Ephemeral });
        await interaction.editReply('Done');
      },
    });
    const reply = await sandbox.slash('slow');
    expect(reply).toMatchObject({ content: 'Done', ephemeral: true, deferred: true });
    expect(reply.error).toBeUndefined();
  });
});
