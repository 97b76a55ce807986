// Errors on their way out of a worker: as plain data, and back as the family's own.
import { DecodeError, type ErrandError, ParseError } from '../errors.js';

export interface WireError {
  readonly kind: 'parse' | 'decode' | 'call';
  readonly message: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly excerpt?: string | undefined;
}

export function toWire(error: unknown): WireError {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ParseError) {
    const { line, column, excerpt } = error;
    return { kind: 'parse', message, line, column, excerpt };
  }
  if (error instanceof DecodeError) return { kind: 'decode', message };
  if (error instanceof TypeError) return { kind: 'call', message };
  return { kind: 'parse', message: `the document could not be read: ${message}` };
}

export function fromWire({ kind, message, line, column, excerpt }: WireError): ErrandError | TypeError {
  if (kind === 'decode') return new DecodeError(message);
  if (kind === 'call') return new TypeError(message);
  return new ParseError(message, {
    ...(line === undefined ? undefined : { line }),
    ...(column === undefined ? undefined : { column }),
    ...(excerpt === undefined ? undefined : { excerpt }),
  });
}
