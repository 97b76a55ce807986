// What is said of parameters that make no sense, before the page is fetched and while it is read.
import { Problem } from '../core/problem.js';

export function badSelector(parameter: string, selector: string, error: unknown): Problem {
  const shown = selector.length > 100 ? `${selector.slice(0, 100)}…` : selector;
  return badParameter(parameter, `'${shown}' is no CSS selector: ${(error as Error).message}`, error);
}

export function badRules(error: unknown): Problem {
  return badParameter('extract_rules', (error as Error).message.replace(/^extract: /, ''), error);
}

function badParameter(parameter: string, detail: string, cause: unknown): Problem {
  return new Problem('bad_parameter', `${parameter}: ${detail}`, { members: { parameter }, cause });
}
