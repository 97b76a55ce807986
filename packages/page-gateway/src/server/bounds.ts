// How much and how slowly a caller may send, so that none can hold up or fill the service.
import type { ServerOptions } from 'node:http';

export interface Bounds {
  /** Bytes of a request's head, its address included; long scenarios and rules come in the address. */
  readonly head: number;
  /** Bytes of a request's body. */
  readonly body: number;
  /** Milliseconds for a head, and for a whole request, to arrive. */
  readonly headTime: number;
  readonly requestTime: number;
  /** Milliseconds in which a caller takes nothing of its answer. */
  readonly readTime: number;
  readonly connections: number;
  /** Calls for pages at once; one more is `overloaded`. */
  readonly calls: number;
}

const usual: Bounds = {
  head: 64 * 1024,
  body: 10 * 1024 ** 2,
  headTime: 10_000,
  requestTime: 60_000,
  readTime: 30_000,
  connections: 10_000,
  calls: 2_000,
};

export function boundsOf(given: Partial<Bounds> = {}): Bounds {
  return { ...usual, ...given };
}

export function httpOptions({ head, headTime, requestTime }: Bounds): ServerOptions {
  return {
    maxHeaderSize: head,
    headersTimeout: headTime,
    requestTimeout: requestTime,
    connectionsCheckingInterval: Math.max(50, Math.min(2000, headTime / 4)),
    keepAliveTimeout: 65_000,
    // Node's own refusal has no body; ours is a problem.
    requireHostHeader: false,
    noDelay: true,
  };
}
