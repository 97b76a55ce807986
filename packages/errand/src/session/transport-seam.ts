// Where `errand/testing` puts another transport in place of the sockets. A symbol that only this package knows, so that no
// program comes to depend on it, and nothing that is given as an option can do it by accident.
import type { Socket } from 'node:net';
import type { Handler } from '../core/handler.js';
import type { HttpRequest } from '../core/request.js';
import type { Receiver } from '../transport/exchange.js';
import type { RawTarget, RawWay } from '../transport/transport.js';

/** What stands below the list. */
export interface TransportLike {
  readonly handle: Handler;
  /** {@link handle} without a promise, where there is one. */
  send?(request: HttpRequest, receiver: Receiver): void;
  stats(): { open: number; idle: number };
  countConnections(): Array<{ origin: URL; idle: number; active: number }>;
  /** Absent where there are no sockets. */
  connect?(target: RawTarget, way: RawWay): Promise<Socket>;
  close(): Promise<void>;
}

export const transportSeam = Symbol('errand.transport');

/** Options with another transport. `open` makes the one with sockets. */
export interface Seamed {
  [transportSeam]?: (open: () => TransportLike) => TransportLike;
}
