// RFC 9111 as pure functions: what may be stored, how long it is fresh, and what may be done with it now. Nothing here
// knows a clock, a store or a request on its way.
import { type FieldList, fieldOf, type ResponseFields, responseField } from '../../core/headers.js';
import { Directives, splitList } from './directives.js';
import { parseHttpDate } from './http-date.js';
import type { StoredResponse } from './stored.js';

/** Cached without being told to, where Last-Modified gives a measure (RFC 9110 15.1). */
const heuristic = new Set([200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501]);
/** Statuses whose caching rules this cache knows, for must-understand (RFC 9111 5.2.2.3). */
const understood = new Set([...heuristic, 302, 303, 307, 400, 403, 409, 421, 451, 500, 502, 503, 504]);
/** Answers to a part of a question: parts are not put together here. */
const partial = new Set([206, 304, 416]);
/** Freshness that nobody promised is a tenth of the response's age (RFC 9111 4.2.2), and a day at most. */
const heuristicShare = 0.1;
const heuristicLimit = 24 * 60 * 60 * 1000;

/** What a response says about its own reuse. Durations are milliseconds. */
export interface Terms {
  readonly lifetime: number;
  /** How old it was when it was received. */
  readonly initialAge: number;
  readonly receivedAt: number;
  /** May never be used without asking. */
  readonly noCache: boolean;
  /** May never be used stale. */
  readonly mustRevalidate: boolean;
  readonly immutable: boolean;
  readonly staleWhileRevalidate: number;
  readonly staleIfError: number;
}

type Head = Pick<StoredResponse, 'status' | 'fields' | 'requestedAt' | 'receivedAt'>;

/** Reads the terms of a response, for a private cache or a `shared` one. */
export function termsOf(head: Head, shared: boolean): Terms {
  const { fields, receivedAt, requestedAt } = head;
  const directives = new Directives(responseField(fields, 'cache-control'));
  const date = readDate(fields, 'date', receivedAt);
  // A Date has whole seconds: the part of a second that it left out is no age.
  const apparent = date === undefined ? 0 : Math.max(0, Math.floor(receivedAt / 1000) * 1000 - date);
  return {
    lifetime: lifetimeOf(head, directives, date ?? receivedAt, shared),
    initialAge: Math.max(apparent, readAge(fields) + Math.max(0, receivedAt - requestedAt)),
    receivedAt,
    noCache: directives.hasWhole('no-cache'),
    mustRevalidate:
      directives.has('must-revalidate') ||
      (shared && (directives.has('proxy-revalidate') || directives.has('s-maxage'))),
    immutable: directives.has('immutable'),
    staleWhileRevalidate: directives.duration('stale-while-revalidate') ?? 0,
    staleIfError: directives.duration('stale-if-error') ?? 0,
  };
}

/** RFC 9111 4.2.1: explicit freshness, else a guess from Last-Modified where the status or `public` allows one. */
function lifetimeOf(
  { status, fields, receivedAt }: Head,
  directives: Directives,
  date: number,
  shared: boolean,
): number {
  const explicit = (shared ? directives.duration('s-maxage') : undefined) ?? directives.duration('max-age');
  if (explicit !== undefined) return explicit;
  if (Object.hasOwn(fields, 'expires')) {
    const expires = readDate(fields, 'expires', receivedAt);
    return expires === undefined ? 0 : Math.max(0, expires - date);
  }
  if (!heuristic.has(status) && !directives.has('public')) return 0;
  const modified = readDate(fields, 'last-modified', receivedAt);
  if (modified === undefined || modified >= date) return 0;
  return Math.min((date - modified) * heuristicShare, heuristicLimit);
}

/** One date; undefined where there is none, or several that differ, or no date at all. */
function readDate(fields: ResponseFields, name: string, now: number): number | undefined {
  if (!Object.hasOwn(fields, name)) return undefined;
  const value = fields[name] as string | string[];
  const dates = (typeof value === 'string' ? [value] : value).map((each) => parseHttpDate(each.trim(), now));
  return dates.every((each) => each === dates[0]) ? dates[0] : undefined;
}

/** RFC 9111 5.1: the first member counts; what is no number is ignored. */
function readAge(fields: ResponseFields): number {
  const first = (responseField(fields, 'age') ?? '').split(',')[0]?.trim() ?? '';
  return /^\d+$/.test(first) ? Math.min(Number(first), 2 ** 31) * 1000 : 0;
}

/** RFC 9111 3: whether a final response to a GET may be stored, and is worth it. */
export function isStorable(head: Head, wishes: Wishes, authorized: boolean, shared: boolean): boolean {
  const { status, fields } = head;
  if (status < 200 || partial.has(status) || wishes.noStore) return false;
  const directives = new Directives(responseField(fields, 'cache-control'));
  if (directives.has('must-understand') ? !understood.has(status) : directives.has('no-store')) return false;
  if (shared && directives.hasWhole('private')) return false;
  if (shared && authorized && !['public', 'must-revalidate', 's-maxage'].some((each) => directives.has(each)))
    return false;
  if (varyNames(fields) === '*') return false;
  const allowed =
    heuristic.has(status) ||
    Object.hasOwn(fields, 'expires') ||
    ['public', 'max-age', shared ? 's-maxage' : 'private'].some((each) => directives.has(each));
  return allowed && isUseful(fields, termsOf(head, shared));
}

