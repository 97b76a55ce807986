// What crosses from a worker: values, as JSON where that is the same, which is built several times quicker on the other side
// than a clone; errors as plain data, and back as the family's own.
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

export type WireValue = { readonly json: string } | { readonly value: unknown };

/** `value` came from JSON where `parsed`. */
export function valueToWire(value: unknown, parsed: boolean): WireValue {
  return parsed && value !== undefined && survives(value) ? { json: JSON.stringify(value) } : { value };
}

export function valueFromWire(wire: WireValue): unknown {
  return 'json' in wire ? JSON.parse(wire.json) : wire.value;
}

/** JSON reads -0 and numbers too large for it, and writes neither. */
function survives(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(survives);
  for (const name in value) if (!survives((value as Record<string, unknown>)[name])) return false;
  return true;
}
