// Answers from the cache while responses are fresh, asks whether they still hold when they are stale, and lets those who
// want the same at once wait for one answer (RFC 9111, RFC 5861). A response is never reused where its terms forbid it.
import { Call } from '../../core/call.js';
import { Flights, requestKey } from '../../core/flight.js';
import type { Handler, Middleware } from '../../core/handler.js';
import { fieldOf } from '../../core/headers.js';
import type { HttpRequest } from '../../core/request.js';
import { HttpResponse } from '../../core/response.js';
import { Asking, type Outcome } from './asking.js';
import { isConditional } from './conditional.js';
import type { HttpCache } from './http-cache.js';
import { decide, noWishes, readWishes, type Wishes } from './rules.js';
import type { Variant } from './variant.js';

export interface CacheParts {
  readonly cache: HttpCache;
  /** Told of each response that comes out of the cache. */
  readonly hit: () => void;
  /** Runs work on behalf of a call that no caller waits for; the session ends the call when it closes. */
  readonly background: (call: Call, work: () => Promise<unknown>) => void;
}

export function cache(parts: CacheParts): Middleware {
  return (next) => {
    const desk = new Desk(parts, next);
    return (request) => desk.handle(request);
  };
}

/** Methods that change nothing; whatever else succeeds makes stored responses out of date. */
const safe = new Set(['OPTIONS', 'TRACE', 'PROPFIND', 'REPORT', 'SEARCH', 'QUERY']);
/** For how long callers do not wait for one another after they did in vain, in milliseconds, and for how many questions. */
const aloneFor = 60_000;
const maxAlone = 1000;

class Desk {
  readonly #parts: CacheParts;
  readonly #cache: HttpCache;
  readonly #next: Handler;
  readonly #asking: Asking;
  readonly #flights = new Flights<Outcome>();
  /** Questions whose answers could not be shared, and until when nobody waits for another's. */
  readonly #alone = new Map<string, number>();
  readonly #refreshing = new Set<string>();

  constructor(parts: CacheParts, next: Handler) {
    this.#parts = parts;
    this.#cache = parts.cache;
    this.#next = next;
    this.#asking = new Asking(parts.cache, next, parts.hit);
  }

  handle(request: HttpRequest): Promise<HttpResponse> {
    const { method, body, call } = request;
    if (method !== 'GET' && method !== 'HEAD') {
      return safe.has(method) ? this.#next(request) : this.#asking.unsafe(request);
    }
    const wishes = readWishes(request.fields);
    const onlyIfCached = wishes.onlyIfCached || call.policy.cache === 'only-if-cached';
    if (body !== undefined || wishes.noStore || call.policy.cache === 'no-store' || isConditional(request)) {
      if (onlyIfCached) return Promise.resolve(notCached(request));
      const stays = body !== undefined || wishes.noStore || call.policy.cache === 'no-store';
      return stays ? this.#next(request) : this.#asking.others(request);
    }
    if (call.policy.cache === 'reload') return this.#ask(insisting(request, 'no-cache'), undefined, wishes);
    const found = this.#cache.find(request);
    return found instanceof Promise
      ? found.then((variant) => this.#choose(request, variant, wishes))
      : this.#choose(request, found, wishes);
  }

  async #choose(request: HttpRequest, variant: Variant | undefined, wishes: Wishes): Promise<HttpResponse> {
    const mode = request.call.policy.cache;
    const how = variant === undefined ? 'ask' : this.#how(variant, wishes, mode);
    if (variant !== undefined && how !== 'ask') {
      if (how === 'refresh') this.#refresh(request, variant);
      return this.#asking.hit(request, variant);
    }
    if (wishes.onlyIfCached || mode === 'only-if-cached') return notCached(request);
    return this.#ask(mode === 'no-cache' ? insisting(request, 'max-age=0') : request, variant, wishes);
  }

  #how({ terms }: Variant, wishes: Wishes, mode: string): 'use' | 'refresh' | 'ask' {
    if (mode === 'force-cache' || mode === 'only-if-cached') return 'use';
    const how = decide(terms, wishes, this.#cache.now());
    // RFC 8246: what is immutable is not asked for again while it is fresh; `reload` overrides that.
    if (mode === 'no-cache') return how === 'use' && terms.immutable ? 'use' : 'ask';
    return how;
  }

  async #ask(request: HttpRequest, variant: Variant | undefined, wishes: Wishes): Promise<HttpResponse> {
    const { call, method } = request;
    if (method === 'HEAD') return this.#asking.head(request, variant);
    const key = requestKey(request);
    if (call.streaming || this.#isAlone(key)) return (await this.#asking.ask(request, variant, wishes)).response;
    const shared = this.#flights.join(key, call);
    if (shared === undefined) {
      const outcome = this.#flights.lead(key, request, (each) => this.#asking.ask(each, variant, wishes));
      return (await outcome).response.forCall(call);
    }
    const newest = (await shared).variant;
    if (newest !== undefined && decide(newest.terms, wishes, this.#cache.now()) === 'use') {
      return this.#asking.hit(request, newest);
    }
    this.#goAlone(key);
    return (await this.#asking.ask(request, newest ?? variant, wishes)).response;
  }

  #isAlone(key: string): boolean {
    const until = this.#alone.get(key);
    if (until === undefined) return false;
    if (until > this.#cache.now()) return true;
    this.#alone.delete(key);
    return false;
  }

  #goAlone(key: string): void {
    this.#alone.set(key, this.#cache.now() + aloneFor);
    const [oldest] = this.#alone.keys();
    if (this.#alone.size > maxAlone && oldest !== undefined) this.#alone.delete(oldest);
  }

  /** Asks whether the response still holds while its caller already has it; once at a time. */
  #refresh(request: HttpRequest, variant: Variant): void {
    const key = requestKey(request);
    if (this.#refreshing.has(key)) return;
    this.#refreshing.add(key);
    const { method, url, policy, readings, lane, priority } = request.call;
    const bounded = { ...policy, maxBodySize: Math.min(policy.maxBodySize, this.#cache.maxEntrySize) };
    const call = new Call({ method, url, policy: bounded, readings, streaming: false, lane, priority });
    this.#parts.background(call, () =>
      this.#asking
        .ask(request.forCall(call), variant, noWishes)
        .then(
          () => {},
          () => {},
        )
        .finally(() => this.#refreshing.delete(key)),
    );
  }
}

/** What only-if-cached is answered with where nothing is stored that would do (RFC 9111 5.2.1.7). */
function notCached({ call, url }: HttpRequest): HttpResponse {
  const body = new Uint8Array(0);
  return new HttpResponse({ status: 504, statusText: 'Gateway Timeout', fields: {}, body, url }, call);
}

/** The request with a word to the caches on its way, unless the caller has spoken to them already. */
function insisting(request: HttpRequest, directive: string): HttpRequest {
  const { fields } = request;
  return fieldOf(fields, 'cache-control') === undefined
    ? request.withFields([...fields, 'cache-control', directive])
    : request;
}
