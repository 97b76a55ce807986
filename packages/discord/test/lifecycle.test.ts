// The life of a bot around one session: made before login, alive through every reconnect, closed after the last answer.
import { setTimeout as delay } from 'node:timers/promises';
import { BotError, handleCommands, runBot } from '@errand/discord';
import { startSandbox } from '@errand/discord-sandbox';
import { Client, Events, GatewayIntentBits } from 'discord.js';
import { Session } from 'errand';
import { expect, it } from 'vitest';
import { deferred, Recorder, simple, stage, startWeb } from './bots.js';

const local = { guard: { allow: ['127.0.0.1'] } };

it.concurrent('makes the session before login, and closes it after the last answer and destroy()', async () => {
  const order: string[] = [];
  await using sandbox = await startSandbox({ playground: false });
  const client = new Client({ intents: [GatewayIntentBits.Guilds], rest: sandbox.rest });
  const { login, destroy } = client;
  client.login = async (token) => {
    order.push('login');
    return login.call(client, token);
  };
  const session = new Session(local);
  client.destroy = async () => {
    order.push(`destroy, session ${session.closed ? 'closed' : 'open'}`);
    return destroy.call(client);
  };
  const running = deferred();
  const answer = deferred();
  const slow = simple('slow', async () => {
    running.resolve();
    await answer.promise;
    order.push('answer');
    return 'done';
  });
  const bot = await runBot({
    token: sandbox.token,
    client,
    session,
    commands: [slow],
    signals: false,
    log: new Recorder(),
  });
  const reply = sandbox.slash('slow');
  await running.promise;
  const stopped = bot.stop();
  await delay(50);
  answer.resolve();
  expect((await reply).content).toBe('done');
  await stopped;
  expect(order).toEqual(['login', 'answer', 'destroy, session open']);
  expect(session.closed).toBe(false);
  await session.close();
});

it.concurrent('closes a session that it made, once, and can be stopped twice', async () => {
  await using on = await stage([simple('quick', async () => 'hi')]);
  const { session } = on.bot;
  expect(session).toBeInstanceOf(Session);
  expect(session.closed).toBe(false);
  await Promise.all([on.bot.stop(), on.bot.stop(), on.bot[Symbol.asyncDispose]()]);
  expect(session.closed).toBe(true);
});

it.concurrent('keeps one session, and the commands, through drops, reconnects, refused resumes and zombies', async () => {
  await using web = await startWeb((_, response) => response.end('"ok"'));
  await using on = await stage([simple('go', async (_, session) => session.get(web.url).json<string>())], {
    heartbeatInterval: 250,
  });
  const { session, client } = on.bot;
  const { faults } = on.sandbox;
  const back = () =>
    Promise.race([
      new Promise((resolve) => client.once(Events.ShardResume, resolve)),
      new Promise((resolve) => client.once(Events.ShardReady, resolve)),
    ]);
  const blows: Array<() => void> = [
    () => faults.dropGateway(),
    () => faults.requestReconnect(),
    () => faults.invalidateSession(true),
    () => faults.invalidateSession(false),
    () => faults.withholdHeartbeatAcks(true),
  ];
  for (const [index, blow] of blows.entries()) {
    const returned = back();
    blow();
    await returned;
    faults.withholdHeartbeatAcks(false);
    expect((await on.sandbox.slash('go')).content, `after blow ${index}`).toBe('ok');
    expect(on.bot.session).toBe(session);
    expect(session.closed).toBe(false);
  }
  expect(client.listenerCount(Events.InteractionCreate)).toBe(1);
  expect(on.log.of('error')).toEqual([]);
}, 40_000);

it.concurrent('answers an interaction whose gateway connection is lost meanwhile', async () => {
  const running = deferred();
  await using on = await stage([
    simple('slow', async () => {
      running.resolve();
      return delay(300, 'done');
    }),
  ]);
  const reply = on.sandbox.slash('slow');
  await running.promise;
  on.sandbox.faults.dropGateway();
  expect((await reply).content).toBe('done');
});

it('leaves no listener, timer or handler behind', async () => {
  const before = ['SIGINT', 'SIGTERM'].map((signal) => process.listenerCount(signal));
  await using sandbox = await startSandbox({ playground: false });
  const client = new Client({ intents: [GatewayIntentBits.Guilds], rest: sandbox.rest });
  const bot = await runBot({ token: sandbox.token, client, commands: [], log: new Recorder() });
  expect(['SIGINT', 'SIGTERM'].map((signal) => process.listenerCount(signal))).toEqual(before.map((n) => n + 1));
  await bot.stop();
  expect(['SIGINT', 'SIGTERM'].map((signal) => process.listenerCount(signal))).toEqual(before);
  const fresh = new Client({ intents: [] });
  for (const event of [Events.InteractionCreate, Events.Error, Events.ShardDisconnect, Events.ShardError]) {
    expect(client.listenerCount(event), event).toBe(fresh.listenerCount(event));
  }
});

