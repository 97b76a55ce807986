// Stopping: who is under way is answered or apologised to, who comes is told to come back, and it ends in time whatever
// Discord does. With signals: exit code 0, or 1 where it had to be hard.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Sandbox, startSandbox } from '@errand/discord-sandbox';
import { afterAll, expect, it, vi } from 'vitest';
import { deferred, simple, stage, startWeb } from './bots.js';
import { bundle } from './children/bundle.js';

it.concurrent('lets commands finish, and tells new ones to come back', async () => {
  const running = deferred();
  const answer = deferred();
  await using on = await stage([
    simple('slow', async () => {
      running.resolve();
      await answer.promise;
      return 'done';
    }),
    simple('quick', async () => 'hi'),
  ]);
  const slow = on.sandbox.slash('slow');
  await running.promise;
  const stopped = on.bot.stop();
  expect(await on.sandbox.slash('quick')).toMatchObject({
    ephemeral: true,
    content: expect.stringMatching(/restarting/),
  });
  answer.resolve();
  expect((await slow).content).toBe('done');
  await stopped;
  expect(on.bot.session.closed).toBe(true);
});

it.concurrent('aborts what a command fetches, and apologises', async ({ expect }) => {
  await using web = await startWeb(() => {});
  await using on = await stage(
    [
      simple('fetching', async (_, session) => session.get(web.url).text()),
      simple('deaf', () => new Promise(() => {})),
      simple('deferred', async (interaction) => {
        await interaction.deferReply();
        return new Promise(() => {});
      }),
    ],
    { shutdown: 1_000 },
  );
  const replies = ['fetching', 'deaf', 'deferred'].map((name) => on.sandbox.slash(name));
  await expect.poll(() => web.asked.length).toBe(1);
  await delay(100);
  const began = performance.now();
  await on.bot.stop();
  expect(performance.now() - began).toBeLessThan(2_000);
  for (const { content } of await Promise.all(replies)) expect(content).toMatch(/^I am restarting/);
  expect(on.sandbox.messages().every(({ ephemeral }) => ephemeral)).toBe(true);
});

it.concurrent.each<[string, (sandbox: Sandbox) => void]>([
  ['drops the gateway', ({ faults }) => faults.dropGateway()],
  ['asks to reconnect', ({ faults }) => faults.requestReconnect()],
  ['refuses to resume', ({ faults }) => faults.invalidateSession(false)],
  ['acknowledges no heartbeat', ({ faults }) => faults.withholdHeartbeatAcks(true)],
  ['stalls', ({ faults }) => faults.stallCallbacks(60_000)],
  ['fails', ({ faults }) => faults.failRest(503, 1_000)],
  ['limits', ({ faults }) => faults.rateLimit('/', 60_000, 1_000)],
])('ends in time when Discord %s meanwhile', async (_, blow) => {
  const running = deferred();
  await using on = await stage(
    [
      simple('hang', () => {
        running.resolve();
        return new Promise(() => {});
      }),
    ],
    { shutdown: 1_000, heartbeatInterval: 200 },
  );
  void on.sandbox.slash('hang');
  await running.promise;
  blow(on.sandbox);
  await delay(50);
  const began = performance.now();
  await on.bot.stop();
  expect(performance.now() - began).toBeLessThan(2_000);
  expect(on.bot.session.closed).toBe(true);
});

it.concurrent.each([0, 100, 520, 900])('does not come back to a Discord that was gone %s ms before', async (wait) => {
  const on = await stage([], { shutdown: 2_500 });
  await on.sandbox.close();
  await delay(wait);
  await on.bot.stop();
  const tries: string[] = [];
  on.bot.client.on('debug', (line) => {
    if (line.includes('Connecting to')) tries.push(line);
  });
  // discord.js rests 500 ms between two tries.
  await delay(1_100);
  expect(tries).toEqual([]);
});

