// Attaches cookies to each attempt and keeps what its response sets, hop by hop, so that a redirect is asked with the
// cookies that the one before it set. It waits only where the store does.
import type { Call } from '../../core/call.js';
import type { Handler, Middleware } from '../../core/handler.js';
import { fieldOf, withField } from '../../core/headers.js';
import type { HttpRequest } from '../../core/request.js';
import type { HttpResponse } from '../../core/response.js';
import { ErrandError } from '../../errors.js';
import { CookieJar, type CookieStore } from './jar.js';

/** More Set-Cookie lines than a site may have cookies are not read. */
const maxLines = 180;

/** `store` is the session's; a call may name its own, or none. */
export function cookies(parts: { readonly store: CookieStore | undefined }): Middleware {
  const heard: Heard = new WeakMap();
  return (next) => (request) => {
    const { cookies: own } = request.call.policy;
    const store = own ?? parts.store;
    if (store === undefined || store === false) return next(request);
    return store instanceof CookieJar ? withJar(store, next, request) : withStore(store, heard, next, request);
  };
}

/** The lines that a call's answers have said to a store, each with its host. */
type Heard = WeakMap<Call, Set<string>>;

function withJar(jar: CookieJar, next: Handler, request: HttpRequest): Promise<HttpResponse> {
  return next(attach(request, jar.header(request.url))).then((response) => {
    for (const line of linesOf(response)) if (jar.keep(line, request.url)) request.call.cookieChanges++;
    return response;
  });
}

async function withStore(store: CookieStore, heard: Heard, next: Handler, request: HttpRequest): Promise<HttpResponse> {
  const { call, url } = request;
  const response = await next(attach(request, await ask(store, request)));
  const lines = linesOf(response);
  if (lines.length === 0) return response;
  const before = heard.get(call) ?? new Set<string>();
  heard.set(call, before);
  for (const line of lines) {
    // The store does not tell whether a cookie changed: a line that this call has not heard from that host may be one.
    const key = `${url.host} ${line}`;
    if (!before.has(key)) call.cookieChanges++;
    before.add(key);
    await keep(store, line, request);
  }
  return response;
}

/** @throws ErrandError where the store fails: without its answer, the request would be another one. */
async function ask(store: CookieStore, { call, url }: HttpRequest): Promise<string> {
  let found: unknown;
  try {
    found = await answerOf(store.getCookieString(urlOf(url)), call);
  } catch (cause) {
    if (cause instanceof ErrandError) throw cause;
    throw new ErrandError('the cookie store failed', { cause });
  }
  if (typeof found !== 'string' || /[^\t\x20-\x7e\x80-\xff]/.test(found)) {
    throw new ErrandError('the cookie store gave what is no Cookie header');
  }
  return found;
}

async function keep(store: CookieStore, line: string, { call, url }: HttpRequest): Promise<void> {
  try {
    await answerOf(store.setCookie(line, urlOf(url)), call);
  } catch {
    // A store refuses a cookie by throwing: the response is good without it. The call's own end is seen by whoever is next.
    call.throwIfOver();
  }
}

/** What the store says, waited for no longer than the call lasts. */
function answerOf(said: unknown, call: Call): unknown {
  if (typeof (said as PromiseLike<unknown> | undefined)?.then !== 'function') return said;
  const answer = Promise.resolve(said);
  answer.catch(() => {});
  return call.race(answer);
}

/** Stores see neither userinfo nor fragment. */
function urlOf(url: URL): string {
  return `${url.origin}${url.pathname}${url.search}`;
}

function linesOf(response: HttpResponse): readonly string[] {
  const { fields } = response;
  if (!Object.hasOwn(fields, 'set-cookie')) return none;
  const value = fields['set-cookie'] as string | string[];
  return typeof value === 'string' ? [value] : value.slice(0, maxLines);
}

const none: readonly string[] = [];

/** The caller's own Cookie header comes first, and its names win. */
function attach(request: HttpRequest, stored: string): HttpRequest {
  if (stored === '') return request;
  const own = fieldOf(request.fields, 'cookie');
  if (own === undefined) return request.withFields([...request.fields, 'cookie', stored]);
  const names = new Set(own.split(';').map(nameOf));
  const others = stored.split('; ').filter((pair) => !names.has(nameOf(pair)));
  return request.withFields(withField(request.fields, 'cookie', [own, ...others].join('; ')));
}

function nameOf(pair: string): string {
  const equals = pair.indexOf('=');
  return equals < 0 ? '' : pair.slice(0, equals).trim();
}
