/** The real process, as `npm start` runs it after the build. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startSandbox } from '@errand/discord-sandbox';
import { expect, it, type TestContext, vi } from 'vitest';
import { eventually } from './start-all.js';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
if (!existsSync(main)) throw new Error('apps/bot is not built: run `npm run build` first (`npm test` does)');

// Node needs a while to start where many want the processor at once.
vi.setConfig({ testTimeout: 60_000 });
const withinAStart = 25_000;

interface Run {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  readonly exit: Promise<number | NodeJS.Signals | null>;
}

/** A bot with a folder of its own, which end with the test. */
async function run({ onTestFinished }: TestContext, env: Record<string, string> = {}): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'errand-main-'));
  const path = process.env.PATH ?? '';
  const child = spawn(process.execPath, [main], { cwd: folder, env: { PATH: path, DATA_DIR: folder, ...env } });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    err += text;
  });
  const exit = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit;
    await rm(folder, { recursive: true, force: true });
  });
  return { child, out: () => out, err: () => err, exit };
}

const addressOf = ({ out }: Run, name: string) => new RegExp(`${name} +(http://127\\.0\\.0\\.1:\\d+)`).exec(out())?.[1];
const answers = async (url: string) => (await fetch(url).catch(() => undefined))?.status;

it.concurrent('prints the playground’s address first, and ends with 0 at a signal', async (test) => {
  const bot = await run(test, { PORT: '0' });
  const playground = await eventually(() => addressOf(bot, 'Playground'), withinAStart);
  const web = addressOf(bot, 'Demo web') ?? '';
  const gateway = addressOf(bot, 'Page gateway') ?? '';
  expect(bot.out().split('\n').length).toBeLessThan(24);
  expect(bot.out()).toContain('/weather city:Tallinn');
  expect(await answers(playground)).toBe(200);
  expect(await answers(web)).toBe(200);
  expect(await answers(`${gateway}/v1/page?url=${web}/articles/queues`)).toBe(200);
  expect(await answers(`${gateway}/v1/page?url=${playground}/`)).toBe(403);
  bot.child.kill('SIGINT');
  expect(await bot.exit).toBe(0);
  expect(bot.err()).toBe('');
  expect(await answers(playground)).toBeUndefined();
  expect(await answers(web)).toBeUndefined();
  expect(await answers(gateway)).toBeUndefined();
});

it.concurrent('takes the next port when the usual one is taken, but insists on one that was named', async (test) => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  const bot = await run(test, { PORT: String(port) });
  expect(await bot.exit).toBe(1);
  expect(bot.err()).toBe(`Port ${port} is taken: set PORT to another one, or to nothing for the next that is free.\n`);
  other.close();
});

it.concurrent('says in one line that it cannot keep its data', async (test) => {
  const bot = await run(test, { PORT: '0', DATA_DIR: '/dev/null' });
  expect(await bot.exit).toBe(1);
  expect(bot.err()).toMatch(/^The folder \/dev\/null\/sandbox-\d+ cannot be used \(ENOTDIR\): set DATA_DIR .*\n$/);
});

it.concurrent('runs two at once without a port', async (test) => {
  const first = await run(test);
  const second = await run(test);
  for (const name of ['Playground', 'Page gateway']) {
    const addresses = await Promise.all(
      [first, second].map((bot) => eventually(() => addressOf(bot, name), withinAStart)),
    );
    expect(new Set(addresses).size).toBe(2);
  }
  const said = [first, second].map((bot) => bot.out());
  // One of them at the least, whatever else listens on this machine.
  expect(said.filter((out) => /Page gateway .*\(8787 is taken\)/.test(out)).length).toBeGreaterThan(0);
  first.child.kill('SIGINT');
  second.child.kill('SIGTERM');
  expect(await Promise.all([first.exit, second.exit])).toEqual([0, 0]);
});

it.concurrent('starts no page gateway beside the one that is configured', async (test) => {
  const bot = await run(test, { PORT: '0', PAGE_GATEWAY_URL: 'http://127.0.0.1:9/' });
  expect(await eventually(() => addressOf(bot, 'Page gateway'), withinAStart)).toBe('http://127.0.0.1:9');
  bot.child.kill('SIGINT');
  expect(await bot.exit).toBe(0);
});

it.concurrent('says in one line what is wrong with a setting', async (test) => {
  const bot = await run(test, { DISCORD_TOKEN: 'not a token' });
  expect(await bot.exit).toBe(78);
  expect(bot.err()).toMatch(/^DISCORD_TOKEN is not a bot token: copy it from .*\n$/);
  expect(bot.out()).toBe('');
});

it.concurrent('runs on a Discord elsewhere, and says in one line that the token is wrong', async (test) => {
  await using sandbox = await startSandbox({ playground: false });
  const DISCORD_API = String(sandbox.rest.api);
  const right = await run(test, { DISCORD_TOKEN: sandbox.token, DISCORD_API });
  await eventually(() => /is up, in \d+ servers/.test(right.out()), withinAStart);
  const reply = await sandbox.slash('stats');
  expect(reply.embeds[0]?.title).toBe('HTTP session');
  right.child.kill('SIGTERM');
  expect(await right.exit).toBe(0);

  const token = 'MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde.abcdefghijklmnopqrstuvwxyz0123456789AB';
  const wrong = await run(test, { DISCORD_TOKEN: token, DISCORD_API });
  expect(await wrong.exit).toBe(78);
  expect(wrong.err()).toMatch(/^Discord does not accept the bot's token: copy the token from .*\n$/);
  expect(wrong.err() + wrong.out()).not.toContain(token);
});
