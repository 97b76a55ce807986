// A cache over a scripted origin, with a clock that the test turns: for tests of what the cache sends and answers.
import type { Call } from '../../src/core/call.js';
import { fieldOf } from '../../src/core/headers.js';
import type { Policy } from '../../src/core/policy.js';
import type { HttpRequest } from '../../src/core/request.js';
import type { HttpResponse } from '../../src/core/response.js';
import { cache } from '../../src/middleware/cache/cache.js';
import { type CacheOptions, resolveCache } from '../../src/middleware/cache/options.js';
import type { Hidden } from '../../src/middleware/cache/variant.js';
import { answer, requestTo } from './scripted.js';

type Answer = [status: number, fields?: Record<string, string | string[]>, body?: string];
type Origin = (request: HttpRequest, count: number) => Answer | Promise<Answer> | HttpResponse;

interface Asked {
  readonly method?: string;
  readonly fields?: string[];
  readonly policy?: Partial<Policy>;
  readonly streaming?: boolean;
}

export const noon = Date.UTC(2026, 0, 1, 12);

export class Cached {
  readonly sent: HttpRequest[] = [];
  /** Calls that ran in the background, with what came of them. */
  readonly background: Array<{ readonly call: Call; readonly done: Promise<unknown> }> = [];
  hits = 0;
  now = noon;
  readonly #handler: (request: HttpRequest) => Promise<HttpResponse>;

  constructor(origin: Origin, options: CacheOptions = {}, hidden?: Hidden) {
    const store = resolveCache(options, hidden, () => this.now);
    if (store === undefined) throw new Error('the cache is off');
    const parts = {
      cache: store,
      hit: () => void this.hits++,
      background: (call: Call, work: () => Promise<unknown>) => void this.background.push({ call, done: work() }),
    };
    this.#handler = cache(parts)(async (request) => {
      this.sent.push(request);
      const given = await origin(request, this.sent.length);
      return Array.isArray(given) ? answer(request, ...given) : given;
    });
  }

  request(url = 'http://a.test/x', asked: Asked = {}): HttpRequest {
    return requestTo(url, asked);
  }

  send(request: HttpRequest): Promise<HttpResponse> {
    return this.#handler(request);
  }

  get(url?: string, asked?: Asked): Promise<HttpResponse> {
    return this.send(this.request(url, asked));
  }

  /** A field of the last request that reached the origin. */
  lastSent(name: string): string | undefined {
    return fieldOf(this.sent.at(-1)?.fields ?? [], name);
  }

  later(seconds: number): void {
    this.now += seconds * 1000;
  }

  date(seconds = 0): string {
    return new Date(this.now + seconds * 1000).toUTCString();
  }
}
