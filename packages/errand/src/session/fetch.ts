// WHATWG fetch over a session: what any library takes as its `fetch`. It never throws on a status, streams bodies both
// ways, and rejects as fetch does: with TypeError, the session's error as its cause, or with the signal's reason.
import type { BodySource } from '../core/body.js';
import { isFraming } from '../core/headers.js';
import type { HttpResponse } from '../core/response.js';
import { hasNoBody } from '../core/status.js';
import { type FetchCall, type FetchInput, measured, readFetchCall } from './fetch-call.js';
import { matchesIntegrity } from './integrity.js';
import type { RequestOptions } from './options.js';
import { webStream } from './streaming-response.js';

/** Sends a request of the session as a stream, whatever its status. */
export type Send = (method: string, url: URL, options: RequestOptions) => Promise<HttpResponse>;

/** The platform's, as it was before anybody put a session in its place. */
const platformFetch = globalThis.fetch;

/**
 * Bound to the session, as libraries expect of a fetch: `const { fetch } = session` works. A body whose integrity is to be
 * checked is held in memory, so it may have `checkable` bytes.
 */
export function fetchOver(send: Send, base: URL | undefined, checkable: number): typeof globalThis.fetch {
  return async function fetch(input: FetchInput, init?: RequestInit): Promise<Response> {
    // These name no host: nothing is sent.
    if (/^\s*(?:data|blob):/i.test(input instanceof Request ? input.url : String(input)))
      return platformFetch(input, init);
    const call = readFetchCall(input, init, base);
    const { request, signal } = call;
    if (signal?.aborted) {
      void request.body?.cancel(signal.reason).catch(() => undefined);
      throw signal.reason;
    }
    try {
      const options = { ...(await optionsFor(call, checkable)), ...turnOf(init) };
      const response = await send(request.method, new URL(request.url), options);
      return await toResponse(response, call);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw new TypeError('fetch failed', { cause: error });
    }
  };
}

/** Whose turn it is and how soon, which the platform's init does not have and a session's callers may add to it. */
function turnOf(init: RequestOptions | RequestInit | undefined): Pick<RequestOptions, 'lane' | 'priority'> {
  const { lane, priority } = (init ?? {}) as RequestOptions;
  return { ...(lane === undefined ? undefined : { lane }), ...(priority === undefined ? undefined : { priority }) };
}

async function optionsFor(
  { request, signal, body, unmeasured }: FetchCall,
  checkable: number,
): Promise<RequestOptions> {
  const headers = [...request.headers].filter(([name]) => !isFraming(name) && name !== 'content-length');
  return {
    headers,
    throwHttpErrors: false,
    cache: request.cache,
    redirect: { mode: request.redirect, max: maxRedirects },
    ...(signal === undefined ? undefined : { signal }),
    ...(body === undefined
      ? undefined
      : { body: unmeasured ? await measured(body as ReadableStream<Uint8Array>) : body }),
    ...(request.integrity === '' ? undefined : { maxBodySize: checkable }),
  };
}

/** The Fetch standard's own bound. */
const maxRedirects = 20;

async function toResponse(response: HttpResponse, call: FetchCall): Promise<Response> {
  const { request } = call;
  const { status, statusText, headers, url } = response;
  const source = new FetchBody(response.body as BodySource, call);
  const bodiless = hasNoBody(request.method, status) || nullBodyStatuses.has(status);
  if (bodiless) void source.close();
  const body = bodiless
    ? null
    : request.integrity === ''
      ? webStream(source)
      : await checked(source, request.integrity);
  const made = new Response(body, { status: status >= 200 && status <= 599 ? status : 200, headers });
  const ok = status >= 200 && status <= 299;
  return withFacts(made, { status, statusText, ok, url, redirected: response.history.length > 0, type: 'basic' });
}

/** Statuses that the Fetch standard gives no body. */
const nullBodyStatuses = new Set([101, 103, 204, 205, 304]);

async function checked(source: BodySource, integrity: string): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  for (let piece = await source.pull(); piece !== undefined; piece = await source.pull()) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  if (!matchesIntegrity(bytes, integrity)) throw new TypeError('the body is not what `integrity` says');
  return bytes;
}

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
  readonly #call: FetchCall;

  constructor(source: BodySource, call: FetchCall) {
    this.#source = source;
    this.#call = call;
  }

  async pull(): Promise<Uint8Array | undefined> {
    try {
      return await this.#source.pull();
    } catch (error) {
      const { signal } = this.#call;
      if (signal?.aborted) throw signal.reason;
      throw new TypeError('terminated', { cause: error });
    }
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}
