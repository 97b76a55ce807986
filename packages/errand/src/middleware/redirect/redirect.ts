// Follows redirects in a loop of its own: each hop walks the rest of the list, so that guard, cache, cookies, limits and
// retry hold for it as for the first. It never carries a body or a secret to another origin, and counts hops exactly.
import type { Call, Hop } from '../../core/call.js';
import type { Handler, Middleware } from '../../core/handler.js';
import { showUrl } from '../../core/redact.js';
import type { HttpRequest } from '../../core/request.js';
import type { HttpResponse } from '../../core/response.js';
import { isRedirect } from '../../core/status.js';
import { RedirectError, type RedirectReason } from '../../errors.js';
import { readLocation } from './location.js';
import { type FieldsFor, keepsBody, nextRequest } from './next-request.js';

export function redirect(parts: { readonly fieldsFor?: FieldsFor | undefined } = {}): Middleware {
  const { fieldsFor } = parts;
  return (next) => (request) => {
    if (request.call.policy.redirect.mode === 'manual') return next(request);
    const { cookieChanges } = request.call;
    return next(request).then((response) =>
      isRedirect(response.status) ? follow(response, request, cookieChanges, next, fieldsFor) : response,
    );
  };
}

/**
 * Where a redirect leads in the end.
 * @param cookiesBefore how often cookies had changed when `first` was asked.
 */
export async function follow(
  redirected: HttpResponse,
  first: HttpRequest,
  cookiesBefore: number,
  next: Handler,
  fieldsFor: FieldsFor | undefined,
): Promise<HttpResponse> {
  const { call } = first;
  const path = new Path(call);
  let cookieChanges = cookiesBefore;
  let response = redirected;
  for (let request = first; isRedirect(response.status); response = await next(request)) {
    const to = readLocation(response.fields, request.url);
    if (to === 'none') break;
    if (!(response.body instanceof Uint8Array)) await response.body.close();
    call.throwIfOver();
    if (to === 'unusable') throw path.unusable();
    path.check(request, response.status, to);
    path.asked(request, cookieChanges);
    request = nextRequest(request, response.status, to, fieldsFor);
    path.checkCircle(request);
    path.followed(response.status);
    cookieChanges = call.cookieChanges;
  }
  return response;
}

/** The way that one call has come so far, and what it may do next. */
class Path {
  readonly #call: Call;
  readonly #hops: Hop[] = [];
  /** By method and URL: how often cookies had changed when it was asked last. */
  readonly #asked = new Map<string, number>();
  #last: URL | undefined;

  constructor(call: Call) {
    this.#call = call;
  }

  asked(request: HttpRequest, cookieChanges: number): void {
    this.#asked.set(keyOf(request), cookieChanges);
    this.#last = request.url;
  }

  followed(status: number): void {
    const hop = { url: showUrl(this.#last as URL), status };
    this.#hops.push(hop);
    this.#call.addHop(hop);
  }

  unusable(): RedirectError {
    return this.#call.policy.redirect.mode === 'error'
      ? this.#failed('mode', notTaken)
      : this.#failed('location', 'the Location of the redirect cannot be followed: expected one http or https URL');
  }

  /** @throws RedirectError where the redirect may not be followed, whatever was asked before. */
  check(request: HttpRequest, status: number, to: URL): void {
    const { mode, max, allowDowngrade, crossOriginBody } = this.#call.policy.redirect;
    if (mode === 'error') throw this.#failed('mode', notTaken, to);
    if (request.url.protocol === 'https:' && to.protocol === 'http:' && !allowDowngrade) {
      throw this.#failed('downgrade', 'the redirect leads from https to http (redirect.allowDowngrade)', to);
    }
    if (this.#hops.length >= max) {
      throw this.#failed('too-many', `the redirects do not end after ${max} (redirect.max)`, to);
    }
    if (!keepsBody(request, status)) return;
    if (to.origin !== request.url.origin && crossOriginBody !== true) {
      throw this.#failed('body', 'the redirect would take the body to another origin (redirect.crossOriginBody)', to);
    }
    if (request.body?.replayable === false) {
      const remedy = 'give bytes, or a function that returns it';
      throw this.#failed('body', `the redirect needs the body again, which can be sent only once: ${remedy}`, to);
    }
  }

  /** @throws RedirectError where the same was asked before and no cookie has changed since. */
  checkCircle(request: HttpRequest): void {
    if (this.#asked.get(keyOf(request)) === this.#call.cookieChanges) {
      throw this.#failed('loop', 'the redirects lead in a circle', request.url);
    }
  }

  #failed(reason: RedirectReason, message: string, to?: URL): RedirectError {
    const history = this.#hops;
    return new RedirectError(reason, message, to === undefined ? { history } : { history, location: showUrl(to) });
  }
}

const notTaken = "a redirect came, and the call takes none (redirect mode 'error')";

function keyOf({ method, url }: HttpRequest): string {
  return `${method} ${url.origin}${url.pathname}${url.search}`;
}
