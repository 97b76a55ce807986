// Conditional requests: the cache's own questions whether a stored response still holds, and those of callers, which are
// not the cache's to answer.
import { fieldOf, type ResponseFields, responseField } from '../../core/headers.js';
import type { HttpRequest } from '../../core/request.js';
import type { StoredResponse } from './stored.js';

const conditions = ['if-none-match', 'if-modified-since', 'if-match', 'if-unmodified-since', 'if-range', 'range'];

/** Whether the caller asks a conditional question of their own, or for a part. */
export function isConditional({ fields }: HttpRequest): boolean {
  return conditions.some((name) => fieldOf(fields, name) !== undefined);
}

/** The request that asks whether the stored response still holds; the request itself where there is nothing to ask by. */
export function conditional(request: HttpRequest, stored: StoredResponse): HttpRequest {
  const etag = validator(stored.fields, 'etag');
  const modified = validator(stored.fields, 'last-modified');
  if (etag === undefined && modified === undefined) return request;
  const fields = [...request.fields];
  if (etag !== undefined) fields.push('if-none-match', etag);
  if (modified !== undefined) fields.push('if-modified-since', modified);
  return request.withFields(fields);
}

/** Whether both have a validator of one kind, so that an answer to another's question tells something about the stored one. */
export function isComparable(stored: StoredResponse, answer: ResponseFields): boolean {
  return ['etag', 'last-modified'].some(
    (name) => validator(stored.fields, name) !== undefined && validator(answer, name) !== undefined,
  );
}

/** A validator that can be sent back. */
function validator(fields: ResponseFields, name: string): string | undefined {
  const value = responseField(fields, name);
  return value !== undefined && /^[\t\x20-\x7e\x80-\xff]+$/.test(value) ? value : undefined;
}
