// What a session has done and is doing, in numbers.

export interface SessionStats {
  inFlight: number;
  queued: number;
  connections: { open: number; idle: number };
  requests: number;
  succeeded: number;
  failed: number;
  retried: number;
  cacheHits: number;
  deduped: number;
  /** By `host:port`; hosts that are idle and have nothing to remember are left out. */
  hosts: Record<
    string,
    { inFlight: number; queued: number; circuit: 'closed' | 'open' | 'half-open'; tokens?: number }
  >;
  /** Bodies that were read in a worker thread. */
  offloaded: number;
}

/** What is counted as it happens. */
export class Counters {
  requests = 0;
  succeeded = 0;
  failed = 0;
  cacheHits = 0;
  deduped = 0;
}
