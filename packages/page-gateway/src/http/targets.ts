// The session through which everything goes that this service fetches by plain HTTP: guarded, without limits of its own where
// the rooms above have theirs (politeness, retries, bans).
import { Session, type SessionOptions } from 'errand';

export interface TargetsOptions {
  /** Private hosts that may be asked: hosts, host:port, CIDRs. @default none */
  readonly allow?: readonly string[];
  /** Sockets over all hosts. @default 2_048 */
  readonly maxConnections?: number;
}

/** @throws TypeError where `allow` holds what is no host. */
export function openTargets({ allow = [], maxConnections = 2_048 }: TargetsOptions = {}): Session {
  const none = Number.POSITIVE_INFINITY;
  const options: SessionOptions = {
    guard: { allow: [...allow] },
    limits: { '*': { concurrency: maxConnections } },
    maxConnections,
    // One budget of time for all of a page is kept above; a connection that does not come about leaves time for another.
    timeout: { total: none, connect: '10s', headers: none, idle: none },
    maxHeaderSize: '64kb',
    retry: false,
    breaker: false,
    throwHttpErrors: false,
  };
  return new Session(options);
}
