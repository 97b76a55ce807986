// The option `cache`: off, or a cache of its own with bounds, or over a store of the caller's.
import { parseSize, type Size } from '../../kit/size.js';
import { MemoryEntries } from './entries.js';
import { HttpCache } from './http-cache.js';
import { type CacheStore, StoreEntries } from './store-entries.js';
import type { Hidden } from './variant.js';

/** An HTTP cache by RFC 9111. Entries are kept apart by Authorization. */
export interface CacheOptions {
  /**
   * Bytes that all stored responses together may take, in memory; the least recently used go first. A `store` has its own
   * bound.
   * @default '64mb'
   * @example { cache: { maxSize: '16mb' } }
   */
  maxSize?: Size;
  /**
   * Bytes that one response may take, its head included; larger ones are not stored.
   * @default '2mb'
   * @example { cache: { maxEntrySize: '500kb' } }
   */
  maxEntrySize?: Size;
  /**
   * Whether responses may be reused for several people, so that `private` is not stored and `s-maxage` counts.
   * @default false
   * @example { cache: { shared: true } }
   */
  shared?: boolean;
  /**
   * Where responses are stored instead of this process's memory. It should answer soon: requests wait for it. Where it
   * fails, they go out as if nothing were stored.
   * @default memory, or the session's `shared` state
   * @example { cache: { store: redisStore } }
   */
  store?: CacheStore;
}

/**
 * The cache that the option asks for; undefined where it is off.
 * @throws TypeError naming what is wrong.
 */
export function resolveCache(
  option: boolean | CacheOptions | undefined,
  hidden?: Hidden,
  now: () => number = Date.now,
  usualStore?: CacheStore,
): HttpCache | undefined {
  if (option === undefined || option === false) return undefined;
  if (typeof option !== 'object' && option !== true) {
    throw new TypeError(`cache: expected true, false or options, got ${String(option)}`);
  }
  if (option === null) throw new TypeError('cache: expected true, false or options, got null');
  const { maxSize = '64mb', maxEntrySize = '2mb', shared = false, store = usualStore } = option === true ? {} : option;
  if (typeof shared !== 'boolean') throw new TypeError(`cache.shared: expected true or false, got ${String(shared)}`);
  if (store !== undefined && ![store?.get, store?.set, store?.delete].every((each) => typeof each === 'function')) {
    throw new TypeError('cache.store: expected an object with get(key), set(key, entry, ttl) and delete(key)');
  }
  const size = parseSize(maxSize, 'cache.maxSize');
  const entrySize = parseSize(maxEntrySize, 'cache.maxEntrySize');
  const entries = store === undefined ? new MemoryEntries(size) : new StoreEntries(store, shared, entrySize);
  return new HttpCache({ entries, shared, maxEntrySize: entrySize, hidden, now });
}
