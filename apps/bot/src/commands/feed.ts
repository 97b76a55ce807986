/** /feed: brings the new entries of an RSS or Atom feed to the channel. */
import type { Command } from '@errand/discord';
import type { FeedState } from '../background/feeds.js';
import type { Subscriptions } from '../background/subscriptions.js';
import type { Intervals } from '../settings.js';
import { subscriptionCommand } from './subscription.js';

export const feed = (feeds: Subscriptions<FeedState>, intervals: Intervals): Command =>
  subscriptionCommand(
    { name: 'feed', description: 'Brings new entries of an RSS or Atom feed to this channel', started: 'I follow' },
    feeds,
    intervals,
  );
