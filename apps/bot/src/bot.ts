/** The bot itself: commands around one session, and the background rounds around the bot. What it runs on is told from outside. */
import { join } from 'node:path';
import { type Bot, runBot } from '@errand/discord';
import { type Client, DiscordAPIError, RESTJSONErrorCodes, type RESTOptions } from 'discord.js';
import { Session, type SessionOptions } from 'errand';
import { followedFeeds } from './background/feeds.js';
import { watchedPages } from './background/pages.js';
import { type Post, Subscriptions } from './background/subscriptions.js';
import { allCommands } from './commands/index.js';
import type { PageSource } from './page-gateway.js';
import { type Endpoints, type Intervals, unusable } from './settings.js';

export interface BotSettings {
  readonly token: string;
  readonly register: 'global' | string[];
  readonly rest: Partial<RESTOptions>;
  readonly endpoints: Endpoints;
  readonly intervals: Intervals;
  readonly pageGateway: PageSource | undefined;
  readonly dataDir: string;
  /** Beside what the commands' own sites ask for. */
  readonly session?: SessionOptions;
  /** What is to be closed after the bot. */
  readonly afterwards?: () => Promise<void>;
  readonly warn: (line: string) => void;
}

/** What the free APIs ask of their callers. */
const limits = {
  'api.open-meteo.com': { concurrency: 4, rate: '8/s' },
  'geocoding-api.open-meteo.com': { concurrency: 4, rate: '8/s' },
  'api.dictionaryapi.dev': { concurrency: 2, rate: '5000/h', burst: 50 },
};

/** When it is stopped, by a signal or by `stop()`, the last answers go out first, then the background rounds end, then the session closes. */
export async function startBot(settings: BotSettings): Promise<Bot> {
  const { token, register, rest, endpoints, intervals, pageGateway, dataDir, warn } = settings;
  const watches = new Subscriptions(join(dataDir, 'watches'), watchedPages, warn);
  const feeds = new Subscriptions(join(dataDir, 'feeds'), followedFeeds, warn);
  await Promise.all([watches.load(), feeds.load()]).catch(unusable(dataDir));
  const session = new Session({ limits, dedupe: true, cache: true, ...settings.session });
  const onStop = async () => {
    await Promise.all([watches.stop(), feeds.stop()]);
    await session.close();
    await settings.afterwards?.();
  };
  const commands = allCommands({ endpoints, intervals, pageGateway, watches, feeds });
  const bot = await runBot({ token, register, rest, commands, session, onStop });
  const post = postThrough(bot.client);
  watches.start(session, post);
  feeds.start(session, post);
  return bot;
}

const gone = new Set<number | string>([
  RESTJSONErrorCodes.UnknownChannel,
  RESTJSONErrorCodes.UnknownGuild,
  RESTJSONErrorCodes.MissingAccess,
  RESTJSONErrorCodes.MissingPermissions,
  RESTJSONErrorCodes.CannotSendMessagesToThisUser,
]);

const postThrough =
  (client: Client): Post =>
  async (channelId, embeds) => {
    try {
      const channel = await client.channels.fetch(channelId);
      if (!channel?.isSendable()) return 'gone';
      await channel.send({ embeds: embeds.slice(0, 10), allowedMentions: { parse: [] } });
      return 'sent';
    } catch (error) {
      if (error instanceof DiscordAPIError && gone.has(error.code)) return 'gone';
      throw error;
    }
  };
