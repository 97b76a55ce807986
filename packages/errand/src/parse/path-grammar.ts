// What RFC 9535's grammar refuses and the JSONPath library takes. Everything else it checks itself.
import type { JSONPathQuery } from 'json-p3';

/** RFC 9535, 2.3.1.1: a string in either kind of quotes. */
const strings = /'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"/gs;
/** 2.5.1.1: `name-first *name-char`; a hyphen is neither. */
const hyphenated = /\.[A-Za-z_\u0080-\u{10FFFF}][\w\u0080-\u{10FFFF}]*-/u;
const comparison = /==|!=|<=|>=|<|>/g;

/** @throws Error that says what is wrong with the path. */
export function checkGrammar(jsonPath: string, query: JSONPathQuery): void {
  const bare = jsonPath.replace(strings, (string) => '_'.repeat(string.length));
  if (hyphenated.test(bare)) throw new Error("a name with a hyphen is written ['in-brackets']");
  if (/,\s*\)/.test(bare)) throw new Error('an argument is missing after the comma');
  if (/!\s*!/.test(bare)) throw new Error('! stands before a query, a function or parentheses');
  for (const { index, 0: operator } of bare.matchAll(comparison)) {
    const [before, after] = [bare.slice(0, index).trimEnd(), bare.slice(index + operator.length).trimStart()];
    if (after.startsWith('(') || (before.endsWith(')') && !endsWithCall(before)))
      throw new Error(`${operator} does not compare what stands in parentheses`);
  }
  checkQuery(query);
}

/** Whether the parenthesis at its end belongs to a function. */
function endsWithCall(text: string): boolean {
  let open = 0;
  for (let at = text.length - 1; at >= 0; at--) {
    if (text[at] === ')') open++;
    else if (text[at] === '(' && --open === 0) return /[a-z0-9_]/.test(text[at - 1] ?? '');
  }
  return false;
}

/** What a filter's expression has of these, whichever kind it is. */
interface Expression {
  readonly operator?: string;
  /** Of an operator between two: whether it is `&&` or `||`. */
  readonly logical?: boolean;
  readonly left?: Expression;
  readonly right?: Expression;
  /** What a whole filter is. */
  readonly expression?: Expression;
  /** Of a function. */
  readonly args?: readonly Expression[];
  /** Of a query. */
  readonly path?: JSONPathQuery;
}

function checkQuery({ segments }: JSONPathQuery): void {
  for (const selector of segments.flatMap(({ selectors }) => selectors)) check(selector as Expression);
}

/** 2.3.5.1: literals, singular queries and functions are compared, not what is a comparison or a negation itself. */
function check({ operator, logical, left, right, expression, args = [], path }: Expression): void {
  const parts = [left, right, expression, ...args].filter((part) => part !== undefined);
  if (logical === false && [left, right].some((side) => side?.operator !== undefined))
    throw new Error(`${operator} does not compare what is true or false`);
  for (const part of parts) check(part);
  if (path !== undefined) checkQuery(path);
}
