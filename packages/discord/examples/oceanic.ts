// oceanic.js, another library than discord.js: commands are answered in its own way, with this package's embeds, files,
// explanations and the session.
import { attachment, explain, fitEmbed } from '@errand/discord';
import { Session } from 'errand';
import { Client, type CommandInteraction, MessageFlags } from 'oceanic.js';
import type { Settings, Stop } from './settings.js';

/** Where oceanic.js finds Discord; only a sandbox needs to say. */
export interface OceanicSettings extends Omit<Settings, 'rest'> {
  readonly rest?: { baseURL: string };
}

export async function start({ token, site, session: options, rest }: OceanicSettings): Promise<Stop> {
  const session = new Session(options);
  const client = new Client({
    auth: `Bot ${token}`,
    gateway: { intents: ['GUILDS'] },
    allowedMentions: { everyone: false, users: false, roles: false },
    rest: { requestTimeout: 5_000, ...rest },
  });
  client.on('error', (error) => console.error(error));
  client.on('interactionCreate', (interaction) => {
    if (interaction.isCommandInteraction()) void answer(interaction).catch(console.error);
  });
  const ready = new Promise<void>((resolve) => client.once('ready', () => resolve()));

  async function answer(interaction: CommandInteraction): Promise<void> {
    const lane = interaction.guildID ?? interaction.user.id;
    await interaction.defer();
    try {
      if (interaction.data.name === 'picture') {
        const file = await attachment(session, new URL('/picture', site).href, { lane });
        await interaction.editOriginal({ files: [{ name: file.name, contents: file.attachment }] });
        return;
      }
      const url = new URL(interaction.data.options.getString('page', true), site);
      const { title } = await session.get(url, { lane }).extract({ title: 'title' });
      const { description, ...embed } = fitEmbed({ title: title ?? url.href, url: url.href });
      await interaction.editOriginal({ embeds: [{ ...embed, ...(description ? { description } : {}) } as never] });
    } catch (error) {
      await interaction.deleteOriginal();
      await interaction.createFollowup({ content: explain(error, interaction.locale), flags: MessageFlags.EPHEMERAL });
    }
  }

  await client.connect();
  await ready;
  await client.application.bulkEditGlobalCommands([
    {
      type: 1,
      name: 'title',
      description: 'The title of a page',
      options: [{ type: 3, name: 'page', description: 'Which page', required: true }],
    },
    { type: 1, name: 'picture', description: 'The picture of the day' },
  ]);
  return async () => {
    client.disconnect(false);
    await session.close();
  };
}
