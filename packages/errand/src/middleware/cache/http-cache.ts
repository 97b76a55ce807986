// The cache itself: finds the stored response for a request, keeps new ones, freshens and invalidates them (RFC 9111), and
// makes answers out of them. It sends nothing.
import { type ResponseFields, responseField } from '../../core/headers.js';
import type { HttpRequest } from '../../core/request.js';
import { HttpResponse } from '../../core/response.js';
import { BodyTooLargeError } from '../../errors.js';
import { Directives } from './directives.js';
import type { Entries } from './entries.js';
import { ageAt, isStorable, readWishes, varyNames } from './rules.js';
import { freshened, type StoredResponse, speaksOf, storableFields } from './stored.js';
import { authorizationOf, type Hidden, replaces, select, selectorsOf, Variant } from './variant.js';

export interface CacheSettings {
  readonly entries: Entries;
  readonly shared: boolean;
  /** Bytes of one response, head and body. */
  readonly maxEntrySize: number;
  readonly hidden?: Hidden | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** When a request went out and its answer came. */
export interface Times {
  /** Milliseconds since the epoch. */
  readonly requestedAt: number;
  readonly receivedAt: number;
  /** From {@link HttpCache.begin}, when the request went out. */
  readonly turn: number;
}

/** Responses of one URL that differ by Vary or Authorization. */
const maxVariants = 32;
/** URLs whose invalidation is remembered, for answers that were under way then. */
const maxInvalidated = 1000;

export class HttpCache {
  readonly #settings: CacheSettings;
  /** By URL: the turn of its invalidation. Answers to requests that went out before are out of date. */
  readonly #invalidated = new Map<string, number>();
  #turn = 0;

  constructor(settings: CacheSettings) {
    this.#settings = settings;
  }

  now(): number {
    return this.#settings.now();
  }

  /** Marks the moment at which a request goes out, before or after an invalidation however short the time between. */
  begin(): number {
    return ++this.#turn;
  }

  /** Bytes of one response, head and body. */
  get maxEntrySize(): number {
    return this.#settings.maxEntrySize;
  }

  /** The variant that may answer the request, fresh or not. */
  find(request: HttpRequest): Variant | undefined | Promise<Variant | undefined> {
    const { entries, hidden } = this.#settings;
    const found = entries.get(keyOf(request.url));
    if (!(found instanceof Promise)) return select(found, request, hidden);
    return request.call.race(found).then((variants) => select(variants, request, hidden));
  }

  /**
   * Whether the response to a GET is to be stored; then with everything but its body. A response whose request varies by
   * what it has itself just changed is not.
   */
  plan(request: HttpRequest, response: HttpResponse, times: Times): Omit<StoredResponse, 'body'> | undefined {
    const { shared, hidden } = this.#settings;
    const { status, statusText, fields, truncated } = response;
    const { requestedAt, receivedAt } = times;
    const authorization = authorizationOf(request);
    const wishes = readWishes(request.fields);
    const head = { status, fields, requestedAt, receivedAt };
    if (truncated || !isStorable(head, wishes, authorization !== '', shared)) return undefined;
    const names = varyNames(fields);
    if (names === '*' || (names.includes('cookie') && Object.hasOwn(fields, 'set-cookie'))) return undefined;
    const vary = selectorsOf(names, request, hidden);
    if (vary === undefined) return undefined;
    const directives = new Directives(responseField(fields, 'cache-control'));
    const kept = storableFields(fields, directives, shared);
    const guarded = request.call.policy.guard !== undefined;
    return { ...head, statusText, fields: kept, vary, authorization, guarded };
  }

