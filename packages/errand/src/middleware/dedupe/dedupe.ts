// Identical GETs under way at once share one flight: one request goes out, each caller gets a response of its own. Streams
// are never shared, since one slow reader would hold up the others.
import { Flights, requestKey } from '../../core/flight.js';
import type { Middleware } from '../../core/handler.js';
import type { HttpResponse } from '../../core/response.js';

/** `joined` is told of each call that shares another's flight. */
export function dedupe(parts: { readonly joined: () => void }): Middleware {
  return (next) => {
    const flights = new Flights<HttpResponse>();
    return (request) => {
      const { call, method, body } = request;
      if (method !== 'GET' || body !== undefined || call.streaming || !call.policy.dedupe) return next(request);
      const key = requestKey(request);
      const shared = flights.join(key, call);
      if (shared === undefined) {
        return flights.lead(key, request, next).then((response) => response.forCall(call));
      }
      parts.joined();
      return shared.then((response) => response.with({ body: new Uint8Array(response.bytesCollected) }).forCall(call));
    };
  };
}
