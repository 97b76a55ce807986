// The engine that renders: one visit is one context of a pooled Chromium, loaded, waited for, read and closed. It judges
// nothing and tries nothing twice; what goes wrong is thrown as errand's errors or as a Problem.
import { ErrandError, type Session } from 'errand';
import type { Engine, Fetched, Seen, Visit } from '../core/engine.js';
import type { PageRequest } from '../core/page-request.js';
import { Problem } from '../core/problem.js';
import type { Visitor } from '../core/visitor.js';
import { Browsers, type BrowsersOptions, type BrowsersReport, type Lease } from './browsers.js';
import { contentOf } from './content.js';
import { type Hop, tooLarge } from './documents.js';
import { Ending } from './ending.js';
import { type EngineBrowser, engineBrowser } from './engine-browser.js';
import { Filter } from './filter.js';
import { type Chromium, findChromium, type NoChromium } from './find-chromium.js';
import type { Running } from './launch.js';
import { LivePage } from './live-page.js';
import { load } from './load.js';
import { take } from './pictures.js';
import { awaitSelector, play } from './settle.js';
import { Stage } from './stage.js';

export interface BrowserEngineOptions extends Omit<BrowsersOptions, 'chromium' | 'proxy'> {
  /** Every connection of every page is opened by it: its guard is the browser's. */
  readonly session: Session;
  /** What {@link BrowserEngine.find} found. */
  readonly chromium: Chromium | NoChromium;
}

export class BrowserEngine implements Engine {
  readonly name = 'browser';
  /** What rendered visits look like; undefined where rendering is off. */
  readonly browser: EngineBrowser | undefined;
  /** Why rendering is off; undefined where it is not. */
  readonly missing: string | undefined;
  readonly #session: Session;
  readonly #filter = new Filter();
  readonly #browsers: Browsers | undefined;
  #closing: Promise<void> | undefined;

  constructor({ session, chromium, ...options }: BrowserEngineOptions) {
    this.#session = session;
    if ('missing' in chromium) {
      this.missing = chromium.missing;
      return;
    }
    this.browser = engineBrowser(chromium);
    this.#browsers = new Browsers({ ...options, chromium, proxy: () => this.#filter.address() });
  }

  /** @param option The operator's `--chromium`: a path, 'off', or undefined to look for one. */
  static find(
    option?: string,
    environment?: Readonly<Record<string, string | undefined>>,
  ): Promise<Chromium | NoChromium> {
    return findChromium(option, environment);
  }

  get available(): boolean {
    return this.#browsers !== undefined;
  }

  async visit({ request, visitor, signal, timeout, beforeHop, patience }: Visit): Promise<Fetched> {
    const ending = new Ending(timeout, signal);
    try {
      return await this.#on({ request, visitor, beforeHop, ending }, (stage) =>
        render(stage, request, ending, patience).catch((error: unknown) => {
          throw worded(stage, error, ending);
        }),
      );
    } finally {
      ending.dispose();
    }
  }

  /**
   * A page that a person looks at and acts on, in the visitor's own browser; what they earn stays with the visitor.
   * @param timeout Milliseconds for opening it; it then stays until it is closed, or `signal` is aborted.
   */
  async livePage(
    visitor: Visitor,
    request: PageRequest,
    options: { signal: AbortSignal; timeout: number },
  ): Promise<LivePage> {
    const ending = new Ending(options.timeout, options.signal);
    const beforeHop = async () => {};
    try {
      const { stage, leave } = await this.#enter({ request, visitor, beforeHop, ending });
      try {
        await load(stage, request, ending);
        return new LivePage(stage, leave, options.signal);
      } catch (error) {
        leave();
        throw error;
      }
    } finally {
      ending.dispose();
    }
  }

  /** How many browsers run, what they do and hold; undefined where rendering is off. */
  report(): BrowsersReport | undefined {
    return this.#browsers?.report();
  }

  /** The browsers that run, for tests and the soak. */
  runs(): readonly Running[] {
    return this.#browsers?.runs() ?? [];
  }

  /** Ends every browser and connection, whatever is under way. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#browsers?.close();
    await this.#filter.close();
  }

  async #on<T>(entry: Entry, work: (stage: Stage) => Promise<T>): Promise<T> {
    const { stage, leave } = await this.#enter(entry);
    try {
      return await work(stage);
    } finally {
      leave();
    }
  }

  async #enter({ request, visitor, beforeHop, ending }: Entry): Promise<{ stage: Stage; leave: () => void }> {
    const { browser: engine } = this;
    if (this.#browsers === undefined || engine === undefined) {
      throw new Problem('bad_parameter', `rendering is off here: ${this.missing}; ask without render`, {
        members: { parameter: 'render' },
      });
    }
    const lease = await this.#browsers.lease(ending);
    try {
      const { running, gone } = lease;
      const parts = { browser: running.browser, gone, engine, session: this.#session, filter: this.#filter };
      const stage = await Stage.open({ ...parts, visitor, request, beforeHop, ending });
      return { stage, leave: () => leave(stage, lease) };
    } catch (error) {
      lease.release();
      throw error;
    }
  }
}

interface Entry {
  readonly request: PageRequest;
  readonly visitor: Visitor;
  readonly beforeHop: (url: URL) => Promise<void>;
  readonly ending: Ending;
}

/** What Chromium says of a page that cannot be read says nothing to a caller. */
function worded({ documents }: Stage, error: unknown, ending: Ending): unknown {
  const worded = ending.over || error === documents.refusal?.reason;
  if (worded || error instanceof Problem || error instanceof ErrandError) return error;
  return new Problem('upstream', 'the page could not be read after it was loaded', { cause: error });
}

