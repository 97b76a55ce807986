// What connections and queues tell of themselves, as events. They are told what they are told, and change nothing.
import type { HttpRequest } from '../../core/request.js';
import { type ConnectionFacts, channels, errorFacts, type QueueFacts } from './channels.js';
import { type Observation, requestFacts } from './observe.js';

/** A connection, as far as its events need it. */
interface Watched {
  readonly id: number;
  readonly origin: string;
  readonly remoteAddress: string | undefined;
  readonly proxy: string | undefined;
  readonly multiplexed: boolean;
  readonly openedAt: number;
  readonly used: number;
}

export const connectionEvents = {
  opened(connection: Watched): void {
    if (channels.connectionOpen.hasSubscribers) channels.connectionOpen.publish(connectionFacts(connection));
  },
  closed(connection: Watched): void {
    if (!channels.connectionClose.hasSubscribers) return;
    const { used: requests, openedAt } = connection;
    channels.connectionClose.publish({
      ...connectionFacts(connection),
      requests,
      age: performance.now() - openedAt,
    });
  },
};

function connectionFacts({ id, origin, remoteAddress, proxy, multiplexed }: Watched): ConnectionFacts {
  return {
    id,
    origin,
    httpVersion: multiplexed ? '2' : '1.1',
    ...(remoteAddress === undefined ? undefined : { remoteAddress }),
    ...(proxy === undefined ? undefined : { proxy }),
  };
}

/** Since when the requests wait that somebody was told of. */
const waiting = new WeakMap<HttpRequest, number>();

export const queueEvents = {
  waits(request: HttpRequest, host: string): void {
    const { observation } = request.call;
    if (observation === undefined) return;
    if (channels.queueLeave.hasSubscribers) waiting.set(request, performance.now());
    if (channels.queueWait.hasSubscribers) channels.queueWait.publish(queueFacts(request, host));
  },
  /** `error`: it left without a turn. */
  leaves(request: HttpRequest, host: string, error?: Error): void {
    const since = request.call.observation === undefined ? undefined : waiting.get(request);
    if (since === undefined || !channels.queueLeave.hasSubscribers) return;
    channels.queueLeave.publish({
      ...queueFacts(request, host),
      waited: performance.now() - since,
      ...(error === undefined ? undefined : { error: errorFacts(error) }),
    });
  },
};

function queueFacts(request: HttpRequest, host: string): QueueFacts {
  return { ...requestFacts(request.call, request.call.observation as Observation), host };
}
