// Reads JSON text into values. What is no JSON, or is nested deeper than may be, is refused with the place where it goes wrong.
import { ParseError } from '../errors.js';
import { DepthScan } from './depth.js';
import { locateJsonError, placeOf } from './json-error.js';

/** @throws ParseError with line, column and excerpt. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw jsonError(text, error);
  }
}

function jsonError(text: string, error: unknown): unknown {
  if (!(error instanceof SyntaxError)) return new ParseError('the body cannot be read as JSON', { cause: error });
  if (text.length === 0) return new ParseError('the body is empty, which is not JSON');
  const { message, ...place } = locateJsonError(text);
  return new ParseError(message, place);
}

/** @throws ParseError where the text, JSON or not, is nested deeper than `maxDepth`. */
export function checkDepth(text: string, maxDepth: number): void {
  const scan = new DepthScan(text, maxDepth);
  scan.advance(text.length);
  if (scan.tooDeepAt >= 0) throw tooDeep(text, scan.tooDeepAt, maxDepth);
}

export function tooDeep(text: string, at: number, maxDepth: number): ParseError {
  return new ParseError(`JSON nested deeper than ${maxDepth} levels (parse.maxDepth)`, placeOf(text, at));
}
