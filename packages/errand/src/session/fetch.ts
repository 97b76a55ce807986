// WHATWG fetch over a session: what any library takes as its `fetch`. It never throws on a status, streams bodies both
// ways, and rejects as fetch does: with TypeError, the session's error as its cause, or with the signal's reason.
import type { BodySource } from '../core/body.js';
import { isFraming } from '../core/headers.js';
import type { HttpResponse } from '../core/response.js';
import { hasNoBody } from '../core/status.js';
import { readUrl } from '../core/url.js';
import type { RequestOptions } from './options.js';
import type { BodyInput } from './request-body.js';
import { webStream } from './streaming-response.js';

type FetchInput = Parameters<typeof globalThis.fetch>[0];

/** Sends a request of the session as a stream, whatever its status. */
export type Send = (method: string, url: URL, options: RequestOptions) => Promise<HttpResponse>;

/** Bound to the session, as libraries expect of a fetch: `const { fetch } = session` works. */
export function fetchOver(send: Send, base: URL | undefined): typeof globalThis.fetch {
  return async function fetch(input: FetchInput, init?: RequestInit): Promise<Response> {
    const { request, body } = readCall(input, init, base);
    const { signal } = request;
    signal.throwIfAborted();
    try {
      const response = await send(request.method, new URL(request.url), optionsFor(request, body));
      return toResponse(response, request);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw new TypeError('fetch failed', { cause: error });
    }
  };
}

/** The platform checks the words; a body given beside them stays as it is, so that it can be measured and sent again. */
function readCall(
  input: FetchInput,
  init: RequestInit | undefined,
  base: URL | undefined,
): { request: Request; body: unknown } {
  const target = input instanceof Request ? input : readTarget(input, base);
  const body = init?.body ?? undefined;
  if (body === undefined) {
    const request = new Request(target, init);
    return { request, body: request.body ?? undefined };
  }
  const { body: _, ...words } = init as RequestInit;
  const request =
    target instanceof Request ? new Request(target.url, { ...wordsOf(target), ...words }) : new Request(target, words);
  if (request.method === 'GET' || request.method === 'HEAD') {
    throw new TypeError('Request with GET/HEAD method cannot have body.');
  }
  return { request, body };
}

/** @throws TypeError as the platform would, whose message shows the whole URL with its secrets. */
function readTarget(input: string | URL, base: URL | undefined): URL {
  // The standard drops line ends and tabs where the session's own methods refuse them.
  const url = readUrl(typeof input === 'string' ? input.replace(/[\t\r\n]/g, '') : input, base);
  if (url.username !== '' || url.password !== '')
    throw new TypeError('url: fetch takes no URL with a user name or password; use the Authorization header');
  return url;
}

/** What a Request says of itself, without its body. */
function wordsOf({ method, headers, signal, redirect, cache }: Request): RequestInit & Pick<Request, 'cache'> {
  return { method, headers, signal, redirect, cache };
}

function optionsFor(request: Request, body: unknown): RequestOptions {
  const headers = [...request.headers].filter(([name]) => !isFraming(name) && name !== 'content-length');
  return {
    headers,
    signal: request.signal,
    throwHttpErrors: false,
    cache: request.cache,
    redirect: { mode: request.redirect, max: maxRedirects },
    ...(body === undefined ? undefined : { body: body as BodyInput }),
  };
}

/** The Fetch standard's own bound. */
const maxRedirects = 20;

function toResponse(response: HttpResponse, request: Request): Response {
  const { status, statusText, headers, url } = response;
  const source = response.body as BodySource;
  const bodiless = hasNoBody(request.method, status) || nullBodyStatuses.has(status);
  if (bodiless) void source.close();
  const body = bodiless ? null : webStream(new FetchBody(source, request.signal));
  const made = new Response(body, { status: status >= 200 && status <= 599 ? status : 200, headers });
  const ok = status >= 200 && status <= 299;
  return withFacts(made, { status, statusText, ok, url, redirected: response.history.length > 0, type: 'basic' });
}

/** Statuses that the Fetch standard gives no body. */
const nullBodyStatuses = new Set([101, 103, 204, 205, 304]);

/** Facts that the constructor does not take; a clone has them too. */
function withFacts(response: Response, facts: Record<string, unknown>): Response {
  for (const [name, value] of Object.entries(facts))
    Object.defineProperty(response, name, { value, configurable: true });
  const clone = response.clone.bind(response);
  return Object.defineProperty(response, 'clone', { value: () => withFacts(clone(), facts), configurable: true });
}

/** A body whose failures are fetch's. */
class FetchBody implements BodySource {
  readonly #source: BodySource;
  readonly #signal: AbortSignal;

  constructor(source: BodySource, signal: AbortSignal) {
    this.#source = source;
    this.#signal = signal;
  }

  async pull(): Promise<Uint8Array | undefined> {
    try {
      return await this.#source.pull();
    } catch (error) {
      if (this.#signal.aborted) throw this.#signal.reason;
      throw new TypeError('terminated', { cause: error });
    }
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}
