// discord.js with a main of its own: the session is made first and closed last, and nothing is made in an event.
import { handleCommands, registerCommands } from '@errand/discord';
import { Client, GatewayIntentBits } from 'discord.js';
import { Session } from 'errand';
import { commandsFor } from './commands.js';
import type { Settings, Stop } from './settings.js';

export async function start({ token, site, session: options, rest }: Settings): Promise<Stop> {
  const session = new Session(options);
  const client = new Client({
    intents: [GatewayIntentBits.Guilds],
    allowedMentions: { parse: [] },
    rest: { timeout: 5_000, retries: 1, ...rest },
  });
  const commands = commandsFor(site);
  const stop = handleCommands(client, { session, commands });
  client.once('clientReady', () => void registerCommands(client, commands).catch(console.error));

  // A listener of your own, beside the commands.
  client.on('interactionCreate', async (interaction) => {
    if (interaction.isChatInputCommand() && interaction.commandName === 'ping') await interaction.reply('pong');
  });

  await client.login(token);
  return async () => {
    await stop();
    await client.destroy();
    await session.close();
  };
}
