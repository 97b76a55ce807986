// Refuses what must not be asked before anything else happens: no queue, no lookup, no connection. Names that resolve to
// what must not be asked are caught where they are resolved, by the same policy.
import type { Middleware } from '../../core/handler.js';
import { plainHost } from '../../core/hosts.js';
import type { HttpRequest } from '../../core/request.js';
import { BlockedAddressError } from '../../errors.js';

export function guard(): Middleware {
  return (next) => (request) => {
    const refused = refusalOf(request);
    return refused === undefined ? next(request) : Promise.reject(refused);
  };
}

/** Why the request may not be made; undefined where it may. */
export function refusalOf({ url, call }: HttpRequest): BlockedAddressError | undefined {
  const reason = call.policy.guard?.refuseUrl(url);
  return reason === undefined ? undefined : new BlockedAddressError(plainHost(url.hostname), reason);
}
