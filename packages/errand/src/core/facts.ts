// Where errors get the facts of the call that they end.
import type { CallFacts, ErrandError } from '../errors.js';
import type { RequestTrace } from './trace.js';

/**
 * Completes an error with the facts of the call that it ends, once: the first call that it leaves names it. The message
 * then begins with method and URL.
 */
export function withFacts<E extends ErrandError>(error: E, facts: CallFacts, trace: RequestTrace): E {
  if (error.method !== '') return error;
  const { message, stack } = error;
  Object.assign(error, facts);
  // Not enumerable: a log line is better off without it.
  Object.defineProperty(error, 'trace', { value: trace, configurable: true });
  error.message = `${facts.method} ${facts.url}: ${message}`;
  if (stack !== undefined) error.stack = stack.replace(message, () => error.message);
  return error;
}
