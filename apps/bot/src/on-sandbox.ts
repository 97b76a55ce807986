/** The bot without an account: a Discord of its own with a playground page, a web of its own, and the bot between them. Nothing here is reachable
 *  from another machine. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Sandbox, startSandbox } from '@errand/discord-sandbox';
import { startBot } from './bot.js';
import { startDemoWeb } from './demo/web.js';
import { moveIn } from './moving-in.js';
import { gatewayAt, OwnGateway } from './page-gateway.js';
import { demoEndpoints, demoIntervals, type Settings, StartError, unusable } from './settings.js';

const usualPort = 8790;
const usualGatewayPort = 8787;

/** Resolves with what to print first. The bot's own signal handling ends all of it. */
export async function runOnSandbox(settings: Settings, warn: (line: string) => void): Promise<string> {
  const sandbox = await sandboxOn(settings.port);
  const port = Number(new URL(sandbox.url).port);
  const web = await firstFree(port + 1, (next) => startDemoWeb({ port: next }));
  const dataDir = join(settings.dataDir, `sandbox-${port}`);
  const allow = [new URL(web.origin).host];
  const own = new OwnGateway({ data: join(dataDir, 'page-gateway'), allow }, warn);
  const afterwards = async () => {
    await own.close();
    await sandbox.close();
    await web.close();
    // Nobody will come back to a port that was drawn by lot.
    if (settings.port === 0) await rm(dataDir, { recursive: true }).catch(() => undefined);
  };
  try {
    await moveIn(dataDir, sandbox).catch(unusable(dataDir));
    const { pageGateway } = settings;
    const starting = pageGateway === undefined ? own.start(gatewayPorts(settings.port)) : undefined;
    const { session } = await startBot({
      token: sandbox.token,
      rest: sandbox.rest,
      register: 'global',
      endpoints: demoEndpoints(web.origin),
      intervals: demoIntervals,
      pageGateway: pageGateway === undefined ? own : gatewayAt(pageGateway),
      dataDir,
      session: { guard: { allow } },
      afterwards,
      warn,
    });
    sandbox.watch(() => session.stats());
    const gateway = pageGateway?.url ?? (await starting)?.url;
    return greeting(sandbox.url, web.origin, gateway);
  } catch (error) {
    await afterwards();
    throw error;
  }
}

async function sandboxOn(port: number | undefined): Promise<Sandbox> {
  if (port === undefined) return firstFree(usualPort, (free) => startSandbox({ port: free }));
  try {
    return await startSandbox({ port });
  } catch (error) {
    if (!isTaken(error)) throw error;
    throw new StartError(`Port ${port} is taken: set PORT to another one, or to nothing for the next that is free.`);
  }
}

/** Ten from the usual one on, then any. */
const portsFrom = (usual: number): number[] => [...Array.from({ length: 10 }, (_, index) => usual + index), 0];

const gatewayPorts = (playground: number | undefined): number[] =>
  playground === 0 ? [0] : portsFrom(usualGatewayPort);

async function firstFree<T>(usual: number, start: (port: number) => Promise<T>): Promise<T> {
  for (const port of portsFrom(usual).slice(0, -1)) {
    try {
      return await start(port);
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
  return start(0);
}

const isTaken = (error: unknown): boolean =>
  [error, (error as Error).cause].some((each) => (each as NodeJS.ErrnoException | undefined)?.code === 'EADDRINUSE');

/** Says so where the port that everybody expects was taken. */
const gatewayLine = (gateway: string | undefined): string => {
  if (gateway === undefined) return 'none';
  const port = Number(new URL(gateway).port);
  const moved = port > usualGatewayPort && port < usualGatewayPort + 10;
  return `${gateway}/${moved ? `  (${usualGatewayPort} is taken)` : ''}`;
};

const greeting = (playground: string, web: string, gateway: string | undefined): string => `
The bot is up, on a Discord of its own on this machine.

  Playground   ${playground}
  Demo web     ${web}/
  Page gateway ${gatewayLine(gateway)}

Open the playground and type, for example:

  /weather city:Tallinn
  /page url:${web}/articles/lighthouses
  /http method:GET url:${web}/flaky
  /status url:${web}/slow
  /watch url:${web}/board
  /feed url:${web}/feeds/rss.xml
  /define word:errand

Ctrl-C ends it. With DISCORD_TOKEN set it runs on Discord itself: see apps/bot/README.md.
`;
