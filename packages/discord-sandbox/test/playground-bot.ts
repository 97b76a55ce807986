// A bot of plain discord.js for the playground's tests: every kind of answer that the page has to draw, on demand.
import { channel } from 'node:diagnostics_channel';
import {
  type AutocompleteInteraction,
  type ChatInputCommandInteraction,
  Client,
  EmbedBuilder,
  Events,
  GatewayIntentBits,
  type Interaction,
  type MessageComponentInteraction,
  MessageFlags,
  type ModalSubmitInteraction,
  Partials,
} from 'discord.js';
import type { Sandbox } from '../src/index.js';
import { CITIES, form, gallery, hostile, PNG, panel } from './playground-answers.js';
import { commands } from './playground-commands.js';

export interface Bot extends AsyncDisposable {
  readonly client: Client;
  /** Autocompletions that arrived, as typed. */
  readonly typed: string[];
  /** Lets `/slow` answer. */
  finish(content: string): Promise<void>;
}

export async function playgroundBot(sandbox: Sandbox): Promise<Bot> {
  const client = new Client({
    intents: [
      GatewayIntentBits.Guilds,
      GatewayIntentBits.GuildMessages,
      GatewayIntentBits.DirectMessages,
      GatewayIntentBits.MessageContent,
    ],
    partials: [Partials.Channel],
    rest: { ...sandbox.rest, timeout: 5_000 },
  });
  const typed: string[] = [];
  const slow: ChatInputCommandInteraction[] = [];
  client.on(Events.Error, () => undefined);
  client.on(Events.InteractionCreate, (interaction) => {
    void answer(interaction, typed, slow).catch(() => undefined);
  });
  client.on(Events.MessageCreate, async (message) => {
    if (message.author.bot) return;
    await message.channel.sendTyping().catch(() => undefined);
    await message.reply(`You said: ${message.content || 'a file'}`).catch(() => undefined);
  });
  await client.login(sandbox.token);
  if (!client.isReady()) await new Promise((resolve) => client.once(Events.ClientReady, resolve));
  await client.application!.commands.set(
    commands as Parameters<NonNullable<typeof client.application>['commands']['set']>[0],
  );
  return {
    client,
    typed,
    async finish(content) {
      await slow.shift()?.editReply(content);
    },
    [Symbol.asyncDispose]: () => client.destroy(),
  };
}

async function answer(interaction: Interaction, typed: string[], slow: ChatInputCommandInteraction[]): Promise<void> {
  if (interaction.isAutocomplete()) await suggest(interaction, typed);
  else if (interaction.isChatInputCommand()) await run(interaction, slow);
  else if (interaction.isMessageComponent()) await pressed(interaction);
  else if (interaction.isModalSubmit()) await submitted(interaction);
}

async function suggest(interaction: AutocompleteInteraction, typed: string[]): Promise<void> {
  const focused = interaction.options.getFocused();
  typed.push(focused);
  const found = CITIES.filter((city) => city.toLowerCase().startsWith(focused.toLowerCase()));
  await interaction.respond(found.map((city) => ({ name: `${city}, somewhere`, value: city })));
}

async function run(interaction: ChatInputCommandInteraction, slow: ChatInputCommandInteraction[]): Promise<unknown> {
  switch (interaction.commandName) {
    case 'weather':
      return weather(interaction);
    case 'ping':
      return interaction.reply(`Pong, ${interaction.locale}`);
    case 'secret':
      return interaction.reply({ content: 'Between us', flags: MessageFlags.Ephemeral });
    case 'slow':
      slow.push(interaction);
      return interaction.deferReply();
    case 'panel':
      return interaction.reply({ content: 'Choose', components: panel() });
    case 'form':
      return interaction.showModal(form());
    case 'gallery':
      return interaction.reply(gallery());
    case 'hostile':
      return interaction.reply(hostile());
    case 'upload': {
      const file = interaction.options.getAttachment('file', true);
      return interaction.reply({
        content: `${file.name} of ${file.size} bytes`,
        files: [
          { name: 'square.png', attachment: PNG },
          { name: 'notes.txt', attachment: Buffer.from('hello') },
        ],
      });
    }
    case 'who': {
      const words = `${interaction.options.getUser('user', true).username} in ${interaction.options.getChannel('channel')?.name ?? 'no channel'}`;
      return interaction.reply(interaction.options.getBoolean('loud') ? words.toUpperCase() : words);
    }
    case 'config':
      return interaction.reply(`Limit: ${interaction.options.getInteger('amount') ?? 'none'}`);
    default:
      return undefined;
  }
}

async function weather(interaction: ChatInputCommandInteraction): Promise<void> {
  await interaction.deferReply();
  const city = interaction.options.getString('city', true);
  // As errand's session tells of the requests that it makes for an interaction.
  channel('errand:discord:request').publish({
    interaction: interaction.id,
    method: 'GET',
    url: 'https://api.example.com/v1/forecast',
    status: 200,
    trace: {
      elapsed: 80,
      attempts: [
        {
          url: 'https://api.example.com/v1/forecast',
          status: 503,
          retryDelay: 10,
          timings: { queued: 5, dns: 10, connected: 20, sent: 21, head: 30, ended: 32 },
        },
        {
          url: 'https://api.example.com/v1/forecast',
          status: 200,
          reusedConnection: true,
          timings: { queued: 45, sent: 46, head: 70, ended: 80 },
        },
      ],
    },
  });
  const embed = new EmbedBuilder()
    .setColor(0x3b_a5_5d)
    .setTitle(city)
    .setURL('https://example.com/weather')
    .setDescription('Partly **cloudy**, wind from the west')
    .addFields(
      { name: 'Temperature', value: interaction.options.getString('units') === 'f' ? '52 °F' : '11 °C', inline: true },
      { name: 'Wind', value: '5 m/s', inline: true },
      { name: 'Days', value: String(interaction.options.getInteger('days') ?? 1), inline: true },
    )
    .setFooter({ text: 'Weather' })
    .setTimestamp(new Date('2026-01-02T03:04:05Z'));
  await interaction.editReply({ embeds: [embed] });
}

async function pressed(interaction: MessageComponentInteraction): Promise<unknown> {
  if (interaction.customId === 'quiet') return undefined;
  if (interaction.customId === 'rename') return interaction.update({ content: 'Renamed' });
  if (interaction.isStringSelectMenu()) return interaction.reply(`Chosen: ${interaction.values.join(' and ')}`);
  return interaction.reply({ content: `Pressed by ${interaction.user.username}`, flags: MessageFlags.Ephemeral });
}

async function submitted(interaction: ModalSubmitInteraction): Promise<unknown> {
  return interaction.reply(`Hello ${interaction.fields.getTextInputValue('name')}`);
}
