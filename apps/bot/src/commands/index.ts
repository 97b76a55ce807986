/** All commands of the bot. Each one lives in a file of its own, made to be copied. */
import type { Command } from '@errand/discord';
import type { FeedState } from '../background/feeds.js';
import type { PageState } from '../background/pages.js';
import type { Subscriptions } from '../background/subscriptions.js';
import type { PageSource } from '../page-gateway.js';
import type { Endpoints, Intervals } from '../settings.js';
import { define } from './define.js';
import { feed } from './feed.js';
import { http } from './http.js';
import { page } from './page.js';
import { stats } from './stats.js';
import { status } from './status.js';
import { watch } from './watch.js';
import { weather } from './weather.js';

/** What the commands ask, and what they leave behind. */
export interface Surroundings {
  readonly endpoints: Endpoints;
  readonly intervals: Intervals;
  readonly pageGateway: PageSource | undefined;
  readonly watches: Subscriptions<PageState>;
  readonly feeds: Subscriptions<FeedState>;
}

export const allCommands = ({ endpoints, intervals, pageGateway, watches, feeds }: Surroundings): Command[] => [
  weather(endpoints),
  page(pageGateway),
  http(),
  status(),
  define(endpoints),
  watch(watches, intervals),
  feed(feeds, intervals),
  stats(),
];
