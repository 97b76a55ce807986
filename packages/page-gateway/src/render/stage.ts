// Where one visit happens: a context of its own with a single page, dressed as the visitor, with the visitor's way out and
// nobody else's. Whatever the page does, closing the stage leaves nothing of it.

import type { Session } from 'errand';
import type { Browser, BrowserContext, Page, Response } from 'playwright-core';
import type { PageRequest } from '../core/page-request.js';
import { Problem } from '../core/problem.js';
import type { Visitor } from '../core/visitor.js';
import { bring, type Given, takeBack } from './cookies.js';
import { Documents, type Hop } from './documents.js';
import { type Ending, within } from './ending.js';
import type { EngineBrowser } from './engine-browser.js';
import type { Filter } from './filter.js';
import type { Passage } from './passage.js';
import { Targets } from './targets.js';
import { overrideFor, timeZoneOf, wear } from './wear.js';

export interface StageOptions {
  readonly browser: Browser;
  /** Settles when the browser is gone. */
  readonly gone: Promise<void>;
  readonly engine: EngineBrowser;
  readonly session: Session;
  readonly filter: Filter;
  readonly visitor: Visitor;
  readonly request: PageRequest;
  readonly beforeHop: (url: URL) => Promise<void>;
  readonly ending: Ending;
}

/** Milliseconds that a context has to close before it counts as stuck. */
const closeTimeout = 5_000;
/** What a page and all that it loads may bring in, in times of the page alone; and at least so many bytes. */
const allowance = { times: 8, least: 64 * 1024 ** 2 };

export class Stage {
  readonly page: Page;
  readonly documents: Documents;
  readonly passage: Passage;
  readonly #context: BrowserContext;
  readonly #options: StageOptions;
  readonly #given: Given;
  /** The latest answer to a navigation of the page itself. */
  #response: Response | undefined;

  private constructor(
    parts: { page: Page; context: BrowserContext; documents: Documents; passage: Passage; given: Given },
    options: StageOptions,
  ) {
    this.page = parts.page;
    this.documents = parts.documents;
    this.passage = parts.passage;
    this.#context = parts.context;
    this.#given = parts.given;
    this.#options = options;
    this.page.on('response', (response) => {
      const request = response.request();
      if (request.isNavigationRequest() && request.frame() === this.page.mainFrame()) this.#response = response;
    });
  }

  static async open(options: StageOptions): Promise<Stage> {
    const { request, visitor, ending, filter, session } = options;
    const passage = filter.open({
      session,
      proxy: visitor.proxy,
      maxBytes: Math.max(allowance.least, allowance.times * request.maxBytes),
      exceeded: () =>
        ending.end(new Problem('too_large', 'the page and what it loads are larger than can be rendered')),
    });
    void options.gone.then(() => ending.end(crashed('the browser ended while it rendered the page')));
    let context: BrowserContext | undefined;
    try {
      const opening = options.browser.newContext(await contextOptions(options));
      // It may come after nobody waits for it any more.
      opening.then(
        (late) => ending.over && closeContext(late),
        () => {},
      );
      context = await ending.race(opening);
      const parts = await ending.race(dress(context, passage, options));
      return new Stage({ context, passage, ...parts }, options);
    } catch (error) {
      filter.shut(passage);
      if (context !== undefined) void closeContext(context);
      throw options.browser.isConnected() ? error : crashed('the browser ended before the page was there', error);
    }
  }

  /** Whether a document has come, so that there is something to read. */
  get committed(): boolean {
    return this.documents.hops.some(isPage);
  }

  /** The answer that the page came with. */
  get lastHop(): Hop {
    const last = this.documents.hops.findLast(isPage);
    if (last === undefined) throw crashed('the target sent no document');
    return last;
  }

  /** Its fields, `set-cookie` included. */
  async lastHeaders(): Promise<Hop['headers']> {
    const { headers } = this.lastHop;
    const told = await this.#response?.headersArray().catch(() => undefined);
    return told?.map(({ name, value }) => [name.toLowerCase(), value] as const) ?? headers;
  }

  /** What the page set, changed or removed is the visitor's from now on. */
  keepCookies(): Promise<void> {
    return takeBack(this.#context, this.#options.visitor.cookies, this.#given);
  }

  /** Whether everything was gone in time; if not, only the end of the browser helps. */
  async close(): Promise<boolean> {
    this.#options.filter.shut(this.passage);
    return closeContext(this.#context);
  }
}

async function contextOptions({
  request,
  visitor,
  filter,
}: StageOptions): Promise<Parameters<Browser['newContext']>[0]> {
  const { windowWidth: width, windowHeight: height } = request.rendering;
  const { viewport, locale } = visitor.identity;
  const timezoneId = timeZoneOf(visitor.proxy);
  return {
    viewport: { width, height },
    screen: { width: Math.max(width, viewport.width), height: Math.max(height, viewport.height) },
    deviceScaleFactor: viewport.scale,
    locale,
    serviceWorkers: 'block',
    acceptDownloads: false,
    proxy: { server: await filter.address(), bypass: '<-loopback>' },
    ...(timezoneId !== undefined && { timezoneId }),
  };
}

async function dress(context: BrowserContext, passage: Passage, options: StageOptions) {
  const { request, visitor, engine, ending, beforeHop } = options;
  const target = new URL(request.url);
  const page = await context.newPage();
  page.once('crash', () => ending.end(crashed('the page crashed its renderer')));
  context.on('page', (other) => {
    if (other !== page) void other.close().catch(() => {});
  });
  const documents = new Documents({ request, passage, beforeHop });
  const override = overrideFor(visitor.identity, engine, target);
  const cdp = await context.newCDPSession(page);
  const targets = new Targets(cdp, {
    setUp: (each) => Promise.all([wear(each, override), documents.watch(each)]),
    onEvent: (each, method, params) => documents.heard(each, method, params),
    events: ['Fetch.requestPaused', 'Fetch.authRequired'],
  });
  const [given] = await Promise.all([bring(context, visitor.cookies, request.cookies, request.url), targets.begin()]);
  if (request.rendering.blocked.includes('websocket')) {
    await page.routeWebSocket(/.*/, (socket) => {
      documents.blocked++;
      void socket.close();
    });
  }
  return { page, documents, given };
}

/** No redirect that was followed. */
function isPage({ status, headers }: Hop): boolean {
  return status < 300 || status >= 400 || !headers.some(([name]) => name === 'location');
}

function closeContext(context: BrowserContext): Promise<boolean> {
  return within(context.close(), closeTimeout);
}

function crashed(what: string, cause?: unknown): Problem {
  return new Problem('upstream', what, { retryable: true, cause });
}
