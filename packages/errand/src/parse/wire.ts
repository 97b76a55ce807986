// What crosses from a worker: values, as JSON where that is the same, which is built several times quicker on the other side
// than a clone, and cut where arrays are long, so that no turn of the loop there takes long; errors as plain data, and back as
// the family's own.
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

type Path = readonly string[];

/** Items of the array at `path`, as JSON; they follow those that came before. */
interface Cut {
  readonly path: Path;
  readonly json: string;
}

/** A value as it is, or as JSON: all but the items of long arrays, and those. */
export type WireValue = { readonly value: unknown } | { readonly json: string; readonly cuts: readonly Cut[] };

/** Arrays from here on are cut. */
const longArray = 256;
/** Characters of a cut, about: built in a millisecond or less. */
const cutLength = 65_536;
/** How deep long arrays are looked for, and among how many members of an object. */
const outline = { depth: 8, members: 64 };

/** `value` came from JSON where `parsed`. */
export function valueToWire(value: unknown, parsed: boolean): WireValue {
  if (!parsed || value === undefined || !survives(value)) return { value };
  const cuts: Cut[] = [];
  const rest = cutArrays(value, [], cuts);
  return { json: JSON.stringify(rest), cuts };
}

/** Builds the value piece by piece; `turn` lets the event loop in. */
export async function valueFromWire(wire: WireValue, turn: () => Promise<void>): Promise<unknown> {
  if ('value' in wire) return wire.value;
  const value: unknown = JSON.parse(wire.json);
  for (const { path, json } of wire.cuts) {
    await turn();
    const array = path.reduce((at, name) => (at as Record<string, unknown>)[name], value) as unknown[];
    for (const item of JSON.parse(json) as unknown[]) array.push(item);
  }
  return value;
}

/** The value with its long arrays emptied; their items are added to `cuts`. */
function cutArrays(value: unknown, path: Path, cuts: Cut[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value) && value.length >= longArray) {
    for (const json of slicesOf(value)) cuts.push({ path, json });
    return [];
  }
  if (path.length >= outline.depth) return value;
  const cut = (name: string, member: unknown) => cutArrays(member, [...path, name], cuts);
  if (Array.isArray(value)) return value.map((item, index) => cut(String(index), item));
  const members = Object.entries(value);
  if (members.length > outline.members) return value;
  return Object.fromEntries(members.map(([name, member]) => [name, cut(name, member)]));
}

/** The array as JSON of slices of it; how many items make one is told by those before, and again where it was too many. */
function* slicesOf(array: readonly unknown[]): Generator<string> {
  let count = 1;
  for (let at = 0; at < array.length; ) {
    const json = JSON.stringify(array.slice(at, at + count));
    if (count === 1 || json.length <= 2 * cutLength) {
      yield json;
      at += count;
    }
    count = Math.max(1, Math.round((count * cutLength) / json.length));
  }
}

/** JSON reads -0 and numbers too large for it, and writes neither. */
function survives(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(survives);
  for (const name in value) if (!survives((value as Record<string, unknown>)[name])) return false;
  return true;
}
