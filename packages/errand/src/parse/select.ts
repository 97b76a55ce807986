// RFC 9535 JSONPath over parsed JSON. The library is loaded when first used.
import { ParseError } from '../errors.js';
import { maxValues } from './budget.js';

/**
 * The values that `jsonPath` finds, in the document's order.
 * @throws TypeError where it is no JSONPath, ParseError where it finds too much.
 */
export async function selectFrom(value: unknown, jsonPath: string, maxDepth: number): Promise<unknown[]> {
  const { JSONPathEnvironment, JSONPathRecursionLimitError } = await import('json-p3');
  const environment = new JSONPathEnvironment({ maxRecursionDepth: maxDepth + 1 });
  for (const name of ['match', 'search']) onStringsAlone(environment.functionRegister.get(name));
  let query: ReturnType<typeof environment.compile>;
  try {
    query = environment.compile(jsonPath);
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

/** The library takes 1 for '1'; by RFC 9535 (2.4.6, 2.4.7) what is no string matches nothing. */
function onStringsAlone(filter: FilterFunction | undefined): void {
  if (filter === undefined) return;
  const call = filter.call.bind(filter);
  filter.call = (value, pattern) => typeof value === 'string' && call(value, pattern);
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
