// The way to a page: tries inside one budget of time, by plain HTTP and, where it is wanted and there is one, by the
// browser. It makes nothing of the page, and keeps nothing of it.
import type { Attempt } from '../core/attempt.js';
import type { Engine } from '../core/engine.js';
import type { Page } from '../core/page.js';
import type { PageRequest } from '../core/page-request.js';
import { Problem } from '../core/problem.js';
import { Budget } from './budget.js';
import type { Solver, Tickets } from './captchas.js';
import { Climb } from './climb.js';
import type { Judge, Politeness, ProxyRecords, RobotsRules, VisitorDesk } from './seams.js';

export interface PagesParts {
  readonly http: Engine;
  /** Undefined: rendering is off. */
  readonly browser?: Engine | undefined;
  readonly judge: Judge;
  readonly robots: RobotsRules;
  readonly hosts: Politeness;
  readonly visitors: VisitorDesk;
  readonly proxies: ProxyRecords;
  readonly solver?: Solver | undefined;
  readonly tickets?: Tickets | undefined;
}

export interface GetOptions {
  /** Ends the page, wherever it is: the promise is rejected with its reason. */
  readonly signal: AbortSignal;
  /** The id of the key that asks: sessions of one name are others for others. @default '' */
  readonly owner?: string;
  /** Told of each try when it is over. */
  readonly onAttempt?: (attempt: Attempt) => void;
}

export class Pages {
  readonly #parts: PagesParts;
  readonly #underWay = new Set<AbortController>();
  readonly #ended: Array<() => void> = [];
  #closed = false;

  constructor(parts: PagesParts) {
    this.#parts = parts;
  }

  /** @throws Problem; the signal's reason; what is an error of this program's own. */
  async get(request: PageRequest, { signal, owner = '', onAttempt }: GetOptions): Promise<Page> {
    signal.throwIfAborted();
    if (this.#closed) throw closing();
    const engine = this.#firstEngine(request);
    const ending = new AbortController();
    const abort = () => ending.abort(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    const timer = setTimeout(() => ending.abort(timeIsUp(request)), request.timeout);
    this.#underWay.add(ending);
    const budget = new Budget({ tries: request.retries + 1, time: request.timeout, now: () => performance.now() });
    try {
      const pages = this.#parts;
      return await new Climb({ pages, request, owner, budget, signal: ending.signal, onAttempt }, engine).run();
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      this.#underWay.delete(ending);
      if (this.#underWay.size === 0) for (const tell of this.#ended.splice(0)) tell();
    }
  }

  /** Ends what is under way; resolves when nothing is left of it. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#underWay.size === 0) return;
    const ended = new Promise<void>((resolve) => this.#ended.push(resolve));
    for (const ending of this.#underWay) ending.abort(closing());
    await ended;
  }

  #firstEngine({ render }: PageRequest): Engine {
    const { http, browser } = this.#parts;
    if (render !== true) return http;
    if (browser !== undefined) return browser;
    throw new Problem('bad_parameter', 'render=true needs a browser, and rendering is off here.', {
      members: { parameter: 'render' },
    });
  }
}

function closing(): Problem {
  return new Problem('overloaded', 'The service is about to end; try again in a moment.', { retryAfter: 1 });
}

function timeIsUp({ url, timeout }: PageRequest): Problem {
  return new Problem('timeout', `The page of ${new URL(url).host} did not come within ${timeout} ms (timeout).`);
}
