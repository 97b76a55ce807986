// What happened on the way of a call, attempt by attempt. Written by the middleware where it happens, read by the caller
// in milliseconds since the call began.
import { showUrl } from './redact.js';

/** What happened on the way. Times are milliseconds since the request began. */
export interface RequestTrace {
  readonly attempts: ReadonlyArray<{
    readonly url: string;
    readonly remoteAddress?: string;
    readonly reusedConnection?: boolean;
    readonly proxy?: string;
    readonly status?: number;
    readonly error?: string;
    readonly retryDelay?: number;
    readonly timings: {
      readonly queued: number;
      readonly dns?: number;
      readonly connected?: number;
      readonly sent?: number;
      readonly head?: number;
      readonly ended?: number;
    };
  }>;
  readonly elapsed: number;
}

/** One attempt under way. Moments are `performance.now()` readings; undefined means that it did not come to that. */
export class Attempt {
  readonly url: URL;
  remoteAddress: string | undefined;
  reusedConnection: boolean | undefined;
  httpVersion: '1.1' | '2' | undefined;
  /** The proxy's address without credentials. */
  proxy: string | undefined;
  status: number | undefined;
  /** The code of the error that ended the attempt. */
  error: string | undefined;
  /** How long the next attempt waited after this one, in milliseconds. */
  retryDelay: number | undefined;
  /** When it got its turn at the host, or came to the transport where nothing limits it. */
  queuedAt: number | undefined;
  resolvedAt: number | undefined;
  connectedAt: number | undefined;
  sentAt: number | undefined;
  headAt: number | undefined;
  endedAt: number | undefined;
  /** Told when the last byte is in, or when it is clear that it will not come. */
  onEnded: (() => void) | undefined;

  constructor(url: URL) {
    this.url = url;
  }
}

/** The trace as the caller sees it. */
export function readTrace(startedAt: number, attempts: readonly Attempt[], endedAt: number): RequestTrace {
  const since = (moment: number) => Math.max(0, moment - startedAt);
  return {
    elapsed: since(endedAt),
    attempts: attempts.map((attempt) => ({
      url: showUrl(attempt.url),
      ...defined({
        remoteAddress: attempt.remoteAddress,
        reusedConnection: attempt.reusedConnection,
        proxy: attempt.proxy,
        status: attempt.status,
        error: attempt.error,
        retryDelay: attempt.retryDelay,
      }),
      timings: {
        queued: since(attempt.queuedAt ?? attempt.endedAt ?? endedAt),
        ...defined(
          {
            dns: attempt.resolvedAt,
            connected: attempt.connectedAt,
            sent: attempt.sentAt,
            head: attempt.headAt,
            ended: attempt.endedAt,
          },
          since,
        ),
      },
    })),
  };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(values: T, map?: (value: number) => number): Defined<T> {
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined) kept[key] = map ? map(value as number) : value;
  }
  return kept as Defined<T>;
}
