/** Followed feeds: which entries were seen is remembered, and news is the others, oldest first. */
import { fitEmbed } from '@errand/discord';
import type { APIEmbed } from 'discord.js';
import { z } from 'zod';
import { decodeXml, type Feed, readFeed } from '../documents/feed.js';
import { plain } from '../text.js';
import type { Subject } from './subscriptions.js';

const FeedState = z.object({ title: z.string(), seen: z.array(z.string()) });
export type FeedState = z.infer<typeof FeedState>;

const keptIds = 1000;
const shownEntries = 5;

export const followedFeeds: Subject<FeedState> = {
  name: 'feed',
  state: FeedState,
  async read(response, url, before) {
    const declared = /charset=/i.test(response.headers.get('content-type') ?? '');
    const feed = readFeed(declared ? await response.text() : decodeXml(await response.bytes()), response.url);
    const ids = feed.entries.map(({ id }) => id);
    const seen = [...new Set([...ids, ...(before?.seen ?? [])])].slice(0, keptIds);
    const state = { title: plain(feed.title, 200) || new URL(url).host, seen };
    return { state, news: before === undefined ? [] : news(feed, new Set(before.seen), state.title) };
  },
};

function news(feed: Feed, seen: ReadonlySet<string>, title: string): APIEmbed[] {
  const fresh = feed.entries.filter(({ id }) => !seen.has(id)).reverse();
  const embeds = fresh.slice(-shownEntries).map((entry) =>
    fitEmbed({
      author: { name: title, ...(feed.link !== undefined && { url: feed.link }) },
      title: plain(entry.title, 250) || 'A new entry',
      ...(entry.link !== undefined && { url: entry.link }),
      description: plain(entry.summary, 400),
      color: 0xe0762f,
      ...(entry.published !== undefined && { timestamp: entry.published.toISOString() }),
    }),
  );
  const left = fresh.length - embeds.length;
  if (left > 0) embeds.unshift(fitEmbed({ author: { name: title }, description: `and ${left} more before these` }));
  return embeds;
}
