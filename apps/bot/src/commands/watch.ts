/** /watch: tells the channel when a page changes. */
import type { Command } from '@errand/discord';
import type { PageState } from '../background/pages.js';
import type { Subscriptions } from '../background/subscriptions.js';
import type { Intervals } from '../settings.js';
import { subscriptionCommand } from './subscription.js';

export const watch = (watches: Subscriptions<PageState>, intervals: Intervals): Command =>
  subscriptionCommand(
    { name: 'watch', description: 'Tells this channel when a page changes', started: 'I watch' },
    watches,
    intervals,
  );
