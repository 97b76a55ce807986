import { GatewayIntentBits as Intent } from 'discord.js';
import { expect, test } from 'vitest';
import { startSandbox } from '../src/index.js';
import { openSandbox } from '../src/sandbox.js';
import { HeldClock, RawGateway, rest } from './raw.js';

test('says where it is, hello, READY and the guilds', async () => {
  await using sandbox = await startSandbox({ playground: false, heartbeatInterval: 12_345 });
  const { body } = await rest(sandbox, 'GET /gateway/bot');
  expect(body).toMatchObject({ url: sandbox.url.replace('http', 'ws').concat('gateway'), shards: 1 });
  expect((await rest(sandbox, 'GET /gateway', { token: null })).body).toEqual({ url: body.url });

  using gateway = await RawGateway.identified(sandbox, Intent.Guilds);
  const hello = await gateway.until((frame) => frame.op === 10);
  expect(hello.d.heartbeat_interval).toBe(12_345);
  const { d: ready, s } = await gateway.event('READY');
  expect(s).toBe(1);
  expect(ready).toMatchObject({
    v: 10,
    guilds: [{ id: sandbox.guildId, unavailable: true }],
    application: { id: sandbox.applicationId },
    resume_gateway_url: body.url,
    shard: [0, 1],
  });
  const { d: guild } = await gateway.event('GUILD_CREATE');
  expect(guild).toMatchObject({
    id: sandbox.guildId,
    name: 'Sandbox',
    channels: [{ id: sandbox.channelId, type: 0, name: 'general' }],
    threads: [],
    member_count: 2,
  });
  expect(guild.roles[0]).toMatchObject({ id: sandbox.guildId, name: '@everyone' });
});

test('acknowledges heartbeats', async () => {
  await using sandbox = await startSandbox({ playground: false });
  using gateway = await RawGateway.identified(sandbox, 0);
  gateway.send(1, 1);
  expect(await gateway.until((frame) => frame.op === 11)).toMatchObject({ op: 11 });
});

test.each<[what: string, code: number, send: (gateway: RawGateway, token: string) => void]>([
  ['an unknown opcode', 4001, (gateway) => gateway.send(99, {})],
  ['no JSON', 4002, (gateway) => gateway.socket.send('{')],
  ['a binary frame', 4002, (gateway) => gateway.socket.send(Buffer.from('{"op":1}'))],
  ['more than 4096 bytes', 4002, (gateway) => gateway.send(1, 'x'.repeat(4_096))],
  ['a presence before identifying', 4003, (gateway) => gateway.send(3, {})],
  ['members before identifying', 4003, (gateway) => gateway.send(8, {})],
  ['a wrong token', 4004, (gateway) => gateway.send(2, { token: 'nonsense', intents: 0, properties: {} })],
  ['a wrong token to resume', 4004, (gateway) => gateway.send(6, { token: 'nonsense', session_id: 'x', seq: 0 })],
  ['a sequence that is none', 4007, (gateway, token) => gateway.send(6, { token, session_id: 'x', seq: -1 })],
  [
    'a shard beyond the count',
    4010,
    (gateway, token) => gateway.send(2, { token, intents: 0, properties: {}, shard: [2, 2] }),
  ],
  ['an intent that is none', 4013, (gateway, token) => gateway.send(2, { token, intents: 2 ** 30, properties: {} })],
])('%s closes with %d', async (_, code, send) => {
  await using sandbox = await startSandbox({ playground: false });
  using gateway = new RawGateway(sandbox);
  await gateway.until((frame) => frame.op === 10);
  send(gateway, sandbox.token);
  expect((await gateway.closed).code).toBe(code);
});

test.each([
  ['?v=5&encoding=json', 4012],
  ['?v=10&encoding=etf', 4002],
  ['?v=10&encoding=json&compress=zlib-stream', 4002],
])('a connection with %s closes with %d', async (query, code) => {
  await using sandbox = await startSandbox({ playground: false });
  using gateway = new RawGateway(sandbox, query);
  expect((await gateway.closed).code).toBe(code);
});

test('identifying twice closes with 4005', async () => {
  await using sandbox = await startSandbox({ playground: false });
  using gateway = await RawGateway.identified(sandbox, 0);
  gateway.send(2, { token: sandbox.token, intents: 0, properties: {} });
  expect((await gateway.closed).code).toBe(4005);
});

