import {
  type ChatInputCommandInteraction,
  Events,
  GatewayIntentBits as Intent,
  type Message,
  MessageFlags,
  PermissionFlagsBits,
  SlashCommandBuilder,
} from 'discord.js';
import { expect, test } from 'vitest';
import { startSandbox } from '../src/index.js';
import { openSandbox } from '../src/sandbox.js';
import { next, startBot } from './bots.js';
import { HeldClock, RawGateway, rest } from './raw.js';

test('users and guilds are made as they are named', async () => {
  await using sandbox = await startSandbox({ playground: false });
  const seen: ChatInputCommandInteraction[] = [];
  await using bot = await startBot(sandbox, {
    who: (interaction) => {
      seen.push(interaction);
      return interaction.reply(
        `${interaction.user.username} in ${interaction.guild?.name ?? 'private'}, ${interaction.locale}`,
      );
    },
  });
  const content = async (as: object) => (await sandbox.slash('who', {}, as)).content;
  expect(await content({})).toBe('ada in Sandbox, en-US');
  expect(await content({ user: 'grace', guild: 'Garden', locale: 'de' })).toBe('grace in Garden, de');
  expect(await content({ user: 'grace', guild: null })).toBe('grace in private, de');
  expect(await content({ user: 'grace', guild: 'garden' })).toBe('grace in Garden, de');
  expect(await content({ user: '123456789012345678', guild: '223456789012345678' })).toMatch(
    /^user-5678 in Guild 5678/,
  );
  expect(seen.map((each) => each.guildId === null)).toEqual([false, false, true, false, false]);
  expect(seen[1]!.user.id).toBe(seen[3]!.user.id);
  expect(seen[1]!.guildId).toBe(seen[3]!.guildId);
  expect(seen[4]!.user.id).toBe('123456789012345678');
  expect(bot.client.guilds.cache.map((guild) => guild.name)).toEqual(['Sandbox', 'Garden', 'Guild 5678']);
  expect(seen.map((each) => each.inCachedGuild())).toEqual([true, true, false, true, true]);
});

test('without a bot it says so, after a while', async () => {
  const clock = new HeldClock();
  await using sandbox = await openSandbox({ playground: false }, clock);
  const reply = sandbox.slash('ask');
  clock.advance(5_000);
  expect(await reply).toMatchObject({
    content: '',
    error: { status: 503, message: expect.stringContaining('No bot is connected') },
  });
});

test('waits for the bot and for its commands', async () => {
  await using sandbox = await startSandbox({ playground: false });
  const reply = sandbox.slash('ask');
  await using _ = await startBot(sandbox, { ask: (interaction) => interaction.reply('Here') });
  expect((await reply).content).toBe('Here');
});

test('an unknown command says which there are', async () => {
  const clock = new HeldClock();
  await using sandbox = await openSandbox({ playground: false }, clock);
  using _ = await RawGateway.identified(sandbox, 0);
  await rest(sandbox, `PUT /applications/${sandbox.applicationId}/commands`, {
    body: [{ name: 'weather', description: 'd' }],
  });
  clock.mark();
  const reply = sandbox.slash('whether');
  await clock.armed();
  clock.advance(2_000);
  expect((await reply).error).toEqual({
    status: 404,
    code: 10063,
    message: 'Unknown application command "/whether"; registered here: /weather',
  });
});

test('a command of one guild is not in another, and one for guilds not in private', async () => {
  const clock = new HeldClock();
  await using sandbox = await openSandbox({ playground: false }, clock);
  using gateway = await RawGateway.identified(sandbox, 0);
  const path = `/applications/${sandbox.applicationId}`;
  await rest(sandbox, `PUT ${path}/guilds/${sandbox.guildId}/commands`, { body: [{ name: 'here', description: 'd' }] });
  await rest(sandbox, `PUT ${path}/commands`, { body: [{ name: 'public', description: 'd', contexts: [0] }] });
  const errorOf = async (name: string, guild: string | null) => {
    clock.mark();
    const reply = sandbox.slash(name, {}, { guild });
    await clock.armed();
    clock.advance(2_000);
    return (await reply).error?.code;
  };
  expect(await errorOf('here', 'Elsewhere')).toBe(10063);
  expect(await errorOf('here', null)).toBe(10063);
  expect(await errorOf('public', null)).toBe(10063);
  const reply = sandbox.slash('public', {}, { guild: 'Elsewhere' });
  await gateway.event('INTERACTION_CREATE');
  clock.advance(3_000);
  expect((await reply).error?.code).toBe(10062);
});

