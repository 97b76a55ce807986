// What a program makes of this package: the state that sessions of several processes share. Reads its options once, and says
// what is wrong with them before anything is connected.
import { randomUUID } from 'node:crypto';
import { type Duration, parseDuration, parseSize, type SharedState, type Size, sharedParts } from 'errand';
import { RedisBoard } from './board.js';
import { RedisLedger } from './ledger.js';
import { Link, type RedisClient } from './link.js';
import { RedisStore } from './store.js';

export interface RedisStateOptions {
  /**
   * Where Redis or Valkey is: `redis://…` or `rediss://…`.
   * @default 'redis://127.0.0.1:6379'
   * @example { url: 'redis://:secret@10.0.0.5:6379/2' }
   */
  url?: string;
  /**
   * A client of node-redis whose settings are used in place of `url`: it is duplicated, never used or closed itself.
   * @default none
   * @example { client: createClient({ url, socket: { tls: true } }) }
   */
  client?: RedisClient;
  /**
   * Before every key and channel. Programs with the same prefix share their limits.
   * @default 'errand:'
   * @example { prefix: 'mybot:' }
   */
  prefix?: string;
  /**
   * How long an answer of Redis is waited for; then this process keeps to its share of the limits until Redis is back.
   * Milliseconds, or a string; from 10 ms to 1 s.
   * @default 200
   * @example { timeout: 100 }
   */
  timeout?: Duration;
  /**
   * After how long the turns of a process that died are given to others. From 1 s to 30 s.
   * @default '15s'
   * @example { lease: '5s' }
   */
  lease?: Duration;
  /**
   * The share of each limit that this process keeps to while Redis is away, above 0, up to 1.
   * @default one part of as many processes as were last seen asking the host; half where none was seen
   * @example { share: 1 / shards }
   */
  share?: number;
  /**
   * Bytes of one stored URL; larger ones are not stored.
   * @default '4mb'
   * @example { maxEntrySize: '500kb' }
   */
  maxEntrySize?: Size;
}

/** Limits, breaker and cache of several processes as one, on Redis or Valkey. */
export interface RedisState extends SharedState, AsyncDisposable {
  readonly kind: 'redis';
  /** False while Redis is away and each process goes by its share of the limits. */
  readonly reachable: boolean;
  /** Closes its connections. After the sessions that use it; idempotent. */
  close(): Promise<void>;
}

/**
 * @throws TypeError naming the option that makes no sense.
 * @example const shared = redisState({ url: 'redis://127.0.0.1:6379' }); const session = new Session({ shared });
 */
export function redisState(options: RedisStateOptions = {}): RedisState {
  const { url = 'redis://127.0.0.1:6379', client, prefix = 'errand:', share } = options;
  const source = client ?? readUrl(url);
  if (typeof prefix !== 'string') throw new TypeError(`prefix: expected a string, got ${String(prefix)}`);
  if (share !== undefined && !(share > 0 && share <= 1)) {
    throw new TypeError(`share: expected a number above 0, up to 1, got ${String(share)}`);
  }
  const lease = between(options.lease ?? 15_000, 'lease', 1_000, 30_000);
  const timeout = between(options.timeout ?? 200, 'timeout', 10, 1_000);
  const maxEntrySize = parseSize(options.maxEntrySize ?? '4mb', 'maxEntrySize');
  const link = new Link(source, timeout);
  return {
    kind: 'redis',
    get reachable() {
      return link.reachable;
    },
    [sharedParts]: {
      openLedger: (watcher) => new RedisLedger(link, { prefix, owner: randomUUID(), lease, share }, watcher),
      openBoard: (heard) => new RedisBoard(link, prefix, randomUUID(), heard),
      cacheStore: new RedisStore(link, prefix, maxEntrySize),
    },
    close: () => link.close(),
    [Symbol.asyncDispose]: () => link.close(),
  };
}

function readUrl(url: string): string {
  if (typeof url === 'string' && /^rediss?:\/\//.test(url) && URL.canParse(url)) return url;
  // A URL can hold a password: it is not shown.
  throw new TypeError("url: expected 'redis://host:port' or 'rediss://host:port'");
}

function between(value: Duration, option: string, least: number, most: number): number {
  const duration = parseDuration(value, option);
  if (duration >= least && duration <= most) return duration;
  throw new TypeError(`${option}: expected from ${least} to ${most} ms, got ${String(value)}`);
}
