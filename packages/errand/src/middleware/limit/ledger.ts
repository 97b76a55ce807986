// What several processes agree on about a host's limit, as a gate sees it: a place to tell what one holds and to ask for
// more. Knows nothing of where that place is.
import type { Advice } from './gate.js';
import type { GateLimit } from './options.js';

/** What a gate tells of itself. Everything is absolute, so that a word that is lost is made good by the next one. */
export interface Claim {
  readonly host: string;
  readonly limit: GateLimit;
  /** Turns that are held now. */
  readonly held: number;
  /** Turns that are wanted on top. */
  readonly wanted: number;
  /** What the host has said since the last claim. */
  readonly advice: Advice | undefined;
}

export interface Grant {
  /** At most as many as were wanted. */
  readonly granted: number;
  /** Milliseconds until time alone may let the next one through; undefined where somebody must leave first. */
  readonly opensIn: number | undefined;
  /** Processes that ask this host now, this one included. */
  readonly sharers: number;
  /** Whole requests that the rate would let out at once; undefined where there is no rate. */
  readonly tokens: number | undefined;
}

/** One gatekeeper's page in the book that all processes share. */
export interface Ledger {
  /** False while the book is out of reach: claims fail at once then. */
  readonly reachable: boolean;
  /** Milliseconds after which a claim that is not renewed is void. */
  readonly lease: number;
  /** The share of a limit to keep to while the book is out of reach; undefined: by how many were seen sharing it. */
  readonly share: number | undefined;
  /** Settles soon, whatever happens. Rejects where the book is out of reach. */
  claim(claim: Claim): Promise<Grant>;
  /** Lets go of what listens. */
  close(): void;
}

/** Whom a ledger tells what changes. */
export interface LedgerWatcher {
  /** Somebody left, and it is this gate's turn to ask. */
  wake(host: string): void;
  /** The book is within reach again. */
  recovered(): void;
}

export type OpenLedger = (watcher: LedgerWatcher) => Ledger;
