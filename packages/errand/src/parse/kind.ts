// Whether a body is of the kind that a reading is for, by its status, its Content-Type and, where that says little, its first
// bytes.
import type { HttpResponse } from '../core/response.js';
import { ContentTypeError, ParseError } from '../errors.js';
import type { ContentType } from './content-type.js';

/** @throws ParseError where there is no body, ContentTypeError where it is of another kind. */
export function requireJson(response: HttpResponse, type: ContentType, header: string | undefined): void {
  const empty = response.bytesCollected.length === 0;
  if (empty && (response.call.method === 'HEAD' || hasNoBody(response.status))) {
    throw new ParseError(
      `a response ${response.call.method === 'HEAD' ? 'to HEAD' : `with status ${response.status}`} has no body to read as JSON`,
    );
  }
  if (type.json === 'no') throw new ContentTypeError('application/json', header ?? null);
  if (empty) throw new ParseError('the body is empty, which is not JSON');
}

function hasNoBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

/** A body under a type that seldom means JSON, and that turns out to be none, is of another kind rather than broken. */
export function jsonOrNot(error: unknown, type: ContentType, header: string | undefined): unknown {
  if (type.json !== 'maybe' || type.essence === '' || !(error instanceof ParseError)) return error;
  return new ContentTypeError('application/json', header ?? null, { cause: error });
}

/**
 * Whether the document is to be read as XML.
 * @throws ContentTypeError where it is neither HTML nor XML.
 */
export function requireMarkup(bytes: Uint8Array, type: ContentType, header: string | undefined): boolean {
  if (type.markup === 'html') return false;
  if (type.markup === 'xml') return true;
  const start = Buffer.from(bytes.subarray(0, 256))
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
  if (type.markup === 'no' || !/^<[!?a-z]/i.test(start)) throw new ContentTypeError('text/html', header ?? null);
  return start.startsWith('<?xml');
}