test('who lacks the permission is not let', async () => {
  await using sandbox = await startSandbox({ playground: false });
  const data = new SlashCommandBuilder()
    .setName('ban')
    .setDescription('d')
    .setDefaultMemberPermissions(PermissionFlagsBits.BanMembers);
  await using _ = await startBot(
    sandbox,
    { ban: (interaction) => interaction.reply('Gone') },
    { commands: [data.toJSON()] },
  );
  expect((await sandbox.slash('ban', {}, { user: 'grace' })).error).toMatchObject({ status: 403, code: 50013 });
  expect((await sandbox.slash('ban', {}, { user: 'ada' })).content).toBe('Gone');
});

test('a command that only throws is answered by nobody, and slash still resolves', async () => {
  const clock = new HeldClock();
  await using sandbox = await openSandbox({ playground: false }, clock);
  await using bot = await startBot(sandbox, {
    crash: () => {
      throw new Error('mine');
    },
  });
  const reply = sandbox.slash('crash');
  await expect.poll(() => bot.errors.length).toBe(1);
  clock.advance(3_000);
  expect((await reply).error).toEqual({ status: 404, code: 10062, message: 'The application did not respond' });
});

test('whoever will not wait fifteen minutes says how long', async () => {
  const clock = new HeldClock();
  await using sandbox = await openSandbox({ playground: false }, clock);
  await using _ = await startBot(sandbox, { think: (interaction) => interaction.deferReply() });
  const reply = sandbox.slash('think', {}, { timeout: 50 });
  await expect.poll(() => sandbox.messages()).toHaveLength(1);
  clock.advance(50);
  expect(await reply).toMatchObject({ deferred: true, content: '', answeredAfter: 50, error: { status: 504 } });
});

test('an answer that is deleted instead is an end too, unless another follows', async () => {
  let vanished = false;
  const clock = new HeldClock();
  await using sandbox = await openSandbox({ playground: false }, clock);
  await using _ = await startBot(sandbox, {
    vanish: async (interaction) => {
      await interaction.deferReply();
      await interaction.deleteReply();
      vanished = true;
    },
    instead: async (interaction) => {
      await interaction.deferReply({ flags: MessageFlags.Ephemeral });
      await interaction.deleteReply();
      await interaction.followUp('For all to see');
    },
  });
  const gone = sandbox.slash('vanish');
  await expect.poll(() => vanished).toBe(true);
  expect(sandbox.messages()).toEqual([]);
  clock.advance(3_000);
  expect(await gone).toMatchObject({ deferred: true, content: '', error: { code: 10008 } });
  expect(await sandbox.slash('instead')).toMatchObject({ content: 'For all to see' });
});

test('two hundred at once are told apart', async () => {
  await using sandbox = await openSandbox({ playground: false }, new HeldClock());
  const data = new SlashCommandBuilder()
    .setName('echo')
    .setDescription('d')
    .addIntegerOption((option) => option.setName('n').setDescription('d'));
  await using bot = await startBot(
    sandbox,
    { echo: (interaction) => interaction.reply(`${interaction.options.getInteger('n')}`) },
    { commands: [data.toJSON()] },
  );
  const replies = await Promise.all(
    Array.from({ length: 200 }, (_, n) => sandbox.slash('echo', { n }, { user: `user${n % 20}` })),
  );
  expect(replies.map((reply) => reply.content)).toEqual(Array.from({ length: 200 }, (_, n) => `${n}`));
  expect(bot.errors).toEqual([]);
});