  /** Keeps a response in place of the one that it replaces; nothing where it is too large, or out of date already. */
  async keep(
    request: HttpRequest,
    head: Omit<StoredResponse, 'body'>,
    body: Uint8Array,
    { turn }: Times,
  ): Promise<Variant | undefined> {
    const { entries, shared, maxEntrySize } = this.#settings;
    const key = keyOf(request.url);
    if (turn < (this.#invalidated.get(key) ?? 0)) return undefined;
    if (body.length > maxEntrySize) return undefined;
    // The caller may change the bytes that they get, or give them away: the cache has its own.
    const stored = { ...head, body: new Uint8Array(body) };
    const variant = new Variant(stored, shared, request.call.policy.guard);
    if (variant.size > maxEntrySize) return undefined;
    const found = entries.get(key);
    const others = (found instanceof Promise ? await found : found).filter((each) => !replaces(stored, each.stored));
    const put = entries.put(key, [variant, ...others].slice(0, maxVariants), this.now());
    if (put instanceof Promise) await put;
    return variant;
  }

  /** Forgets the response that `stored` would replace. */
  async drop(request: HttpRequest, stored: StoredResponse): Promise<void> {
    const { entries } = this.#settings;
    const key = keyOf(request.url);
    const found = entries.get(key);
    const variants = found instanceof Promise ? await found : found;
    const others = variants.filter((each) => !replaces(stored, each.stored));
    if (others.length < variants.length) await entries.put(key, others, this.now());
  }

  /** The variant with the head of an answer that confirms it: a 304, or the answer to a HEAD. */
  async freshen(
    request: HttpRequest,
    { stored, guard }: Variant,
    answer: HttpResponse,
    times: Times,
  ): Promise<Variant> {
    const { shared } = this.#settings;
    const newer = freshened(stored, answer.fields, times, shared);
    const wishes = readWishes(request.fields);
    const kept = isStorable(newer, wishes, stored.authorization !== '', shared)
      ? await this.keep(request, newer, stored.body, times)
      : undefined;
    if (kept === undefined) await this.drop(request, stored);
    return kept ?? new Variant(newer, shared, guard);
  }

  /** Takes over what an answer tells of the variant, which it was not asked about: where it speaks of another, the variant goes. */
  async learn(request: HttpRequest, variant: Variant, answer: HttpResponse, times: Times): Promise<void> {
    if (speaksOf(variant.stored, answer.fields, request.method === 'HEAD')) {
      await this.freshen(request, variant, answer, times);
    } else {
      await this.drop(request, variant.stored);
    }
  }

  /** RFC 9111 4.4: an unsafe request that succeeded makes what is stored of its target, and of what it names, out of date. */
  async invalidate(request: HttpRequest, response: HttpResponse): Promise<void> {
    if (response.status < 200 || response.status >= 400) return;
    const { url } = request;
    const targets = new Set([keyOf(url)]);
    for (const name of ['location', 'content-location']) {
      const target = named(response.fields, name, url);
      if (target !== undefined && target.origin === url.origin) targets.add(keyOf(target));
    }
    for (const key of targets) {
      this.#invalidated.delete(key);
      this.#invalidated.set(key, this.begin());
      await this.#settings.entries.put(key, [], this.now());
    }
    for (const oldest of this.#invalidated.keys()) {
      if (this.#invalidated.size <= maxInvalidated) break;
      this.#invalidated.delete(oldest);
    }
  }

  /**
   * The stored response as the answer to the request, with its Age, and bytes of its own.
   * @throws BodyTooLargeError where the call takes less.
   */
  answer(request: HttpRequest, variant: Variant): HttpResponse {
    const { call, method, url } = request;
    const { status, statusText, fields, body } = variant.stored;
    const { maxBodySize } = call.policy;
    const truncated = method !== 'HEAD' && body.length > maxBodySize;
    if (truncated && status < 400) throw new BodyTooLargeError(maxBodySize);
    const age = String(Math.floor(ageAt(variant.terms, this.now()) / 1000));
    return new HttpResponse(
      {
        status,
        statusText,
        fields: Object.assign(Object.create(null), fields, { age }),
        body: method === 'HEAD' ? new Uint8Array(0) : body.slice(0, Math.min(body.length, maxBodySize)),
        url,
        fromCache: true,
        truncated,
      },
      call,
    );
  }
}

/** Whether the response to a POST says that it is what a GET of the same URL would give, and for how long (RFC 9110 9.3.3). */
export function isOwnAnswer({ url }: HttpRequest, { status, fields }: HttpResponse): boolean {
  const target = named(fields, 'content-location', url);
  if (status !== 200 || target === undefined || keyOf(target) !== keyOf(url)) return false;
  const directives = new Directives(responseField(fields, 'cache-control'));
  return directives.has('max-age') || Object.hasOwn(fields, 'expires');
}

function named(fields: ResponseFields, name: string, base: URL): URL | undefined {
  const value = responseField(fields, name);
  return value !== undefined && URL.canParse(value, base.href) ? new URL(value, base) : undefined;
}

function keyOf({ origin, pathname, search }: URL): string {
  return `${origin}${pathname}${search}`;
}
