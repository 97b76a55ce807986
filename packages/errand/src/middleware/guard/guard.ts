// Refuses what must not be asked before anything else happens: no queue, no lookup, no connection. Names that resolve to
// what must not be asked are caught where they are resolved, by the same policy.
import type { Middleware } from '../../core/handler.js';
import { plainHost } from '../../core/hosts.js';
import { BlockedAddressError } from '../../errors.js';

export function guard(): Middleware {
  return (next) => (request) => {
    const { url, call } = request;
    const reason = call.policy.guard?.refuseUrl(url);
    if (reason === undefined) return next(request);
    return Promise.reject(new BlockedAddressError(plainHost(url.hostname), reason));
  };
}
