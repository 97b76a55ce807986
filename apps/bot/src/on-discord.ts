/** The bot on Discord itself, with the real web to fetch from. */
import { join } from 'node:path';
import { startBot } from './bot.js';
import { gatewayAt, OwnGateway } from './page-gateway.js';
import { publicEndpoints, publicIntervals, type Settings } from './settings.js';

/** Resolves with what to print first. The bot's own signal handling ends it. */
export async function runOnDiscord(settings: Settings, token: string, warn: (line: string) => void): Promise<string> {
  const { register, dataDir, discordApi } = settings;
  // It listens nowhere, and is loaded when the first page is asked for.
  const own = new OwnGateway({ data: join(dataDir, 'page-gateway') }, warn);
  const { client } = await startBot({
    token,
    register,
    rest: discordApi === undefined ? {} : { api: discordApi },
    endpoints: publicEndpoints,
    intervals: publicIntervals,
    pageGateway: settings.pageGateway ? gatewayAt(settings.pageGateway) : own,
    afterwards: () => own.close(),
    dataDir,
    warn,
  });
  return `${client.user?.tag ?? 'The bot'} is up, in ${client.guilds.cache.size} servers. Ctrl-C ends it.`;
}
