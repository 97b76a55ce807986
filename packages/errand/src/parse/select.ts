// RFC 9535 JSONPath over parsed JSON. The library is loaded when first used.
import { ParseError } from '../errors.js';
import { maxValues } from './budget.js';
import { checkGrammar } from './path-grammar.js';

/**
 * The values that `jsonPath` finds, in the document's order.
 * @throws TypeError where it is no JSONPath, ParseError where it finds too much.
 */
export async function selectFrom(value: unknown, jsonPath: string, maxDepth: number): Promise<unknown[]> {
  const { JSONPathEnvironment, JSONPathRecursionLimitError } = await import('json-p3');
  const environment = new JSONPathEnvironment({ maxRecursionDepth: maxDepth + 1 });
  correct(environment.functionRegister);
  let query: ReturnType<typeof environment.compile>;
  try {
    query = environment.compile(jsonPath);
    checkGrammar(jsonPath, query);
  } catch (error) {
    throw new TypeError(`select: '${jsonPath}' is not a JSONPath (RFC 9535): ${(error as Error).message}`);
  }
  const found: unknown[] = [];
  try {
    for (const node of query.lazyQuery(value as Parameters<typeof query.lazyQuery>[0])) {
      if (found.push(node.value) > maxValues) throw new ParseError(`the JSONPath finds more than ${maxValues} values`);
    }
  } catch (error) {
    if (error instanceof JSONPathRecursionLimitError || error instanceof RangeError) {
      throw new ParseError(`JSON nested deeper than ${maxDepth} levels (parse.maxDepth)`);
    }
    throw error;
  }
  return found;
}

interface FilterFunction {
  call(...values: unknown[]): unknown;
}

/**
 * Two things that the library does otherwise than RFC 9535: what is no string matches nothing (2.4.6, 2.4.7; the library takes
 * 1 for '1'), and the length of a string is that in characters (2.4.4), not in UTF-16's units.
 */
function correct(functions: ReadonlyMap<string, FilterFunction>): void {
  const wrap = (name: string, wrapped: (given: FilterFunction['call'], values: unknown[]) => unknown) => {
    const filter = functions.get(name) as FilterFunction;
    const given = filter.call.bind(filter);
    filter.call = (...values) => wrapped(given, values);
  };
  for (const name of ['match', 'search'])
    wrap(name, (given, values) => typeof values[0] === 'string' && given(...values));
  wrap('length', (given, [value]) => (typeof value === 'string' ? [...value].length : given(value)));
}

/**
 * Whether what the path costs grows with the document alone: at most one descent, and filters that look at nothing but the
 * member in hand. Others (nested descents, regular expressions, comparisons with the whole document) a small hostile
 * document can make cost seconds.
 */
export function costsLittle(jsonPath: string): boolean {
  const descents = jsonPath.split('..').length - 1;
  if (!jsonPath.includes('?')) return descents < 2;
  return descents === 0 && !/(?:match|search)\(/.test(jsonPath) && jsonPath.lastIndexOf('$') <= 0;
}
