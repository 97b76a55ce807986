// Reads JSON text into values. What is no JSON, or is nested deeper than may be, is refused with the place where it goes wrong.
import { ParseError } from '../errors.js';
import { DepthScan, deepAlongEdges, mayBeDeep } from './depth.js';
import { locateJsonError, placeOf } from './json-error.js';

/** @throws ParseError with line, column and excerpt. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw jsonError(text, error);
  }
}

/** How deep a document may be, and whether that is told from every bracket of every document. */
export interface DepthLimit {
  readonly maxDepth: number;
  readonly exactDepth: boolean;
}

/**
 * The value, where it is not too deep. Parsing does not recurse: depth hurts who walks the value later, and is told from the
 * value at next to no cost; only where it would cost the parser itself it is told from the text before.
 * @throws ParseError
 */
export function parseBounded(text: string, utf8: Uint8Array, limit: DepthLimit): unknown {
  const { maxDepth, exactDepth } = limit;
  if (text.length <= 2 * maxDepth) return parseJson(text);
  if (exactDepth || mayBeDeep(utf8)) checkDepth(utf8, text, maxDepth);
  const value = parseJson(text);
  if (deepAlongEdges(value, maxDepth)) checkDepth(utf8, text, maxDepth);
  return value;
}

function jsonError(text: string, error: unknown): unknown {
  if (!(error instanceof SyntaxError)) return new ParseError('the body cannot be read as JSON', { cause: error });
  if (text.length === 0) return new ParseError('the body is empty, which is not JSON');
  const { message, ...place } = locateJsonError(text);
  return new ParseError(message, place);
}

/**
 * `utf8` is the text's bytes, with or without a BOM.
 * @throws ParseError where the text, JSON or not, is nested deeper than `maxDepth`.
 */
function checkDepth(utf8: Uint8Array, text: string, maxDepth: number): void {
  const scan = new DepthScan(utf8, maxDepth);
  scan.advance(utf8.length);
  if (scan.tooDeepAt >= 0) throw tooDeep(utf8, text, scan.tooDeepAt, maxDepth);
}

/** `at` counts bytes. */
export function tooDeep(utf8: Uint8Array, text: string, at: number, maxDepth: number): ParseError {
  const before = new TextDecoder().decode(utf8.subarray(0, at)).length;
  return new ParseError(`JSON nested deeper than ${maxDepth} levels (parse.maxDepth)`, placeOf(text, before));
}
