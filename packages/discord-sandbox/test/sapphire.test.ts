import { Command, LogLevel, SapphireClient } from '@sapphire/framework';
import { Events, GatewayIntentBits } from 'discord.js';
import { expect, test } from 'vitest';
import { startSandbox } from '../src/index.js';
import { next } from './bots.js';

class Ping extends Command {
  override registerApplicationCommands(registry: Command.Registry): void {
    registry.registerChatInputCommand({ name: 'ping', description: 'Is it there?' });
  }
  override chatInputRun(interaction: Command.ChatInputCommandInteraction) {
    return interaction.reply('pong');
  }
}

test('a Sapphire bot registers its commands by itself and answers', async () => {
  await using sandbox = await startSandbox({ playground: false });
  const client = new SapphireClient({
    intents: [GatewayIntentBits.Guilds],
    rest: sandbox.rest,
    baseUserDirectory: null,
    loadMessageCommandListeners: false,
    logger: { level: LogLevel.None },
  });
  await client.stores.get('commands').loadPiece({ name: 'ping', piece: Ping });
  try {
    const ready = next(client, Events.ClientReady);
    await client.login(sandbox.token);
    await ready;
    expect(await sandbox.slash('ping')).toMatchObject({ content: 'pong' });
    expect(sandbox.commands()).toEqual([{ name: 'ping', description: 'Is it there?' }]);
  } finally {
    await client.destroy();
  }
});