it.concurrent('closes a connection that is being made', async ({ expect }) => {
  const silent = createServer();
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const on = await stage([], { shutdown: 2_000 });
  const sockets = new Set<Socket>();
  silent.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    socket.resume();
  });
  const { port } = silent.address() as AddressInfo;
  type Shard = { strategy: { options: { gatewayInformation: { url: string } } } };
  type Inner = { _ws: { strategy: { shards: Map<number, Shard> } } };
  const [shard] = (on.bot.client.ws as unknown as Inner)._ws.strategy.shards.values();
  shard!.strategy.options.gatewayInformation.url = `ws://127.0.0.1:${port}`;
  on.sandbox.faults.invalidateSession(false);
  await expect.poll(() => sockets.size, { timeout: 5_000 }).toBe(1);
  await on.bot.stop();
  await expect.poll(() => sockets.size).toBe(0);
  silent.close();
  await on.sandbox.close();
});

const program = new URL('./children/bot.ts', import.meta.url);
afterAll(async () => rm(await bundle(program)));

interface Child {
  readonly process: ChildProcess;
  readonly out: () => string;
  readonly says: (word: string) => Promise<void>;
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
}

async function startChild(sandbox: Pick<Sandbox, 'rest' | 'token'>, env: Record<string, string> = {}): Promise<Child> {
  const child = spawn(process.execPath, [await bundle(program)], {
    env: { PATH: process.env.PATH, SANDBOX_REST: JSON.stringify(sandbox.rest), SANDBOX_TOKEN: sandbox.token, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  const heard = (chunk: Buffer): void => {
    out += chunk.toString();
  };
  child.stdout.on('data', heard);
  child.stderr.on('data', heard);
  const ended = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  return {
    process: child,
    out: () => out,
    says: (word) => vi.waitFor(() => expect(out).toMatch(new RegExp(`^${word}$`, 'm')), { timeout: 15_000 }),
    ended,
  };
}

it.concurrent.each(['SIGINT', 'SIGTERM'] as const)(
  '%s: finishes, closes, exits with 0',
  async (signal) => {
    await using sandbox = await startSandbox({ playground: false });
    const child = await startChild(sandbox, { ON_STOP: 'tell' });
    await child.says('ready');
    const reply = sandbox.slash('wait');
    await child.says('running');
    child.process.kill(signal);
    expect((await reply).content).toBe('done');
    expect(await child.ended).toEqual({ code: 0, signal: null });
    expect(child.out()).toMatch(/on stop/);
  },
  40_000,
);

it.concurrent('apologises for what does not end, and exits with 0 in time', async () => {
  await using sandbox = await startSandbox({ playground: false });
  const child = await startChild(sandbox, { SHUTDOWN: '2s' });
  await child.says('ready');
  const reply = sandbox.slash('hang');
  await child.says('running');
  const began = performance.now();
  child.process.kill('SIGTERM');
  expect((await reply).content).toMatch(/^I am restarting/);
  expect(await child.ended).toEqual({ code: 0, signal: null });
  expect(performance.now() - began).toBeLessThan(3_500);
}, 40_000);

it.concurrent('exits hard with 1 where something does not end, and at once at a second signal', async () => {
  await using sandbox = await startSandbox({ playground: false });
  const slow = await startChild(sandbox, { SHUTDOWN: '1s', ON_STOP: 'hang' });
  await slow.says('ready');
  slow.process.kill('SIGTERM');
  expect(await slow.ended).toEqual({ code: 1, signal: null });
  const twice = await startChild(sandbox, { SHUTDOWN: '30s' });
  await twice.says('ready');
  void sandbox.slash('hang');
  await twice.says('running');
  twice.process.kill('SIGINT');
  await delay(200);
  const began = performance.now();
  twice.process.kill('SIGINT');
  expect(await twice.ended).toEqual({ code: 1, signal: null });
  expect(performance.now() - began).toBeLessThan(5_000);
}, 60_000);

it.concurrent('says in one line that the token is bad, and exits with another code than 0', async () => {
  await using sandbox = await startSandbox({ playground: false });
  const child = await startChild({ rest: sandbox.rest, token: 'MTIz.bad.s3cret-s3cret-s3cret-s3cret' });
  expect(await child.ended).toEqual({ code: 1, signal: null });
  expect(child.out().trim().split('\n')).toEqual([expect.stringMatching(/does not accept the bot's token: copy/)]);
  expect(child.out()).not.toContain('s3cret');
}, 40_000);
