import { Events, GatewayIntentBits as Intent } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../src/index.js';
import { openSandbox } from '../src/sandbox.js';
import { next, startBot } from './bots.js';
import { HeldClock, RawGateway } from './raw.js';

const INTENTS = Intent.GuildMessages | Intent.MessageContent;

async function resumed(sandbox: Sandbox, session: string, sequence: number): Promise<RawGateway> {
  const gateway = new RawGateway(sandbox);
  await gateway.until((frame) => frame.op === 10);
  gateway.send(6, { token: sandbox.token, session_id: session, seq: sequence });
  return gateway;
}

describe('by hand', () => {
  test('missed events are replayed in order, once, and then RESUMED', async () => {
    await using sandbox = await startSandbox({ playground: false });
    const first = await RawGateway.identified(sandbox, INTENTS);
    const { session_id } = first.frames.find((frame) => frame.t === 'READY')!.d;
    sandbox.say(sandbox.channelId, 'seen');
    await first.event('MESSAGE_CREATE');
    const sequence = first.lastSequence;
    sandbox.faults.dropGateway();
    expect((await first.closed).code).toBe(1006);
    for (const content of ['one', 'two', 'three']) sandbox.say(sandbox.channelId, content);

    using second = await resumed(sandbox, session_id, sequence);
    await second.event('RESUMED');
    const events = second.frames.filter((frame) => frame.op === 0);
    expect(events.map((frame) => frame.t)).toEqual(['MESSAGE_CREATE', 'MESSAGE_CREATE', 'MESSAGE_CREATE', 'RESUMED']);
    expect(events.map((frame) => frame.d.content)).toEqual(['one', 'two', 'three', undefined]);
    expect(events.map((frame) => frame.s)).toEqual([1, 2, 3, 4].map((step) => sequence + step));
    sandbox.say(sandbox.channelId, 'live');
    await second.until((frame) => frame.d?.content === 'live');
  });

  test('an unknown session, and one that has said goodbye, get op 9 false', async () => {
    await using sandbox = await startSandbox({ playground: false });
    using unknown = await resumed(sandbox, 'nonsense', 0);
    expect((await unknown.until((frame) => frame.op === 9)).d).toBe(false);

    const first = await RawGateway.identified(sandbox, 0);
    const { session_id } = first.frames.find((frame) => frame.t === 'READY')!.d;
    first.socket.close(1000);
    await first.closed;
    using second = await resumed(sandbox, session_id, 1);
    expect((await second.until((frame) => frame.op === 9)).d).toBe(false);
    second.send(2, { token: sandbox.token, intents: 0, properties: {} });
    await second.event('READY');
  });

  test('a sequence that was never sent closes with 4007', async () => {
    await using sandbox = await startSandbox({ playground: false });
    const first = await RawGateway.identified(sandbox, 0);
    const { session_id } = first.frames.find((frame) => frame.t === 'READY')!.d;
    using second = await resumed(sandbox, session_id, 999);
    expect((await second.closed).code).toBe(4007);
    first[Symbol.dispose]();
  });

  test('a session waits a while to be resumed, and no longer', async () => {
    const clock = new HeldClock();
    await using sandbox = await openSandbox({ playground: false }, clock);
    const first = await RawGateway.identified(sandbox, 0);
    const { session_id } = first.frames.find((frame) => frame.t === 'READY')!.d;
    sandbox.faults.dropGateway();
    await first.closed;
    clock.advance(89_000);
    const second = await resumed(sandbox, session_id, 1);
    await second.event('RESUMED');
    sandbox.faults.dropGateway();
    await second.closed;
    clock.advance(90_000);
    using third = await resumed(sandbox, session_id, 1);
    expect((await third.until((frame) => frame.op === 9)).d).toBe(false);
  });
});

describe('a discord.js bot', () => {
  const bot = (sandbox: Sandbox) =>
    startBot(sandbox, { ping: (interaction) => interaction.reply('pong') }, { intents: [Intent.Guilds, ...messages] });
  const messages = [Intent.GuildMessages, Intent.MessageContent];

  test.concurrent('resumes after a dropped connection and hears what it missed', async () => {
    await using sandbox = await startSandbox({ playground: false });
    await using running = await bot(sandbox);
    const resume = next<number>(running.client, Events.ShardResume);
    sandbox.faults.dropGateway();
    const heard = next<{ content: string }>(running.client, Events.MessageCreate);
    sandbox.say(sandbox.channelId, 'while you were away');
    expect((await heard).content).toBe('while you were away');
    await resume;
    expect((await sandbox.slash('ping')).content).toBe('pong');
  });

  test.concurrent('reconnects on op 7 and resumes', async () => {
    await using sandbox = await startSandbox({ playground: false });
    await using running = await bot(sandbox);
    const resume = next<number>(running.client, Events.ShardResume);
    sandbox.faults.requestReconnect();
    await resume;
    expect((await sandbox.slash('ping')).content).toBe('pong');
  });

  test.concurrent('resumes on op 9 true', async () => {
    await using sandbox = await startSandbox({ playground: false });
    await using running = await bot(sandbox);
    const resume = next<number>(running.client, Events.ShardResume);
    sandbox.faults.invalidateSession(true);
    await resume;
    expect((await sandbox.slash('ping')).content).toBe('pong');
  });

  test.concurrent('starts anew on op 9 false', async () => {
    await using sandbox = await startSandbox({ playground: false });
    await using running = await bot(sandbox);
    const ready = next<number>(running.client, Events.ShardReady);
    sandbox.faults.invalidateSession(false);
    await ready;
    expect((await sandbox.slash('ping')).content).toBe('pong');
  });

  test.concurrent('takes a connection without heartbeat acknowledgements for dead, and resumes', async () => {
    await using sandbox = await startSandbox({ playground: false, heartbeatInterval: 150 });
    await using running = await bot(sandbox);
    const resume = next<number>(running.client, Events.ShardResume);
    sandbox.faults.withholdHeartbeatAcks(true);
    const reconnecting = next<number>(running.client, Events.ShardReconnecting);
    await reconnecting;
    sandbox.faults.withholdHeartbeatAcks(false);
    await resume;
    expect((await sandbox.slash('ping')).content).toBe('pong');
    expect(sandbox.heartbeats().length).toBeGreaterThan(0);
  });
});