/** What is never fresh and cannot be confirmed is not worth its room. */
function isUseful(fields: ResponseFields, terms: Terms): boolean {
  const spare = terms.staleWhileRevalidate + terms.staleIfError;
  return terms.lifetime > 0 || hasValidator(fields) || (spare > 0 && !terms.mustRevalidate && !terms.noCache);
}

export function hasValidator(fields: ResponseFields): boolean {
  return Object.hasOwn(fields, 'etag') || Object.hasOwn(fields, 'last-modified');
}

/** RFC 9111 4.2.3. */
export function ageAt(terms: Terms, now: number): number {
  return terms.initialAge + Math.max(0, now - terms.receivedAt);
}

/** How long from now the response is of any use: fresh, stale within its own bounds, or to be confirmed. */
export function usefulFor(terms: Terms, fields: ResponseFields, now: number): number {
  const spare = Math.max(terms.staleWhileRevalidate, terms.staleIfError, hasValidator(fields) ? heuristicLimit : 0);
  return Math.max(0, terms.lifetime - ageAt(terms, now)) + spare;
}

/** What a request says about what it would take (RFC 9111 5.2.1). Durations are milliseconds. */
export interface Wishes {
  readonly noStore: boolean;
  readonly noCache: boolean;
  readonly onlyIfCached: boolean;
  readonly maxAge: number | undefined;
  readonly minFresh: number;
  /** How stale a response may be; Infinity where any may. */
  readonly maxStale: number;
  readonly staleIfError: number | undefined;
}

export const noWishes: Wishes = {
  noStore: false,
  noCache: false,
  onlyIfCached: false,
  maxAge: undefined,
  minFresh: 0,
  maxStale: 0,
  staleIfError: undefined,
};

export function readWishes(fields: FieldList): Wishes {
  const header = fieldOf(fields, 'cache-control');
  if (header === undefined) {
    const pragma = fieldOf(fields, 'pragma');
    return pragma !== undefined && new Directives(pragma).has('no-cache') ? { ...noWishes, noCache: true } : noWishes;
  }
  const directives = new Directives(header);
  return {
    noStore: directives.has('no-store'),
    noCache: directives.has('no-cache'),
    onlyIfCached: directives.has('only-if-cached'),
    maxAge: directives.duration('max-age'),
    minFresh: directives.duration('min-fresh') ?? 0,
    maxStale: directives.hasWhole('max-stale') ? Number.POSITIVE_INFINITY : (directives.duration('max-stale') ?? 0),
    staleIfError: directives.duration('stale-if-error'),
  };
}

/**
 * What to do with a stored response: `use` it, use it and confirm it in the background (`refresh`), or `ask` first
 * (RFC 9111 4, RFC 5861).
 */
export function decide(terms: Terms, wishes: Wishes, now: number): 'use' | 'refresh' | 'ask' {
  if (terms.noCache || wishes.noCache) return 'ask';
  const age = ageAt(terms, now);
  if (wishes.maxAge !== undefined && (age > wishes.maxAge || wishes.maxAge === 0)) return 'ask';
  const remaining = terms.lifetime - age;
  if (remaining > wishes.minFresh) return 'use';
  if (terms.mustRevalidate || wishes.minFresh > 0) return 'ask';
  if (wishes.maxStale > 0 && -remaining <= wishes.maxStale) return 'use';
  return -remaining < terms.staleWhileRevalidate ? 'refresh' : 'ask';
}

/** Whether a response may be used stale because asking for a newer one failed (RFC 5861 4). */
export function mayStandIn(terms: Terms, wishes: Wishes, now: number): boolean {
  if (terms.noCache || terms.mustRevalidate || wishes.noCache || wishes.minFresh > 0) return false;
  const age = ageAt(terms, now);
  if (wishes.maxAge !== undefined && age > wishes.maxAge) return false;
  const allowed = wishes.staleIfError ?? terms.staleIfError;
  return allowed > 0 && age - terms.lifetime <= allowed;
}

/** The request fields that Vary names, in lower case; '*' where nobody can tell what the response varies by. */
export function varyNames(fields: ResponseFields): readonly string[] | '*' {
  const vary = responseField(fields, 'vary');
  if (vary === undefined) return [];
  const names = splitList(vary).map((name) => name.toLowerCase());
  return names.includes('*') ? '*' : [...new Set(names)];
}

/** A request field as Vary compares it: white space around commas makes no difference (RFC 9111 4.1). */
export function comparable(value: string | undefined): string | null {
  if (value === undefined) return null;
  return value
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .join(', ');
}
