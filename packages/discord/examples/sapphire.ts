// Sapphire: the session lives in the container, where every piece finds it; commands of Sapphire and of this package
// live side by side on one client.
import { explain, fitEmbed, handleCommands, registerCommands } from '@errand/discord';
import { Command, container, SapphireClient } from '@sapphire/framework';
import { type ChatInputCommandInteraction, GatewayIntentBits, MessageFlags } from 'discord.js';
import { Session } from 'errand';
import { commandsFor } from './commands.js';
import type { Settings, Stop } from './settings.js';

declare module '@sapphire/pieces' {
  interface Container {
    session: Session;
    site: string;
  }
}

/** A command of Sapphire's own that fetches: it answers by itself, so it defers and explains by itself. */
class StatusCommand extends Command {
  override registerApplicationCommands(registry: Command.Registry): void {
    registry.registerChatInputCommand({ name: 'status', description: 'Whether the site is up' });
  }

  override async chatInputRun(interaction: ChatInputCommandInteraction): Promise<void> {
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    try {
      const { status } = await container.session.head(container.site, {
        lane: interaction.guildId ?? interaction.user.id,
      });
      await interaction.editReply({ embeds: [fitEmbed({ title: 'It is up', description: `Status ${status}` })] });
    } catch (error) {
      await interaction.editReply(explain(error, interaction.locale));
    }
  }
}

export async function start({ token, site, session: options, rest }: Settings): Promise<Stop> {
  const session = new Session(options);
  container.session = session;
  container.site = site;
  const client = new SapphireClient({
    intents: [GatewayIntentBits.Guilds],
    allowedMentions: { parse: [] },
    // Pieces are loaded below instead of from a folder.
    baseUserDirectory: null,
    rest: { timeout: 5_000, retries: 1, ...rest },
  });
  await container.stores.loadPiece({ name: 'status', piece: StatusCommand, store: 'commands' });
  const commands = commandsFor(site);
  const stop = handleCommands(client, { session, commands });
  client.once('clientReady', () => void registerCommands(client, commands).catch(console.error));
  await client.login(token);
  return async () => {
    await stop();
    await client.destroy();
    await session.close();
  };
}
