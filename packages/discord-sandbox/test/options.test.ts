import { type ChatInputCommandInteraction, SlashCommandBuilder } from 'discord.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../src/index.js';
import { type Bot, startBot } from './bots.js';

const kinds = new SlashCommandBuilder()
  .setName('kinds')
  .setDescription('One of each')
  .addStringOption((option) => option.setName('text').setDescription('d').setMinLength(2).setMaxLength(5))
  .addIntegerOption((option) => option.setName('whole').setDescription('d').setMinValue(1).setMaxValue(10))
  .addNumberOption((option) => option.setName('number').setDescription('d').setMaxValue(1.5))
  .addBooleanOption((option) => option.setName('flag').setDescription('d'))
  .addUserOption((option) => option.setName('user').setDescription('d'))
  .addChannelOption((option) => option.setName('channel').setDescription('d'))
  .addRoleOption((option) => option.setName('role').setDescription('d'))
  .addMentionableOption((option) => option.setName('anyone').setDescription('d'))
  .addAttachmentOption((option) => option.setName('file').setDescription('d'))
  .addStringOption((option) =>
    option.setName('choice').setDescription('d').addChoices({ name: 'Warm', value: 'w' }, { name: 'Cold', value: 'c' }),
  );
const nested = new SlashCommandBuilder()
  .setName('remind')
  .setDescription('Reminders')
  .addSubcommand((sub) =>
    sub
      .setName('add')
      .setDescription('d')
      .addStringOption((option) => option.setName('what').setDescription('d').setRequired(true)),
  )
  .addSubcommandGroup((group) =>
    group
      .setName('list')
      .setDescription('d')
      .addSubcommand((sub) => sub.setName('all').setDescription('d')),
  );

let sandbox: Sandbox;
let bot: Bot;
let seen: ChatInputCommandInteraction;

beforeAll(async () => {
  sandbox = await startSandbox({ playground: false });
  const keep = (interaction: ChatInputCommandInteraction) => {
    seen = interaction;
    return interaction.reply('ok');
  };
  bot = await startBot(sandbox, { kinds: keep, remind: keep }, { commands: [kinds.toJSON(), nested.toJSON()] });
});
afterAll(async () => {
  await bot[Symbol.asyncDispose]();
  await sandbox.close();
});

test('plain kinds arrive as themselves, also when typed', async () => {
  expect(
    (await sandbox.slash('kinds', { text: 'abc', whole: '7', number: 0.5, flag: 'true', choice: 'Warm' })).error,
  ).toBeUndefined();
  const { options } = seen;
  expect(options.getString('text')).toBe('abc');
  expect(options.getInteger('whole')).toBe(7);
  expect(options.getNumber('number')).toBe(0.5);
  expect(options.getBoolean('flag')).toBe(true);
  expect(options.getString('choice')).toBe('w');
});

test('users, channels and roles arrive resolved; users who are new are made', async () => {
  await sandbox.slash('kinds', { user: 'grace', channel: '#general', role: 'Moderator', anyone: '@ada' });
  const { options } = seen;
  expect(options.getUser('user')?.username).toBe('grace');
  expect(options.getMember('user')).toMatchObject({ user: { username: 'grace' } });
  expect(options.getChannel('channel')).toMatchObject({ id: sandbox.channelId, name: 'general' });
  expect(options.getRole('role')).toMatchObject({ name: 'Moderator' });
  expect(options.getMentionable('anyone')).toMatchObject({ user: { username: 'ada' } });
});

test('files arrive with an address that has their bytes', async () => {
  const { id } = sandbox.upload('notes.txt', 'hello');
  await sandbox.slash('kinds', { file: id });
  const file = seen.options.getAttachment('file');
  expect(file).toMatchObject({ name: 'notes.txt', size: 5, contentType: 'text/plain; charset=utf-8' });
  expect(await (await fetch(file!.url)).text()).toBe('hello');
  await sandbox.slash('kinds', {
    file: `data:image/gif;base64,${Buffer.from('GIF89a\x02\0\x01\0').toString('base64')}`,
  });
  expect(seen.options.getAttachment('file')).toMatchObject({ contentType: 'image/gif', width: 2, height: 1 });
});

test('subcommands and groups', async () => {
  await sandbox.slash('remind add', { what: 'tea' });
  expect([seen.options.getSubcommand(), seen.options.getString('what')]).toEqual(['add', 'tea']);
  await sandbox.slash('/remind list all');
  expect([seen.options.getSubcommandGroup(), seen.options.getSubcommand()]).toEqual(['list', 'all']);
});

describe('what a user cannot type is said, and the bot hears nothing of it', () => {
  test.each<[what: string, name: string, options: Record<string, string | number | boolean>, message: RegExp]>([
    ['an unknown option', 'kinds', { town: 'x' }, /no option "town"; it has: text, whole/],
    ['a missing one', 'remind add', {}, /option "what" is required/],
    ['a short text', 'kinds', { text: 'a' }, /between 2 and 5/],
    ['a long text', 'kinds', { text: 'abcdef' }, /between 2 and 5/],
    ['a word for a number', 'kinds', { whole: 'seven' }, /whole number/],
    ['a fraction', 'kinds', { whole: 1.5 }, /whole number/],
    ['too little', 'kinds', { whole: 0 }, /1 or more/],
    ['too much', 'kinds', { number: 2 }, /1.5 or less/],
    ['no truth', 'kinds', { flag: 'perhaps' }, /true or false/],
    ['no choice', 'kinds', { choice: 'Lukewarm' }, /one of: Warm, Cold/],
    ['no channel', 'kinds', { channel: 'nowhere' }, /no channel "nowhere"/],
    ['no role', 'kinds', { role: 'Emperor' }, /no role "Emperor"/],
    ['no file', 'kinds', { file: '/etc/hostname' }, /data: URL/],
    ['no subcommand', 'remind', {}, /after \/remind comes one of: add, list/],
    ['a wrong subcommand', 'remind remove', {}, /after \/remind comes one of: add, list/],
  ])('%s', async (_, name, options, message) => {
    const before = seen;
    const { error } = await sandbox.slash(name, options);
    expect(error?.message).toMatch(message);
    expect(seen).toBe(before);
  });
});
