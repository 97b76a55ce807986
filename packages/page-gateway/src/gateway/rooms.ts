// Makes every room of the gateway once, from the options, and closes them in the opposite order. What one room knows of
// another is said here and nowhere else.
import { parseDuration, type Session } from 'errand';
import type { Logger } from 'pino';
import { Answers } from '../answers/answers.js';
import { Calls } from '../answers/calls.js';
import { Copies } from '../cache/copies.js';
import { Formats } from '../formats/formats.js';
import { HttpEngine } from '../http/http-engine.js';
import { openTargets } from '../http/targets.js';
import { Identities } from '../identity/identities.js';
import { Jobs, type JobsOptions } from '../jobs/jobs.js';
import { Keys } from '../keys/keys.js';
import { Pages } from '../ladder/pages.js';
import { Hosts } from '../politeness/hosts.js';
import { loadProxies } from '../proxies/parse.js';
import { Proxies } from '../proxies/proxies.js';
import type { Shared } from '../redis/shared.js';
import { BrowserEngine } from '../render/browser-engine.js';
import { Robots } from '../robots/robots.js';
import { Visitors } from '../sessions/visitors.js';
import { defaultFolder } from '../store/default-folder.js';
import { openStore, type Store } from '../store/store.js';
import { inSession, waitingToo } from '../tickets/for-jobs.js';
import { Tickets } from '../tickets/tickets.js';
import { judge } from '../verdict/judge.js';
import type { PageGatewayServiceOptions } from './options.js';

export interface Rooms {
  readonly store: Store;
  /** What several gateways have in common; `undefined`: this one is alone. */
  readonly shared: Shared | undefined;
  readonly keys: Keys;
  readonly proxies: Proxies;
  readonly hosts: Hosts;
  readonly visitors: Visitors;
  readonly browser: BrowserEngine;
  readonly calls: Calls;
  readonly answers: Answers;
  readonly jobs: Jobs;
  readonly tickets: Tickets;
}

/** What is to be closed, the last one first. */
export class Closers {
  readonly #closers: Array<() => unknown> = [];

  add<T extends { close(): unknown }>(room: T): T {
    this.#closers.push(() => room.close());
    return room;
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
  }
}

/** @throws where an option cannot be used; what was made by then is in `closers`. */
export async function openRooms(options: PageGatewayServiceOptions, log: Logger, closers: Closers): Promise<Rooms> {
  const store = closers.add(openStore({ folder: options.data ?? defaultFolder() }));
  const shared = await shareWith(options, log, closers);
  const keys = await openKeys(options, { store, shared, log });
  const servers = options.proxies === undefined ? [] : await loadProxies(options.proxies);
  const proxies = closers.add(new Proxies({ servers, bans: shared?.bans }));
  const session = openTargets({ ...(options.allow && { allow: options.allow }) });
  closers.add({ close: () => session.close({ grace: 0 }) });
  const browser = closers.add(await openBrowser(options, session));
  const identities = new Identities({ engineBrowser: () => browser.browser });
  const visitors = closers.add(new Visitors({ proxies, identities, store: shared?.sessions ?? store.sessions }));
  const hosts = closers.add(
    new Hosts({
      ledger: shared?.ledger,
      ...(options.hostConcurrency !== undefined && { concurrency: options.hostConcurrency }),
      ...(options.hostDelay !== undefined && { delay: parseDuration(options.hostDelay, 'hostDelay') }),
    }),
  );
  const livePage = browser.available ? browser.livePage.bind(browser) : undefined;
  const tickets = closers.add(new Tickets({ livePage, visitors, judge, others: shared?.sessions.clearances }));
  const pages = closers.add(
    new Pages({
      ...{ judge, hosts, visitors, proxies, tickets },
      http: new HttpEngine({ session }),
      browser: browser.available ? browser : undefined,
      robots: new Robots({ session }),
      solver: options.solver,
    }),
  );
  const shelf = shared?.copies;
  const onError = copyLost(log);
  const copies = closers.add(new Copies({ shelf, folder: store.folder, index: store.copies, onError }));
  const formats = closers.add(new Formats());
  const calls = new Calls();
  const answers = new Answers({ pages, copies, formats, calls });
  const jobs = closers.add(
    new Jobs({
      ...{ store, keys, session },
      // A gateway that takes no calls, such as a command, works on jobs of its own.
      shared: options.port === false ? undefined : shared?.jobs,
      // As many again wait at the host as it takes at once, so that it is never idle.
      perHost: 2 * (options.hostConcurrency ?? 4),
      fetchPage: jobPages(answers, tickets),
      ticketEnded: (ticket, signal) => tickets.ended(ticket, signal),
      log: (level, event, facts) => log[level](facts, event),
    }),
  );
  return { store, shared, keys, proxies, hosts, visitors, browser, calls, answers, jobs, tickets };
}

const copyLost = (log: Logger) => (err: unknown) => log.warn({ err }, 'a copy could not be kept');

/** Without a Redis nothing of it is loaded. */
async function shareWith(
  { redis: url }: PageGatewayServiceOptions,
  log: Logger,
  closers: Closers,
): Promise<Shared | undefined> {
  if (url === undefined) return undefined;
  const { openShared } = await import('../redis/shared.js');
  const changed = (reachable: boolean) => {
    if (reachable) log.info('the shared Redis is back');
    else log.warn('the shared Redis is out of reach');
  };
  return openShared({ url, changed, copyLost: copyLost(log) }, closers);
}

/** A gateway that takes no calls keeps its own keys: they are for callers. */
async function openKeys(
  { port }: PageGatewayServiceOptions,
  { store, shared, log }: { store: Store; shared: Shared | undefined; log: Logger },
): Promise<Keys> {
  if (shared === undefined || port === false) return new Keys({ store: store.keys });
  // Those who were known before there was a Redis are known on.
  for (const row of await store.keys.list()) {
    if (await shared.keys.adopt(row, await store.keys.used(row.id))) continue;
    log.warn({ key: row.name }, 'a key of the data folder is not taken over: another one on the Redis has its name');
  }
  return new Keys({ store: shared.keys, traffic: shared.traffic });
}

/** What the jobs need of the way to pages. */
function jobPages(answers: Answers, tickets: Tickets): JobsOptions['fetchPage'] {
  return async (request, { key, signal }) => {
    const own = inSession(request);
    try {
      return await answers.get(own, { key, signal });
    } catch (error) {
      throw waitingToo(error, own, (name) => tickets.atSession(key.id, name));
    }
  };
}

async function openBrowser(
  { chromium, renderConcurrency }: PageGatewayServiceOptions,
  session: Session,
): Promise<BrowserEngine> {
  return new BrowserEngine({
    session,
    chromium: await BrowserEngine.find(chromium),
    concurrency: renderConcurrency,
  });
}
