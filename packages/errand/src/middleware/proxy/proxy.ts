// Chooses the way out of each attempt and learns from how it went: a proxy that fails rests, so that the retry takes
// another one. What a proxy answers in the target's place is an error, never the target's response.
import type { Middleware } from '../../core/handler.js';
import { proxyRefusal } from '../../core/proxy-refusal.js';
import type { HttpRequest } from '../../core/request.js';
import type { HttpResponse } from '../../core/response.js';
import { inAbsoluteForm, type ProxyRoute } from '../../core/route.js';
import { hostOf } from '../../core/url.js';
import { ProxyError, TimeoutError } from '../../errors.js';
import { resolveProxy, type WayOut } from './options.js';
import { readProxyUrl } from './proxy-url.js';

/** `wayOut` is the session's; a call may name its own proxy, `'env'`, or none. */
export function proxy(wayOut: WayOut | undefined, now: () => number = () => performance.now()): Middleware {
  let environment: WayOut | undefined;
  return (next) => (request) => {
    const { proxy: own } = request.call.policy;
    if (own === false || (own === undefined && wayOut === undefined)) return next(request);
    if (own === 'env') environment ??= resolveProxy('env');
    const chosen = own === 'env' ? environment : wayOut;
    const named = own !== undefined && own !== 'env';
    const route = named ? readProxyUrl(own, 'proxy') : chosen?.choose(request.url, now());
    if (route === undefined) return next(request);
    return next(request.via(route))
      .then((response) => {
        const answer = accepted(request, route, response);
        chosen?.succeeded(route);
        return answer;
      })
      .catch((error) => {
        if (isProxysFault(error)) chosen?.failed(route, now());
        throw error;
      });
  };
}

/** @throws ProxyError where it is the proxy that answers. */
function accepted(request: HttpRequest, route: ProxyRoute, response: HttpResponse): HttpResponse {
  if (response.status !== 407 || !inAbsoluteForm(route, request.url.protocol)) return response;
  void response[Symbol.asyncDispose]();
  throw proxyRefusal(route, response.status, hostOf(request.url));
}

function isProxysFault(error: unknown): boolean {
  const fault = error instanceof TimeoutError ? error.cause : error;
  return fault instanceof ProxyError && fault.reason !== 'target';
}
