// The one contract that everything on a request's way keeps: a request in, a response out. Middleware wraps it.
import type { HttpRequest } from './request.js';
import type { HttpResponse } from './response.js';

export type Handler = (request: HttpRequest) => Promise<HttpResponse>;
export type Middleware = (next: Handler) => Handler;

/** Wraps `last` in the middleware, the first of the list outermost. */
export function compose(list: readonly Middleware[], last: Handler): Handler {
  return list.reduceRight((next, middleware) => middleware(next), last);
}
