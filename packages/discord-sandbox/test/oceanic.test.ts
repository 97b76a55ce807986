import { Client, InteractionTypes } from 'oceanic.js';
import { expect, test } from 'vitest';
import { startSandbox } from '../src/index.js';

test('an oceanic.js bot logs in, registers, defers, answers with a file and follows up', async () => {
  await using sandbox = await startSandbox({ playground: false });
  const client = new Client({
    auth: `Bot ${sandbox.token}`,
    gateway: { intents: ['GUILDS'] },
    rest: { baseURL: `${sandbox.rest.api}/v10` },
  });
  const errors: unknown[] = [];
  client.on('error', (error) => errors.push(error));
  client.on('interactionCreate', async (interaction) => {
    if (interaction.type !== InteractionTypes.APPLICATION_COMMAND) return;
    try {
      await interaction.defer(64);
      await interaction.editOriginal({
        content: `Hello ${interaction.user.username}, ${interaction.data.options.getString('city')}`,
        files: [{ name: 'a.txt', contents: Buffer.from('hello') }],
      });
      await interaction.createFollowup({ content: 'And more' });
    } catch (error) {
      errors.push(error);
    }
  });
  try {
    await client.connect();
    await new Promise<void>((resolve) => (client.ready ? resolve() : client.once('ready', resolve)));
    await client.application.bulkEditGlobalCommands([
      {
        type: 1,
        name: 'weather',
        description: 'The weather',
        options: [{ type: 3, name: 'city', description: 'Where' }],
      },
    ]);
    const reply = await sandbox.slash('weather', { city: 'Tallinn' });
    expect(errors).toEqual([]);
    expect(reply).toMatchObject({ content: 'Hello ada, Tallinn', ephemeral: true, deferred: true });
    expect(reply.attachments).toMatchObject([{ filename: 'a.txt', size: 5 }]);
    await expect.poll(() => sandbox.messages().map((message) => message.content)).toEqual([reply.content, 'And more']);
    expect(client.guilds.get(sandbox.guildId)?.name).toBe('Sandbox');
  } finally {
    client.disconnect(false);
  }
});

test('an oceanic.js bot comes back after a dropped connection', async () => {
  await using sandbox = await startSandbox({ playground: false });
  const client = new Client({
    auth: `Bot ${sandbox.token}`,
    gateway: { intents: ['GUILDS', 'GUILD_MESSAGES', 'MESSAGE_CONTENT'] },
    rest: { baseURL: `${sandbox.rest.api}/v10` },
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await new Promise<void>((resolve) => (client.ready ? resolve() : client.once('ready', resolve)));
    const heard = new Promise<string>((resolve) => client.once('messageCreate', (message) => resolve(message.content)));
    sandbox.faults.dropGateway();
    sandbox.say(sandbox.channelId, 'while you were away');
    expect(await heard).toBe('while you were away');
  } finally {
    client.disconnect(false);
  }
});
