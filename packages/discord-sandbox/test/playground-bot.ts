// A bot of plain discord.js for the playground's tests: every kind of answer that the page has to draw, on demand.
import { channel } from 'node:diagnostics_channel';
import {
  ActionRowBuilder,
  type AutocompleteInteraction,
  ButtonBuilder,
  ButtonStyle,
  type ChatInputCommandInteraction,
  Client,
  EmbedBuilder,
  Events,
  GatewayIntentBits,
  type Interaction,
  ApplicationCommandOptionType as Kind,
  LabelBuilder,
  type MessageComponentInteraction,
  MessageFlags,
  ModalBuilder,
  type ModalSubmitInteraction,
  Partials,
  StringSelectMenuBuilder,
  TextInputBuilder,
  TextInputStyle,
} from 'discord.js';
import type { Sandbox } from '../src/index.js';

export const HOSTILE = `<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>`;
export const CITIES = ['Tallinn', 'Tartu', 'Tokyo', 'Toronto', 'Lisbon'];

/** A red square of 8 × 8. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR4nGP4z8CAFWEXHbQSACj/P8Fu7N9hAAAAAElFTkSuQmCC',
  'base64',
);

const text = { type: Kind.String } as const;
const commands = [
  {
    name: 'weather',
    description: 'The weather of a place',
    options: [
      { ...text, name: 'city', description: 'Where', required: true, autocomplete: true },
      {
        ...text,
        name: 'units',
        description: 'How temperatures are written',
        choices: [
          { name: 'Celsius', value: 'c' },
          { name: 'Fahrenheit', value: 'f' },
        ],
      },
      { type: Kind.Integer, name: 'days', description: 'How many days', min_value: 1, max_value: 7 },
    ],
  },
  { name: 'ping', description: 'Says pong', name_localizations: { de: 'klopf' } },
  { name: 'secret', description: 'Answers only you' },
  { name: 'slow', description: 'Thinks until it is told to answer' },
  { name: 'silent', description: 'Never answers' },
  { name: 'panel', description: 'Buttons and menus' },
  { name: 'form', description: 'Asks for a few words' },
  { name: 'gallery', description: 'Everything an embed can hold' },
  { name: 'hostile', description: HOSTILE.slice(0, 100) },
  {
    name: 'upload',
    description: 'Takes a file',
    options: [{ type: Kind.Attachment, name: 'file', description: 'Any file', required: true }],
  },
  {
    name: 'who',
    description: 'Names a user, a channel and a switch',
    options: [
      { type: Kind.User, name: 'user', description: 'Somebody', required: true },
      { type: Kind.Channel, name: 'channel', description: 'Some place' },
      { type: Kind.Boolean, name: 'loud', description: 'In capitals' },
    ],
  },
  {
    name: 'config',
    description: 'Settings',
    options: [
      {
        type: Kind.SubcommandGroup,
        name: 'limit',
        description: 'Limits',
        options: [
          {
            type: Kind.Subcommand,
            name: 'set',
            description: 'Sets a limit',
            options: [
              {
                type: Kind.Integer,
                name: 'amount',
                description: 'How much',
                required: true,
                min_value: 1,
                max_value: 10,
              },
            ],
          },
          { type: Kind.Subcommand, name: 'clear', description: 'Takes a limit away' },
        ],
      },
    ],
  },
];

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

function panel() {
  const buttons = new ActionRowBuilder<ButtonBuilder>().addComponents(
    new ButtonBuilder().setCustomId('again').setLabel('Again').setStyle(ButtonStyle.Primary).setEmoji('🔁'),
    new ButtonBuilder().setCustomId('quiet').setLabel('Never answers').setStyle(ButtonStyle.Danger),
    new ButtonBuilder().setCustomId('rename').setLabel('Rename').setStyle(ButtonStyle.Success),
    new ButtonBuilder().setCustomId('off').setLabel('Off').setStyle(ButtonStyle.Secondary).setDisabled(true),
    new ButtonBuilder().setURL('https://example.com/').setLabel('Website').setStyle(ButtonStyle.Link),
  );
  const one = new StringSelectMenuBuilder()
    .setCustomId('colour')
    .setPlaceholder('Pick a colour')
    .addOptions(
      { label: 'Red', value: 'red', description: 'Like a rose', emoji: '🌹' },
      { label: 'Blue', value: 'blue' },
    );
  const many = new StringSelectMenuBuilder()
    .setCustomId('toppings')
    .setPlaceholder('Pick toppings')
    .setMinValues(1)
    .setMaxValues(3)
    .addOptions(
      { label: 'Cheese', value: 'cheese' },
      { label: 'Olives', value: 'olives' },
      { label: 'Basil', value: 'basil' },
    );
  return [
    buttons,
    new ActionRowBuilder<StringSelectMenuBuilder>().addComponents(one),
    new ActionRowBuilder<StringSelectMenuBuilder>().addComponents(many),
  ];
}

function form() {
  const name = new TextInputBuilder()
    .setCustomId('name')
    .setStyle(TextInputStyle.Short)
    .setRequired(true)
    .setMaxLength(20);
  const story = new TextInputBuilder().setCustomId('story').setStyle(TextInputStyle.Paragraph).setRequired(false);
  return new ModalBuilder()
    .setCustomId('words')
    .setTitle('A few words')
    .addLabelComponents(
      new LabelBuilder().setLabel('Name').setDescription('As on a letter').setTextInputComponent(name),
      new LabelBuilder().setLabel('Story').setTextInputComponent(story),
    );
}

export function gallery() {
  const description = [
    '# Heading',
    'Some **bold**, *italic*, __underlined__, ~~struck~~, `code` and ||a secret||.',
    '> A quote of [somebody](https://example.com/ "a title")',
    '- one\n- two\n  - two and a half',
    '```js\nconst answer = 42;\n```',
    '<t:0:R> <#1> -# not small',
  ].join('\n');
  const embed = new EmbedBuilder()
    .setColor(0x9b_59_b6)
    .setAuthor({ name: 'An author', url: 'https://example.com/author', iconURL: 'attachment://square.png' })
    .setTitle('A title')
    .setURL('https://example.com/title')
    .setDescription(description)
    .setThumbnail('attachment://square.png')
    .setImage('attachment://square.png')
    .addFields(
      { name: 'Alone', value: 'On a line of its own' },
      { name: 'Left', value: '1', inline: true },
      { name: 'Middle', value: '2', inline: true },
      { name: 'Right', value: '3', inline: true },
      { name: 'Fourth', value: '4', inline: true },
    )
    .setFooter({ text: 'A footer', iconURL: 'attachment://square.png' })
    .setTimestamp();
  return { embeds: [embed], files: [{ name: 'square.png', attachment: PNG }] };
}

function hostile() {
  const embed = new EmbedBuilder()
    .setAuthor({ name: HOSTILE.slice(0, 256) })
    .setTitle(HOSTILE)
    .setDescription(`${HOSTILE} [click](javascript:window.pwned=1) [data](data:text/html,x) <javascript:alert(1)>`)
    .addFields({ name: HOSTILE, value: HOSTILE })
    .setFooter({ text: HOSTILE });
  const button = new ButtonBuilder()
    .setCustomId('x"><script>')
    .setLabel(HOSTILE.slice(0, 80))
    .setStyle(ButtonStyle.Primary);
  return {
    content: `${HOSTILE} **<b onmouseover="window.pwned=1">bold</b>**`,
    embeds: [embed],
    components: [new ActionRowBuilder<ButtonBuilder>().addComponents(button)],
    files: [{ name: 'a.html', attachment: Buffer.from('<script>window.pwned=1</script>') }],
  };
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
