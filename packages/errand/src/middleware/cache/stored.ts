// What the cache keeps of a response, and how it is kept: which fields are left out (RFC 9111 3.1), and what a newer head
// changes in an older response (3.2). Stored responses are never changed: a newer one takes their place.
import type { ResponseFields } from '../../core/headers.js';
import { responseField } from '../../core/headers.js';
import { Directives, splitList } from './directives.js';

/** A response as it is stored. Times are milliseconds since the epoch. */
export interface StoredResponse {
  readonly status: number;
  readonly statusText: string;
  readonly fields: ResponseFields;
  readonly body: Uint8Array;
  /** When the request went out whose answer this is, or whose answer confirmed it last. */
  readonly requestedAt: number;
  readonly receivedAt: number;
  /** The request fields that the response varies by, with what they were. */
  readonly vary: ReadonlyArray<readonly [name: string, value: string | null]>;
  /** A digest of the request's Authorization; empty where it had none. */
  readonly authorization: string;
  /** Whether it was asked for under a guard: a guarded call takes nothing that came without one. */
  readonly guarded: boolean;
}

/** Fields that are about one connection (RFC 9111 3.1, RFC 9110 7.6.1). */
const ofTheConnection = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Fields that say how the stored body is built: a head that comes without a body cannot change them (RFC 9111 3.2). */
const ofTheBody = new Set(['content-digest', 'content-encoding', 'content-length', 'content-md5', 'content-range']);

/** The fields that may be stored. */
export function storableFields(fields: ResponseFields, directives: Directives, shared: boolean): ResponseFields {
  const left = new Set([
    ...splitList(responseField(fields, 'connection') ?? '').map((name) => name.toLowerCase()),
    ...directives.fieldsOf('no-cache'),
    ...(shared ? directives.fieldsOf('private') : []),
  ]);
  const kept: Record<string, string | string[]> = Object.create(null);
  for (const name of Object.keys(fields)) {
    if (!ofTheConnection.has(name) && !left.has(name)) kept[name] = fields[name] as string | string[];
  }
  return kept;
}

/** The stored response with the head of a newer answer that confirms it, a 304 or the answer to a HEAD. */
export function freshened(
  stored: StoredResponse,
  fields: ResponseFields,
  { requestedAt, receivedAt }: { readonly requestedAt: number; readonly receivedAt: number },
  shared: boolean,
): StoredResponse {
  const merged: Record<string, string | string[]> = Object.assign(Object.create(null), stored.fields);
  // Both are about the answer that they came with: an old one would make the new answer look old.
  delete merged.age;
  delete merged.date;
  const newer = storableFields(fields, new Directives(responseField(fields, 'cache-control')), shared);
  for (const name of Object.keys(newer)) {
    // Some servers name another entity tag in a 304 than they were asked by; the body still has the one that it came with.
    if (name === 'etag' && merged.etag !== undefined) continue;
    if (!ofTheBody.has(name)) merged[name] = newer[name] as string | string[];
  }
  return { ...stored, requestedAt, receivedAt, fields: merged };
}

/**
 * Whether the head speaks of the stored response (RFC 9111 4.3.4 and 4.3.5): no validator that both have differs, nor, where
 * `length` counts, the length.
 */
export function speaksOf(stored: StoredResponse, fields: ResponseFields, length: boolean): boolean {
  const same = (name: string, shape: (value: string) => string = (value) => value) => {
    const before = responseField(stored.fields, name);
    const after = responseField(fields, name);
    return before === undefined || after === undefined || shape(before) === shape(after);
  };
  const weak = (tag: string) => tag.replace(/^W\//, '');
  return same('etag', weak) && same('last-modified') && (!length || same('content-length'));
}