it.concurrent('lives on when a listener of yours rejects', async ({ expect }) => {
  await using on = await stage([simple('quick', async () => 'hi')]);
  on.bot.client.on(Events.InteractionCreate, async () => {
    throw new Error('in a listener of yours');
  });
  expect((await on.sandbox.slash('quick')).content).toBe('hi');
  await expect.poll(() => on.log.of('error').at(0)?.facts.reason).toBe('in a listener of yours');
  expect((await on.sandbox.slash('quick')).content).toBe('hi');
});

it.concurrent('works for a client with a main of its own', async () => {
  await using sandbox = await startSandbox({ playground: false });
  await using session = new Session(local);
  const client = new Client({ intents: [GatewayIntentBits.Guilds], rest: sandbox.rest });
  const log = new Recorder();
  const stop = handleCommands(client, { session, commands: [simple('mine', async () => 'hi')], log });
  await client.login(sandbox.token);
  await new Promise((resolve) => (client.isReady() ? resolve(null) : client.once(Events.ClientReady, resolve)));
  client.on(Events.InteractionCreate, async (interaction) => {
    if (interaction.isChatInputCommand() && interaction.commandName === 'yours') await interaction.reply('yours');
  });
  await client.application!.commands.set([
    { name: 'mine', description: 'd' },
    { name: 'yours', description: 'd' },
  ]);
  expect((await sandbox.slash('mine')).content).toBe('hi');
  expect((await sandbox.slash('yours')).content).toBe('yours');
  await Promise.all([stop(), stop()]);
  expect(client.listenerCount(Events.InteractionCreate)).toBe(1);
  expect(client.listenerCount(Events.Error)).toBe(0);
  expect(session.closed).toBe(false);
  await client.destroy();
});

it.concurrent('answers a command that is registered but gone, where the client is its own', async () => {
  await using on = await stage([simple('here', async () => 'hi')]);
  await on.bot.client.application!.commands.create({ name: 'old', description: 'd' });
  expect(await on.sandbox.slash('old')).toMatchObject({ ephemeral: true, content: expect.stringMatching(/no longer/) });
});

it.each([
  ['an empty token', { token: '' }, 'BOT_TOKEN', /no token.*DISCORD_TOKEN/],
  ['no token', { token: undefined as never }, 'BOT_TOKEN', /no token/],
  [
    'a bad token',
    { token: 'MTIz.bad.s3cret-s3cret-s3cret-s3cret' },
    'BOT_TOKEN',
    /does not accept the bot's token.*Reset Token/,
  ],
])('says in one line what to do about %s', async (_, given, code, message) => {
  await using sandbox = await startSandbox({ playground: false });
  const before = process.listenerCount('SIGTERM');
  const failed = runBot({ rest: sandbox.rest, commands: [], log: new Recorder(), ...given });
  const error = await failed.then(
    () => undefined,
    (reason: unknown) => reason as BotError,
  );
  expect(error).toBeInstanceOf(BotError);
  expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  expect(error?.message).not.toMatch(/\n|s3cret/);
  expect(process.listenerCount('SIGTERM')).toBe(before);
});

it('says what to do about intents that Discord does not give, and about a Discord that is not there', async () => {
  await using sandbox = await startSandbox({ playground: false, privilegedIntents: false });
  const client = new Client({ intents: [GatewayIntentBits.MessageContent], rest: sandbox.rest });
  await expect(runBot({ token: sandbox.token, client, commands: [], log: new Recorder() })).rejects.toMatchObject({
    code: 'BOT_INTENTS',
    message: expect.stringMatching(/Privileged Gateway Intents/),
  });
  const rest = { ...sandbox.rest, api: 'http://127.0.0.1:1/api' };
  await expect(runBot({ token: sandbox.token, rest, commands: [], log: new Recorder() })).rejects.toMatchObject({
    code: 'BOT_UNREACHABLE',
    message: expect.stringMatching(/127\.0\.0\.1:1/),
  });
});

it('refuses options that make no sense, at once', async () => {
  const twice = simple('same', async () => 'x');
  await expect(runBot({ token: 't', commands: [twice, twice] })).rejects.toThrow(/two commands named 'same'/);
  await expect(runBot({ token: 't', commands: [], shutdown: 'soon' })).rejects.toThrow(/shutdown: expected .*'soon'/);
  await expect(runBot({ token: 't', commands: [{} as never] })).rejects.toThrow(/`data` needs a name/);
  await expect(runBot({ token: 't', commands: 'x' as never })).rejects.toThrow(/expected an array of commands/);
  const odd = { ...twice, cooldown: 'a while' };
  await expect(runBot({ token: 't', commands: [odd] })).rejects.toThrow(/command 'same': cooldown: expected/);
});