test('autocomplete gives what the bot suggests for what was typed', async () => {
  await using sandbox = await startSandbox({ playground: false });
  const data = new SlashCommandBuilder()
    .setName('weather')
    .setDescription('d')
    .addStringOption((option) => option.setName('city').setDescription('d').setAutocomplete(true))
    .addIntegerOption((option) => option.setName('days').setDescription('d').setAutocomplete(true))
    .addStringOption((option) => option.setName('unit').setDescription('d'));
  await using bot = await startBot(sandbox, {}, { commands: [data.toJSON()] });
  bot.client.on(Events.InteractionCreate, (interaction) => {
    if (!interaction.isAutocomplete()) return;
    const { name, value } = interaction.options.getFocused(true);
    const choices =
      name === 'days'
        ? [{ name: `${value} days`, value: 7 }]
        : [{ name: `${value}linn`, value: `${interaction.options.getString('unit')}` }];
    interaction.respond(choices).catch((error) => bot.errors.push(error));
  });
  expect(await sandbox.autocomplete('weather', 'city', 'Tal')).toEqual([{ name: 'Tallinn', value: 'null' }]);
  expect(await sandbox.autocomplete('weather', 'city', '', { user: 'grace', options: { unit: 'C' } })).toEqual([
    { name: 'linn', value: 'C' },
  ]);
  expect(await sandbox.autocomplete('weather', 'days', 'a few')).toEqual([{ name: 'a few days', value: 7 }]);
  expect(bot.errors).toEqual([]);
  await expect(sandbox.autocomplete('weather', 'unit', 'x')).rejects.toThrow();
  await expect(sandbox.autocomplete('weather', 'town', 'x')).rejects.toThrow();
});

test('more than 25 choices, or of the wrong kind, are refused, and the user sees none', async () => {
  const clock = new HeldClock();
  await using sandbox = await openSandbox({ playground: false }, clock);
  using gateway = await RawGateway.identified(sandbox, 0);
  const options = [{ type: 4, name: 'n', description: 'd', autocomplete: true }];
  await rest(sandbox, `PUT /applications/${sandbox.applicationId}/commands`, {
    body: [{ name: 'count', description: 'd', options }],
  });
  const choices = sandbox.autocomplete('count', 'n', '1');
  const { d } = await gateway.event('INTERACTION_CREATE');
  expect(d).toMatchObject({
    type: 4,
    data: { name: 'count', options: [{ name: 'n', type: 4, value: '1', focused: true }] },
  });
  const suggest = (given: object[]) =>
    rest(sandbox, `POST /interactions/${d.id}/${d.token}/callback`, {
      body: { type: 8, data: { choices: given } },
      token: null,
    });
  const many = Array.from({ length: 26 }, (_, value) => ({ name: `${value}`, value }));
  expect(await suggest(many)).toMatchObject({
    status: 400,
    body: { code: 50035, errors: { data: { choices: { _errors: [{ code: 'BASE_TYPE_MAX_LENGTH' }] } } } },
  });
  expect(await suggest([{ name: 'one', value: 'one' }])).toMatchObject({ status: 400, body: { code: 50035 } });
  clock.advance(3_000);
  expect(await choices).toEqual([]);
});

test('a bot answers messages in private and in guilds', async () => {
  await using sandbox = await startSandbox({ playground: false });
  await using bot = await startBot(
    sandbox,
    {},
    { intents: [Intent.Guilds, Intent.GuildMessages, Intent.DirectMessages, Intent.MessageContent], partials: [1] },
  );
  bot.client.on(Events.MessageCreate, (message: Message) => {
    if (!message.author.bot) message.reply(`You said ${message.content}`).catch((error) => bot.errors.push(error));
  });
  for (const channel of [sandbox.channelId, sandbox.direct('grace').id]) {
    const heard = next<Message>(bot.client, Events.MessageCreate);
    sandbox.say(channel, 'hello');
    await heard;
    await expect
      .poll(() => sandbox.messages(channel).map((message) => message.content))
      .toEqual(['hello', 'You said hello']);
  }
  expect(sandbox.messages(sandbox.direct('grace').id)[0]!.author.username).toBe('grace');
  expect(bot.errors).toEqual([]);
  expect(() => sandbox.say('1', 'x')).toThrow('no channel 1');
});

