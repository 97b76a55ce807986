import { GatewayIntentBits as Intent } from 'discord.js';
import { expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../src/index.js';
import { RawGateway, received, rest } from './raw.js';

/** Something of everything happens. */
async function bustle(sandbox: Sandbox): Promise<void> {
  const message = sandbox.say(sandbox.channelId, 'in the guild', { user: 'bea' });
  const direct = sandbox.say(sandbox.direct('ada').id, 'in private');
  await rest(sandbox, `POST /channels/${sandbox.channelId}/typing`);
  await rest(sandbox, `POST /channels/${direct.channelId}/typing`);
  await rest(sandbox, `PUT /channels/${sandbox.channelId}/messages/${message.id}/reactions/%F0%9F%91%8D/@me`);
  await rest(sandbox, `PUT /channels/${direct.channelId}/messages/${direct.id}/reactions/%F0%9F%91%8D/@me`);
}

test.each<[string, number, string[]]>([
  ['none', 0, []],
  ['Guilds', Intent.Guilds, ['GUILD_CREATE']],
  ['GuildMembers', Intent.GuildMembers, ['GUILD_MEMBER_ADD']],
  ['GuildMessages', Intent.GuildMessages, ['MESSAGE_CREATE']],
  ['DirectMessages', Intent.DirectMessages, ['CHANNEL_CREATE', 'MESSAGE_CREATE']],
  ['GuildMessageTyping', Intent.GuildMessageTyping, ['TYPING_START']],
  ['DirectMessageTyping', Intent.DirectMessageTyping, ['TYPING_START']],
  ['GuildMessageReactions', Intent.GuildMessageReactions, ['MESSAGE_REACTION_ADD']],
  ['DirectMessageReactions', Intent.DirectMessageReactions, ['MESSAGE_REACTION_ADD']],
])('with the intent %s a bot hears only what is its', async (_, intents, expected) => {
  await using sandbox = await startSandbox({ playground: false });
  using gateway = await RawGateway.identified(sandbox, intents);
  await bustle(sandbox);
  await gateway.settled();
  expect(gateway.events).toEqual(['READY', ...expected]);
});

test('interactions come without any intent', async () => {
  await using sandbox = await startSandbox({ playground: false });
  using gateway = await RawGateway.identified(sandbox, 0);
  expect((await received(sandbox, gateway)).interaction.token).toBeTruthy();
});

test('without MESSAGE_CONTENT a bot reads direct messages, mentions and its own, and of others only that they are', async () => {
  await using sandbox = await startSandbox({ playground: false });
  using gateway = await RawGateway.identified(sandbox, Intent.GuildMessages | Intent.DirectMessages);
  sandbox.say(sandbox.channelId, 'secret');
  sandbox.say(sandbox.channelId, `hello <@${sandbox.applicationId}>`);
  sandbox.say(sandbox.direct('ada').id, 'in private');
  await rest(sandbox, `POST /channels/${sandbox.channelId}/messages`, { body: { content: 'mine' } });
  await gateway.settled();
  const contents = gateway.frames.filter((frame) => frame.t === 'MESSAGE_CREATE').map((frame) => frame.d.content);
  expect(contents).toEqual(['', `hello <@${sandbox.applicationId}>`, 'in private', 'mine']);

  using reader = await RawGateway.identified(sandbox, Intent.GuildMessages | Intent.MessageContent);
  sandbox.say(sandbox.channelId, 'open');
  expect((await reader.event('MESSAGE_CREATE')).d).toMatchObject({
    content: 'open',
    guild_id: sandbox.guildId,
    member: { roles: [] },
    author: { username: 'ada' },
  });
});

test('an ephemeral answer goes the way of direct messages, without its guild', async () => {
  await using sandbox = await startSandbox({ playground: false });
  using guild = await RawGateway.identified(sandbox, Intent.GuildMessages);
  using direct = await RawGateway.identified(sandbox, Intent.DirectMessages);
  const { interaction } = await received(sandbox, guild);
  await rest(sandbox, `POST /interactions/${interaction.id}/${interaction.token}/callback`, {
    body: { type: 4, data: { content: 'hush', flags: 64 } },
    token: null,
  });
  const { d } = await direct.event('MESSAGE_CREATE');
  expect(d).toMatchObject({ content: 'hush', flags: 64 });
  expect(d.guild_id).toBeUndefined();
  await guild.settled();
  expect(guild.events).not.toContain('MESSAGE_CREATE');
});

test('without GUILD_MEMBERS a guild comes with the bot alone', async () => {
  await using sandbox = await startSandbox({ playground: false });
  using few = await RawGateway.identified(sandbox, Intent.Guilds);
  using all = await RawGateway.identified(sandbox, Intent.Guilds | Intent.GuildMembers);
  expect((await few.event('GUILD_CREATE')).d.members).toMatchObject([{ user: { id: sandbox.applicationId } }]);
  expect((await all.event('GUILD_CREATE')).d.members).toHaveLength(2);
});
