// A stored response in memory, with its terms read once, and the choice of the one that answers a request (RFC 9111 4.1).
import { createHash } from 'node:crypto';
import { fieldOf } from '../../core/headers.js';
import type { GuardPolicy } from '../../core/policy.js';
import type { HttpRequest } from '../../core/request.js';
import { comparable, type Terms, termsOf } from './rules.js';
import type { StoredResponse } from './stored.js';

export class Variant {
  readonly stored: StoredResponse;
  readonly terms: Terms;
  /** The guard that it was asked for under; undefined where it came out of a store, which knows only whether there was one. */
  readonly guard: GuardPolicy | undefined;

  constructor(stored: StoredResponse, shared: boolean, guard: GuardPolicy | undefined) {
    this.stored = stored;
    this.terms = termsOf(stored, shared);
    this.guard = guard;
  }

  /** Roughly what it takes up, in bytes. */
  get size(): number {
    const { fields, body } = this.stored;
    let size = body.length + overhead;
    for (const name of Object.keys(fields)) size += name.length + String(fields[name]).length + 32;
    return size;
  }
}

/** Objects, times and vary, in bytes. */
const overhead = 400;

/**
 * What middleware further down will send under a name that the request itself does not have yet: cookies, an identity.
 * null: it cannot be told, so that nothing that varies by it may be reused.
 */
export type Hidden = (name: string, request: HttpRequest) => string | null | undefined;

/** What the request has for each of the names, as Vary compares it; undefined where that cannot be told. */
export function selectorsOf(
  names: readonly string[],
  request: HttpRequest,
  hidden: Hidden | undefined,
): StoredResponse['vary'] | undefined {
  const selectors: Array<readonly [string, string | null]> = [];
  for (const name of names) {
    const below = hidden?.(name, request);
    if (below === null) return undefined;
    const own = fieldOf(request.fields, name);
    // What the caller gives and what is laid over or added to it: both together decide what is sent.
    selectors.push([name, comparable(below === undefined ? own : `${own ?? ''}\n${below}`)]);
  }
  return selectors;
}

/** The newest of the variants that may answer the request. */
export function select(
  variants: readonly Variant[],
  request: HttpRequest,
  hidden: Hidden | undefined,
): Variant | undefined {
  const authorization = authorizationOf(request);
  let newest: Variant | undefined;
  for (const variant of variants) {
    if (variant.stored.authorization !== authorization || !isAsGuarded(variant, request)) continue;
    if (newest !== undefined && newest.stored.receivedAt >= variant.stored.receivedAt) continue;
    if (matches(variant, request, hidden)) newest = variant;
  }
  return newest;
}

function matches({ stored: { vary } }: Variant, request: HttpRequest, hidden: Hidden | undefined): boolean {
  if (vary.length === 0) return true;
  const names = vary.map(([name]) => name);
  const asked = selectorsOf(names, request, hidden);
  return asked?.every(([, value], index) => value === vary[index]?.[1]) ?? false;
}

/** A call may not be answered with what its own guard would not have let it ask. */
function isAsGuarded({ guard, stored }: Variant, request: HttpRequest): boolean {
  const held = request.call.policy.guard;
  return held === undefined || held === guard || (guard === undefined && stored.guarded);
}

/** Whether the one takes the other's place: same fields that it varies by, same Authorization. */
export function replaces(newer: StoredResponse, older: StoredResponse): boolean {
  return (
    newer.authorization === older.authorization &&
    newer.vary.length === older.vary.length &&
    newer.vary.every(([name, value], index) => older.vary[index]?.[0] === name && older.vary[index]?.[1] === value)
  );
}

/** A digest, so that no store ever holds a secret that was sent. */
export function authorizationOf(request: HttpRequest): string {
  const value = fieldOf(request.fields, 'authorization');
  return value === undefined ? '' : createHash('sha256').update(value).digest('base64url');
}