test('while a user types, other options are sent along only where they are good', async () => {
  await using sandbox = await startSandbox({ playground: false });
  const data = new SlashCommandBuilder()
    .setName('weather')
    .setDescription('d')
    .addStringOption((option) => option.setName('city').setDescription('d').setAutocomplete(true))
    .addIntegerOption((option) => option.setName('days').setDescription('d').setMaxValue(7))
    .addStringOption((option) => option.setName('constructor').setDescription('d'));
  await using bot = await startBot(sandbox, {}, { commands: [data.toJSON()] });
  bot.client.on(Events.InteractionCreate, (interaction) => {
    if (!interaction.isAutocomplete()) return;
    const given = interaction.options.data.map(({ name }) => name).join();
    interaction.respond([{ name: given, value: given }]).catch((error) => bot.errors.push(error));
  });
  const names = async (options: Record<string, number>) =>
    (await sandbox.autocomplete('weather', 'city', 'T', { options }))[0]?.name;
  expect(await names({ days: 3 })).toBe('city,days');
  expect(await names({ days: 30 })).toBe('city');
  expect(bot.errors).toEqual([]);
});

test('reactions of users reach the bot', async () => {
  await using sandbox = await startSandbox({ playground: false });
  await using bot = await startBot(
    sandbox,
    {},
    { intents: [Intent.Guilds, Intent.GuildMessages, Intent.GuildMessageReactions] },
  );
  const heard = next<Message>(bot.client, Events.MessageCreate);
  const { id } = sandbox.say(sandbox.channelId, 'nice');
  await heard;
  const added = next<{ emoji: { name: string }; count: number }>(bot.client, Events.MessageReactionAdd);
  sandbox.react(id, '👍', { user: 'grace' });
  expect(await added).toMatchObject({ emoji: { name: '👍' }, count: 1 });
  const removed = next(bot.client, Events.MessageReactionRemove);
  sandbox.react(id, '👍', { user: 'grace', remove: true });
  await removed;
  expect(() => sandbox.react('1', '👍')).toThrow('Unknown Message');
});

test('whom a message pings is told', async () => {
  await using sandbox = await startSandbox({ playground: false });
  const grace = sandbox.say(sandbox.channelId, 'hi', { user: 'grace' }).author.id;
  await using _ = await startBot(sandbox, {
    loud: (interaction) => interaction.reply(`<@${grace}> @everyone`),
    quiet: (interaction) => interaction.reply({ content: `<@${grace}> @everyone`, allowedMentions: { parse: [] } }),
  });
  expect((await sandbox.slash('loud')).mentions).toEqual({ users: [grace], roles: [], everyone: true });
  expect((await sandbox.slash('quiet')).mentions).toEqual({ users: [], roles: [], everyone: false });
});

test('commands of the menus of users and messages', async () => {
  await using sandbox = await startSandbox({ playground: false });
  await using bot = await startBot(
    sandbox,
    {},
    {
      commands: [
        { type: 2, name: 'Who is it' },
        { type: 3, name: 'Quote' },
      ],
    },
  );
  bot.client.on(Events.InteractionCreate, (interaction) => {
    if (interaction.isUserContextMenuCommand()) void interaction.reply(interaction.targetUser.username);
    if (interaction.isMessageContextMenuCommand()) void interaction.reply(`> ${interaction.targetMessage.content}`);
  });
  expect((await sandbox.menu('Who is it', 'grace')).content).toBe('grace');
  const { id } = sandbox.say(sandbox.channelId, 'wise words', { user: 'grace' });
  expect((await sandbox.menu('Quote', id)).content).toBe('> wise words');
});
