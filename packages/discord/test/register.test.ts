// Commands are registered when they changed, and only then.

import { registerCommands, runBot } from '@errand/discord';
import { type Sandbox, startSandbox } from '@errand/discord-sandbox';
import { Client, Events, SlashCommandBuilder } from 'discord.js';
import { expect, it } from 'vitest';
import { sameCommands } from '../src/command-shape.js';
import { Recorder, simple } from './bots.js';

const builder = () =>
  new SlashCommandBuilder()
    .setName('weather')
    .setDescription('The weather')
    .setNameLocalizations({ de: 'wetter' })
    .setDefaultMemberPermissions(8)
    .addStringOption((o) => o.setName('city').setDescription('Where').setRequired(true).setAutocomplete(true))
    .addIntegerOption((o) => o.setName('days').setDescription('How far').setMinValue(1).setMaxValue(7))
    .addStringOption((o) =>
      o.setName('unit').setDescription('u').addChoices({ name: 'C', value: 'c' }, { name: 'F', value: 'f' }),
    );
const wanted = () => [builder().toJSON()];
/** What Discord makes of it. */
const stored = () => [
  {
    ...wanted()[0],
    id: '1',
    application_id: '2',
    version: '3',
    type: 1,
    default_permission: true,
    dm_permission: true,
    contexts: null,
    integration_types: [0],
    nsfw: false,
    description_localizations: null,
    name_localizations: { de: 'wetter' },
    options: [
      { type: 3, name: 'city', description: 'Where', required: true, autocomplete: true, name_localizations: null },
      { type: 4, name: 'days', description: 'How far', min_value: 1, max_value: 7 },
      {
        type: 3,
        name: 'unit',
        description: 'u',
        choices: [
          { name: 'C', value: 'c', name_localizations: null },
          { name: 'F', value: 'f' },
        ],
      },
    ],
  },
];

it('sees no change in what Discord adds, and every change of ours', () => {
  expect(sameCommands(wanted(), stored())).toBe(true);
  const changes: Array<(b: SlashCommandBuilder) => unknown> = [
    (b) => b.setDescription('Other'),
    (b) => b.setNameLocalizations({ de: 'anders' }),
    (b) => b.setDefaultMemberPermissions(0),
    (b) => b.setNSFW(true),
    (b) => b.setContexts(0),
    (b) => b.setIntegrationTypes(1),
    (b) => b.addBooleanOption((o) => o.setName('more').setDescription('m')),
  ];
  for (const change of changes) {
    const changed = builder();
    change(changed as SlashCommandBuilder);
    expect(sameCommands([changed.toJSON()], stored()), String(change)).toBe(false);
  }
  expect(sameCommands([], stored())).toBe(false);
  expect(sameCommands([...wanted(), { name: 'b', description: 'b' }], stored())).toBe(false);
  const two = [
    { name: 'b', description: 'b' },
    { name: 'a', description: 'a' },
  ];
  expect(sameCommands(two, [...two].reverse())).toBe(true);
});

/** Starts and stops a bot; returns the requests about commands that it made. */
async function run(
  sandbox: Sandbox,
  options: Partial<Parameters<typeof runBot>[0]> = {},
  log = new Recorder(),
): Promise<string[]> {
  const asked: string[] = [];
  const bot = await runBot({
    token: sandbox.token,
    rest: sandbox.rest,
    commands: [command()],
    signals: false,
    log,
    ...options,
  });
  asked.push(...log.of('info').map(({ message }) => message));
  await bot.stop();
  return asked;
}
const command = (description = 'The command c') => ({
  ...simple('c', async () => 'x'),
  data: new SlashCommandBuilder().setName('c').setDescription(description),
});

it('registers once, and again when something changed', async () => {
  await using sandbox = await startSandbox({ playground: false });
  expect(await run(sandbox)).toEqual(['commands registered']);
  expect(await run(sandbox)).toEqual([]);
  expect(sandbox.commands()).toEqual([{ name: 'c', description: 'The command c' }]);
  expect(await run(sandbox, { commands: [command('Changed')] })).toEqual(['commands registered']);
  expect(sandbox.commands()).toEqual([{ name: 'c', description: 'Changed' }]);
});

it('registers in guilds, or not at all, where it is told so', async () => {
  await using sandbox = await startSandbox({ playground: false });
  expect(await run(sandbox, { register: false })).toEqual([]);
  expect(sandbox.commands()).toEqual([]);
  expect(await run(sandbox, { register: [sandbox.guildId] })).toEqual(['commands registered']);
  expect(await run(sandbox, { register: [sandbox.guildId] })).toEqual([]);
});

it('says what is wrong with a definition or a guild, and starts no bot', async () => {
  await using sandbox = await startSandbox({ playground: false });
  const bad = { ...command(), data: { name: 'Bad Name', toJSON: () => ({ name: 'Bad Name', description: 'd' }) } };
  await expect(run(sandbox, { commands: [bad] as never })).rejects.toMatchObject({
    code: 'BOT_REGISTER',
    message: expect.stringMatching(/did not accept the commands: Invalid Form Body.*mend the definition/s),
  });
  await expect(run(sandbox, { register: ['123456789012345678'] })).rejects.toMatchObject({
    code: 'BOT_REGISTER',
    message: expect.stringMatching(/in guild 123456789012345678.*applications\.commands/s),
  });
});

it('goes on in the background where Discord is troubled, and starts the bot', async () => {
  await using sandbox = await startSandbox({ playground: false });
  const log = new Recorder();
  const client = new Client({ intents: [], rest: { ...sandbox.rest, retries: 0 } });
  // From the moment when the bot is ready.
  client.once(Events.ClientReady, () => sandbox.faults.failRest(503, 2));
  const bot = await runBot({ token: sandbox.token, client, commands: [command()], signals: false, log });
  expect(log.of('warn')[0]?.message).toMatch(/trying again in the background/);
  await expect.poll(() => sandbox.commands(), { timeout: 8_000 }).toHaveLength(1);
  await bot.stop();
});

it('leaves registering to the first process of a sharded bot', async () => {
  await using sandbox = await startSandbox({ playground: false });
  const client = new Client({ intents: [], rest: sandbox.rest });
  Object.assign(client, { shard: { ids: [1, 2] } });
  expect(await run(sandbox, { client })).toEqual([]);
  expect(sandbox.commands()).toEqual([]);
});

it('leaves the commands of others alone where a main of yours registers', async () => {
  await using sandbox = await startSandbox({ playground: false });
  const client = new Client({ intents: [], rest: sandbox.rest });
  const log = new Recorder();
  await expect(registerCommands(client, [command()])).rejects.toThrow(/not ready/);
  const bot = await runBot({ token: sandbox.token, client, commands: [], register: false, signals: false, log });
  await client.application!.commands.create({ name: 'theirs', description: 'd' });
  await registerCommands(client, [command()], { log });
  await registerCommands(client, [command()], { log });
  await registerCommands(client, [command('Changed')], { log });
  expect(log.of('info')).toHaveLength(2);
  expect(sandbox.commands()).toEqual([
    { name: 'theirs', description: 'd' },
    { name: 'c', description: 'Changed' },
  ]);
  const bad = { ...command(), data: { name: 'Bad', toJSON: () => ({ name: 'Bad Name', description: 'd' }) } };
  await expect(registerCommands(client, [bad as never], { log })).rejects.toMatchObject({ code: 'BOT_REGISTER' });
  await bot.stop();
});
