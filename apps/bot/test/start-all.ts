/** The bot on a sandbox with the demo web beside it, as tests need it: no playground, ports of their own, data in a folder that goes away. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bot } from '@errand/discord';
import { type Sandbox, startSandbox } from '@errand/discord-sandbox';
import type { SessionOptions } from 'errand';
import { startBot } from '../src/bot.js';
import { type DemoWeb, startDemoWeb } from '../src/demo/web.js';
import { gatewayAt, type PageSource } from '../src/page-gateway.js';
import { demoEndpoints, demoIntervals, type PageGateway } from '../src/settings.js';

export interface Stage extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly web: DemoWeb;
  readonly bot: Bot;
  readonly dataDir: string;
  /** Lines of the background's log. */
  readonly warnings: string[];
  /** Stops the bot and starts another one on the same Discord, web and data. */
  restart(): Promise<void>;
}

export interface StageOptions {
  readonly now?: () => Date;
  readonly session?: SessionOptions;
  /** Hosts, with their ports, that the bot may ask beside the demo web. */
  readonly allow?: string[];
  readonly pageGateway?: PageGateway;
  /** Makes the bot's own page gateway, with its folder and the hosts that it may ask. */
  readonly own?: (data: string, allow: string[]) => PageSource;
}

const everySecond = { name: 'Every second', value: 1 };

export async function startAll({ now, session, allow = [], pageGateway, own }: StageOptions = {}): Promise<Stage> {
  const sandbox = await startSandbox({ playground: false });
  const web = await startDemoWeb(now === undefined ? {} : { now });
  const dataDir = await mkdtemp(join(tmpdir(), 'errand-bot-'));
  const warnings: string[] = [];
  const allowed = [new URL(web.origin).host, ...allow];
  const source = pageGateway ? gatewayAt(pageGateway) : own?.(join(dataDir, 'page-gateway'), allowed);
  const start = () =>
    startBot({
      token: sandbox.token,
      rest: sandbox.rest,
      register: 'global',
      endpoints: demoEndpoints(web.origin),
      intervals: { choices: [everySecond, ...demoIntervals.choices], standard: 1 },
      pageGateway: source,
      dataDir,
      session: { ...session, guard: { allow: allowed } },
      warn: (line) => void warnings.push(line),
    });
  let bot = await start();
  return {
    sandbox,
    web,
    dataDir,
    warnings,
    get bot() {
      return bot;
    },
    async restart() {
      await bot.stop();
      bot = await start();
    },
    async [Symbol.asyncDispose]() {
      await bot.stop();
      await sandbox.close();
      await web.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Waits until there is one, looking again every few milliseconds: for what other parties do in their own time. */
export async function eventually<T>(find: () => T | undefined | false, within = 15_000): Promise<T> {
  const end = performance.now() + within;
  for (;;) {
    const found = find();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`nothing came within ${within} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