test('a privileged intent that is switched off closes with 4014', async () => {
  await using sandbox = await startSandbox({ playground: false, privilegedIntents: false });
  using gateway = new RawGateway(sandbox);
  await gateway.until((frame) => frame.op === 10);
  gateway.send(2, { token: sandbox.token, intents: Intent.MessageContent, properties: {} });
  expect((await gateway.closed).code).toBe(4014);
});

test('more than 120 frames in a minute close with 4008', async () => {
  await using sandbox = await startSandbox({ playground: false });
  using gateway = await RawGateway.identified(sandbox, 0);
  for (let count = 0; count < 120; count++) gateway.send(1, null);
  expect((await gateway.closed).code).toBe(4008);
});

test('a bot that sends no heartbeat for two intervals is closed with 4009; lateness is recorded', async () => {
  const clock = new HeldClock();
  await using sandbox = await openSandbox({ playground: false, heartbeatInterval: 1_000 }, clock);
  using gateway = await RawGateway.identified(sandbox, 0);
  const beatAfter = async (ms: number) => {
    clock.advance(ms);
    await gateway.settled();
  };
  await beatAfter(600);
  await beatAfter(1_000);
  await beatAfter(1_250);
  expect(sandbox.heartbeats()).toEqual([0, 0, 250]);
  clock.advance(2_000);
  expect((await gateway.closed).code).toBe(4009);
});

test('members are sent in chunks, all of them only with the privileged intent', async () => {
  await using sandbox = await startSandbox({ playground: false });
  for (const user of ['bea', 'ben', 'cleo']) sandbox.say(sandbox.channelId, 'hi', { user });
  using all = await RawGateway.identified(sandbox, Intent.Guilds | Intent.GuildMembers);
  all.send(8, { guild_id: sandbox.guildId, query: '', limit: 0, nonce: 'n1' });
  const { d } = await all.event('GUILD_MEMBERS_CHUNK');
  expect(d).toMatchObject({ guild_id: sandbox.guildId, chunk_index: 0, chunk_count: 1, nonce: 'n1' });
  expect(d.members).toHaveLength(5);

  using few = await RawGateway.identified(sandbox, Intent.Guilds);
  few.send(8, { guild_id: sandbox.guildId, query: '', limit: 0 });
  expect((await few.event('GUILD_MEMBERS_CHUNK')).d.members).toEqual([]);
  few.frames.length = 0;
  few.send(8, { guild_id: sandbox.guildId, query: 'be', limit: 10 });
  const found = (await few.event('GUILD_MEMBERS_CHUNK')).d.members;
  expect(found.map((member: { user: { username: string } }) => member.user.username)).toEqual(['bea', 'ben']);
  few.frames.length = 0;
  few.send(8, { guild_id: sandbox.guildId, user_ids: [sandbox.applicationId, '1'] });
  const named = (await few.event('GUILD_MEMBERS_CHUNK')).d;
  expect([named.members.length, named.not_found]).toEqual([1, ['1']]);
});

test('shards get the guilds that are theirs; shard 0 gets what is direct', async () => {
  await using sandbox = await startSandbox({ playground: false });
  const shards = await Promise.all(
    [0, 1].map(async (id) => {
      const gateway = new RawGateway(sandbox);
      await gateway.until((frame) => frame.op === 10);
      gateway.send(2, { token: sandbox.token, intents: Intent.DirectMessages, properties: {}, shard: [id, 2] });
      await gateway.event('READY');
      return gateway;
    }),
  );
  const guilds = shards.map((shard) => shard.frames.find((frame) => frame.t === 'READY')!.d.guilds.length);
  expect(guilds.reduce((sum, count) => sum + count)).toBe(1);
  expect(guilds[Number((BigInt(sandbox.guildId) >> 22n) % 2n)]).toBe(1);
  sandbox.say(sandbox.direct('ada').id, 'hello');
  await shards[0]!.event('MESSAGE_CREATE');
  await shards[1]!.settled();
  expect(shards[1]!.events).toEqual(['READY']);
  for (const shard of shards) shard[Symbol.dispose]();
});
