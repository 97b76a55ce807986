// Errors of bodies that came and cannot be used.
import { type Details, ErrandError } from './errand-error.js';

/** One problem that a Standard Schema found. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }>;
}

/** The body came, and cannot be used. */
export class BodyError extends ErrandError {}

/** The decoded body is longer than the limit. */
export class BodyTooLargeError extends BodyError {
  override readonly code = 'ERRAND_BODY_TOO_LARGE';
  /** The limit, in bytes. */
  readonly limit: number;

  constructor(limit: number, message = `the body is longer than ${limit} bytes`, details: Details = {}) {
    super(message, details);
    this.limit = limit;
  }
}

/** The content coding (gzip, deflate, br, zstd) or the charset could not be undone. */
export class DecodeError extends BodyError {
  override readonly code = 'ERRAND_DECODE';
}

/** The body is of another kind than was asked for. */
export class ContentTypeError extends BodyError {
  override readonly code = 'ERRAND_CONTENT_TYPE';
  readonly expected: string;
  /** The Content-Type that came; null where there was none. */
  readonly actual: string | null;

  constructor(expected: string, actual: string | null, details: Details = {}) {
    super(`expected ${expected}, got ${actual === null ? 'no Content-Type' : actual}`, details);
    this.expected = expected;
    this.actual = actual;
  }
}

/** The body says what it is, and is not that. */
export class ParseError extends BodyError {
  override readonly code = 'ERRAND_PARSE';
  /** 1-based. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
  /** The text around the place, shortened. */
  readonly excerpt?: string;

  constructor(message: string, details: Details & { line?: number; column?: number; excerpt?: string } = {}) {
    super(message, details);
    if (details.line !== undefined) this.line = details.line;
    if (details.column !== undefined) this.column = details.column;
    if (details.excerpt !== undefined) this.excerpt = details.excerpt;
  }
}

/** The value was read, and the schema does not accept it. */
export class ValidationError extends BodyError {
  override readonly code = 'ERRAND_VALIDATION';
  readonly issues: ReadonlyArray<SchemaIssue>;

  constructor(issues: ReadonlyArray<SchemaIssue>, details: Details = {}) {
    const [first] = issues;
    super(first ? `the body does not fit the schema: ${first.message}` : 'the body does not fit the schema', details);
    this.issues = issues;
  }
}
