// Asking the origin on the cache's behalf, and what is done with its answers: stored, used to freshen or to invalidate what
// is stored, or stood in for by a stale response where that may be.
import type { Handler } from '../../core/handler.js';
import type { HttpRequest } from '../../core/request.js';
import type { HttpResponse } from '../../core/response.js';
import { hasNoBody } from '../../core/status.js';
import { BlockedAddressError, ConnectionError, ProtocolError, RefusedError, TimeoutError } from '../../errors.js';
import { conditional, isComparable } from './conditional.js';
import { type HttpCache, isOwnAnswer, type Times } from './http-cache.js';
import { mayStandIn, type Wishes } from './rules.js';
import { Tee } from './tee.js';
import type { Variant } from './variant.js';

/** What came of asking: a response for the one who asked, and what is now stored for the others. */
export interface Outcome {
  readonly response: HttpResponse;
  readonly variant: Variant | undefined;
}

interface Begun {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly turn: number;
}

/** Statuses that a stale response may stand in for (RFC 5861 4). */
const outages = new Set([500, 502, 503, 504]);

export class Asking {
  readonly #cache: HttpCache;
  readonly #next: Handler;
  readonly #hit: () => void;

  constructor(cache: HttpCache, next: Handler, hit: () => void) {
    this.#cache = cache;
    this.#next = next;
    this.#hit = hit;
  }

  hit(request: HttpRequest, variant: Variant): HttpResponse {
    const response = this.#cache.answer(request, variant);
    this.#hit();
    return response;
  }

  /** Asks with a GET, conditionally where a variant is stored. */
  async ask(request: HttpRequest, variant: Variant | undefined, wishes: Wishes): Promise<Outcome> {
    const sent = variant === undefined ? request : conditional(request, variant.stored);
    const begun = this.#begin();
    let response: HttpResponse;
    try {
      response = await this.#next(sent);
    } catch (error) {
      const standIn = variant !== undefined && isOutage(error) && request.call.failure === undefined;
      if (!standIn || !mayStandIn(variant.terms, wishes, this.#cache.now())) throw error;
      return { response: this.hit(request, variant), variant: undefined };
    }
    const times = this.#times(request, begun);
    if (variant === undefined) return this.#keep(request, response, times);
    if (response.status === 304 && sent !== request) {
      await response[Symbol.asyncDispose]();
      const newer = await request.call.race(this.#cache.freshen(request, variant, response, times));
      return { response: this.hit(request, newer), variant: newer };
    }
    if (outages.has(response.status) && mayStandIn(variant.terms, wishes, times.receivedAt)) {
      await response[Symbol.asyncDispose]();
      return { response: this.hit(request, variant), variant: undefined };
    }
    const outcome = await this.#keep(request, response, times);
    // What came in its place may not be stored: the old one is out of date all the same.
    if (outcome.variant === undefined && response.status < 500 && response.body instanceof Uint8Array) {
      await request.call.race(this.#cache.drop(request, variant.stored));
    }
    return outcome;
  }

  /** A HEAD goes out as it is, and its answer freshens what a GET has stored (RFC 9111 4.3.5). */
  async head(request: HttpRequest, variant: Variant | undefined): Promise<HttpResponse> {
    const begun = this.#begin();
    const response = await this.#next(request);
    if (variant !== undefined && response.status === 200) {
      await request.call.race(this.#cache.learn(request, variant, response, this.#times(request, begun)));
    }
    return response;
  }

  /** The caller's own conditional question goes out untouched, and its answer is theirs; the cache learns from it. */
  async others(request: HttpRequest): Promise<HttpResponse> {
    const begun = this.#begin();
    const response = await this.#next(request);
    if (request.method !== 'GET') return response;
    const times = this.#times(request, begun);
    if (response.status !== 304) return (await this.#keep(request, response, times)).response;
    const variant = await this.#cache.find(request);
    if (variant !== undefined && isComparable(variant.stored, response.fields)) {
      await request.call.race(this.#cache.learn(request, variant, response, times));
    }
    return response;
  }

  /** What succeeds makes stored responses out of date; what says to be the newer one takes their place (RFC 9110 9.3.3). */
  async unsafe(request: HttpRequest): Promise<HttpResponse> {
    const begun = this.#begin();
    const response = await this.#next(request);
    await request.call.race(this.#cache.invalidate(request, response));
    if (request.method !== 'POST' || !isOwnAnswer(request, response)) return response;
    const times = { ...this.#times(request, begun), turn: this.#cache.begin() };
    return (await this.#keep(request, response, times)).response;
  }

  async #keep(request: HttpRequest, response: HttpResponse, times: Times): Promise<Outcome> {
    const plan = this.#cache.plan(request, response, times);
    if (plan === undefined) return { response, variant: undefined };
    const { body } = response;
    if (body instanceof Uint8Array) {
      return { response, variant: await request.call.race(this.#cache.keep(request, plan, body, times)) };
    }
    const tee = new Tee(
      body,
      this.#cache.maxEntrySize,
      lengthOf(request, response),
      (whole) => void this.#cache.keep(request, plan, whole, times),
    );
    return { response: response.with({ body: tee }), variant: undefined };
  }

  #begin(): Begun {
    return { at: this.#cache.now(), turn: this.#cache.begin() };
  }

  /** As the transport noted them: what a request waited for its turn does not make its answer older. */
  #times({ call }: HttpRequest, begun: Begun): Times {
    const now = this.#cache.now();
    const wall = (moment: number) => Math.max(begun.at, Math.round(now - (performance.now() - moment)));
    const { sentAt, headAt } = call.attempt ?? {};
    return {
      requestedAt: sentAt === undefined ? begun.at : wall(sentAt),
      receivedAt: headAt === undefined ? now : wall(headAt),
      turn: begun.turn,
    };
  }
}

/** The length of the body as it is read, where the head tells it. */
function lengthOf({ method }: HttpRequest, response: HttpResponse): number | undefined {
  if (hasNoBody(method, response.status)) return 0;
  const length = response.field('content-length');
  return length === undefined || response.field('content-encoding') !== undefined ? undefined : Number(length);
}

/** Whether the origin could not be asked, or did not answer in a way that could be read. */
function isOutage(error: unknown): boolean {
  return (
    error instanceof ConnectionError ||
    error instanceof TimeoutError ||
    error instanceof ProtocolError ||
    (error instanceof RefusedError && !(error instanceof BlockedAddressError))
  );
}
