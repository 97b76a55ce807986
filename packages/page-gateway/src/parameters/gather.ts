// Collects what a caller gave by query, JSON fields and headers, under the parameters' own names. It knows no meanings but
// those of names: unknown ones, and values that disagree, are refused here.
import type { IncomingHttpHeaders } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { Problem } from '../core/problem.js';
import { nearest } from '../kit/nearest.js';
import { keyNames, known, type ParameterName, parameters, readings, type Values } from './table.js';

export type Fields = URLSearchParams | Readonly<Record<string, unknown>>;

export interface Given {
  readonly name: string;
  readonly value: unknown;
  /** How it came, for people. */
  readonly way: string;
}

const prefix = 'x-gateway-';

/** What was given, in any of the ways, one after the other. */
export function* given(input: {
  query?: Fields | undefined;
  fields?: Fields | undefined;
  headers?: IncomingHttpHeaders | undefined;
}): Generator<Given> {
  yield* fieldsOf(input.query, 'in the query');
  yield* fieldsOf(input.fields, 'in the body');
  for (const [header, value] of Object.entries(input.headers ?? {})) {
    if (!header.startsWith(prefix) || value === undefined) continue;
    const name = header.slice(prefix.length).replaceAll('-', '_');
    for (const each of Array.isArray(value) ? value : [value]) yield { name, value: decoded(each), way: 'in a header' };
  }
}

function* fieldsOf(fields: Fields | undefined, way: string): Generator<Given> {
  if (fields === undefined) return;
  for (const [name, value] of fields instanceof URLSearchParams ? fields : Object.entries(fields)) {
    if (value === undefined) continue;
    // A query that repeats a name may come as a list of values; a JSON field may be a list of its own.
    const several = way === 'in the query' && Array.isArray(value);
    for (const each of several ? (value as unknown[]) : [value]) yield { name, value: each, way };
  }
}

/** Node reads header bytes as Latin-1; callers mean UTF-8 wherever the bytes are such. */
function decoded(value: string): string {
  if (/^[\x00-\x7f]*$/.test(value)) return value;
  const text = Buffer.from(value, 'latin1').toString('utf8');
  return text.includes('�') ? value : text;
}

/** @throws Problem for the first name or value that is wrong. */
export function gather(all: Iterable<Given>): Values {
  const values = new Map<ParameterName, { value: unknown; by: Given }>();
  const list = [...all];
  for (const each of list) {
    if ((keyNames as readonly string[]).includes(each.name)) continue;
    const name = known.get(each.name);
    if (name === undefined) throw unknownName(each, list);
    const value = readValue(name, each);
    if (value === undefined) continue;
    const before = values.get(name);
    if (before && !isDeepStrictEqual(before.value, value))
      throw disagreement(name, before.by, each, isSecret(name, each.value) || isSecret(name, before.by.value));
    if (!before) values.set(name, { value, by: each });
  }
  return Object.fromEntries([...values].map(([name, { value }]) => [name, value])) as Values;
}

/** The one key that was given by parameter, whatever its name. */
export function gatherKey(all: Iterable<Given>): string | undefined {
  let first: Given | undefined;
  for (const each of all) {
    if (!(keyNames as readonly string[]).includes(each.name) || each.value === '') continue;
    if (typeof each.value !== 'string') throw wrongValue(each.name, 'the key as text', each.value, { secret: true });
    if (first && first.value !== each.value) throw disagreement(each.name, first, each, true);
    first ??= each;
  }
  return first?.value as string | undefined;
}

function readValue(name: ParameterName, { name: alias, value }: Given): unknown {
  const read = (readings[alias] ?? parameters[name].schema).safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const place = (issue?.path ?? [])
    .map((each) => (typeof each === 'number' ? `[${each}]` : `.${String(each)}`))
    .join('');
  throw wrongValue(alias, issue?.message ?? 'another value', value, { secret: isSecret(name, value), place });
}

/** Whether a value may hold what nobody else should read: a URL may have credentials and keys in it. */
function isSecret(name: ParameterName, value: unknown): boolean {
  if (name === 'cookies') return true;
  return ['url', 'callback', 'referer'].includes(name) && /[@?]/.test(String(value));
}

function wrongValue(name: string, wanted: string, value: unknown, how: { secret: boolean; place?: string }): Problem {
  const { secret, place = '' } = how;
  const got = secret ? 'something else' : shown(value);
  const detail =
    value === ''
      ? `${name}${place}: expected ${wanted}, got nothing.`
      : `${name}${place}: expected ${wanted}, got ${got}.`;
  const suggestion = name === 'url' && !secret ? urlSuggestion(value) : undefined;
  return new Problem('bad_parameter', suggestion ? `${detail} Did you mean ${suggestion}?` : detail, {
    members: { parameter: name, ...(suggestion !== undefined && { suggestion }) },
  });
}

/** A host without a scheme, or a URL that was percent-encoded twice. */
function urlSuggestion(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^https?%3a/i.test(text)) return plausible(decodedOnce(text));
  return /^[\w-]+(\.[\w-]+)+([:/?#]|$)/.test(text) ? plausible(`https://${text}`) : undefined;
}

function decodedOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function plausible(text: string): string | undefined {
  return URL.canParse(text) && text.length < 200 ? new URL(text).href : undefined;
}

function disagreement(name: string, one: Given, other: Given, secret = false): Problem {
  const values = secret ? '' : ` (${shown(one.value)} and ${shown(other.value)})`;
  return new Problem(
    'bad_parameter',
    `${name}: ${one.name} ${one.way} and ${other.name} ${other.way} disagree${values}; give one of them.`,
    { members: { parameter: name } },
  );
}

function unknownName({ name, way }: Given, list: readonly Given[]): Problem {
  const suggestion = nearest(name.toLowerCase().replaceAll('-', '_'), [...known.keys(), ...keyNames]);
  const url = list.find((each) => each.name === 'url' && each.way === way)?.value;
  const hint =
    way === 'in the query' && typeof url === 'string' && url.includes('?')
      ? ' If it belongs to the url, percent-encode the url as a whole (encodeURIComponent).'
      : '';
  return new Problem(
    'bad_parameter',
    `${shown(name)} ${way} is no parameter; the nearest known one is "${suggestion}".${hint}`,
    { members: { parameter: name.slice(0, 100), suggestion } },
  );
}

/** Short, printable, on one line. */
function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  const clean = text.slice(0, 80).replace(/[\x00-\x1f\x7f]/g, '·');
  return `"${clean}${text.length > 80 ? '…' : ''}"`;
}
