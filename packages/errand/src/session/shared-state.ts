// The option `shared`, as a session sees it: where limits, circuits and stored responses are kept that other processes have
// too. What it is kept in is the business of whoever makes it.
import type { OpenBoard } from '../middleware/breaker/shared-circuits.js';
import type { CacheStore } from '../middleware/cache/store-entries.js';
import type { OpenLedger } from '../middleware/limit/ledger.js';

/** Under this name a {@link SharedState} has its parts: for packages that make one, not for programs that use one. */
export const sharedParts: unique symbol = Symbol.for('errand.shared');

/** Limits, breaker and cache of several processes as one; made by `@errand/redis`. */
export interface SharedState {
  readonly kind: string;
  readonly [sharedParts]: SharedParts;
}

export interface SharedParts {
  readonly openLedger: OpenLedger;
  readonly openBoard: OpenBoard;
  readonly cacheStore: CacheStore;
}

/** @throws TypeError where it is something else. */
export function partsOf(shared: SharedState | undefined): SharedParts | undefined {
  if (shared === undefined) return undefined;
  const parts = (shared as SharedState | null)?.[sharedParts];
  if (parts !== undefined) return parts;
  throw new TypeError("shared: expected what redisState() of '@errand/redis' returns");
}