/** The caller has the answer already; the room is free when the page is gone. */
function leave(stage: Stage, lease: Lease): void {
  void stage.close().then((closed) => {
    // A context that cannot be closed holds what only the end of its browser gives back.
    if (!closed) lease.running.kill();
    lease.release();
  });
}

async function render(
  stage: Stage,
  request: PageRequest,
  ending: Ending,
  patience: Visit['patience'],
): Promise<Fetched> {
  const warnings = await load(stage, request, ending);
  const { page, documents } = stage;
  const { rendering } = request;
  let screenshots: readonly Uint8Array[] = [];
  if (documents.raw === undefined) {
    if (rendering.waitForSelector !== undefined) {
      const missed = await awaitSelector(page, rendering.waitForSelector, ending);
      if (missed !== undefined) warnings.push(missed);
    }
    if (rendering.wait > 0) await ending.sleep(Math.min(rendering.wait, ending.spare));
    if (rendering.scenario.length > 0) {
      const played = await play(page, rendering.scenario, ending);
      screenshots = played.screenshots;
      if (played.warning !== undefined) warnings.push(played.warning);
    }
  }
  const { last, ...came } = await ripe(stage, request, ending, patience);
  const pictures = documents.raw === undefined ? await take(page, request, ending) : undefined;
  return {
    engine: 'browser',
    ...came,
    history: documents.hops.filter((hop) => hop !== last).map(({ url, status }) => ({ url, status })),
    rendered: {
      screenshot: pictures?.screenshot,
      pdf: pictures?.pdf,
      screenshots,
      blocked: documents.blocked,
      warnings: [...warnings, ...(pictures?.warnings ?? [])],
    },
  };
}

/** Milliseconds between two looks at a page that is not all there yet. */
const pace = 150;

interface Came extends Seen {
  readonly truncated: boolean;
  readonly last: Hop;
}

/** The page once it is one, or as it is when patience is at an end. */
async function ripe(stage: Stage, request: PageRequest, ending: Ending, patience: Visit['patience']): Promise<Came> {
  const began = performance.now();
  for (;;) {
    const came = await read(stage, request, ending);
    if (patience === undefined || stage.documents.raw !== undefined) return came;
    const left = began + patience(came) - performance.now();
    if (left <= 0 || ending.spare < pace) return came;
    await ending.sleep(Math.min(pace, left));
  }
}

async function read(stage: Stage, request: PageRequest, ending: Ending): Promise<Came> {
  const { page, documents } = stage;
  if (documents.refusal !== undefined) throw documents.refusal.reason;
  const [{ body, truncated }, headers] = await Promise.all([
    documents.raw ?? serialise(stage, request, ending),
    documents.raw?.headers ?? ending.race(stage.lastHeaders()),
    ending.race(stage.keepCookies()),
  ]);
  const last: Hop = documents.raw ?? stage.lastHop;
  const url = documents.raw?.url ?? shownUrl(page.url(), last.url);
  return { status: last.status, headers, url, body, truncated, last };
}

async function serialise(
  { page }: Stage,
  { maxBytes, truncate }: PageRequest,
  ending: Ending,
): Promise<{ body: Uint8Array; truncated: boolean }> {
  const body = Buffer.from(await ending.race(contentOf(page)));
  if (body.length <= maxBytes) return { body, truncated: false };
  if (!truncate) throw tooLarge(maxBytes);
  let end = maxBytes;
  // Not in the middle of a character.
  while (end > 0 && ((body[end] ?? 0) & 0xc0) === 0x80) end--;
  return { body: body.subarray(0, end), truncated: true };
}

function shownUrl(url: string, fallback: string): string {
  return /^https?:/.test(url) ? url : fallback;
}
