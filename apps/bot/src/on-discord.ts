/** The bot on Discord itself, with the real web to fetch from. */
import { startBot } from './bot.js';
import { publicEndpoints, publicIntervals, type Settings } from './settings.js';

/** Resolves with what to print first. The bot's own signal handling ends it. */
export async function runOnDiscord(settings: Settings, token: string, warn: (line: string) => void): Promise<string> {
  const { register, dataDir, pageGateway, discordApi } = settings;
  const { client } = await startBot({
    token,
    register,
    rest: discordApi === undefined ? {} : { api: discordApi },
    endpoints: publicEndpoints,
    intervals: publicIntervals,
    pageGateway,
    dataDir,
    warn,
  });
  return `${client.user?.tag ?? 'The bot'} is up, in ${client.guilds.cache.size} servers. Ctrl-C ends it.`;
}
