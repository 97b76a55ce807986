// One line for each request on stderr, for whoever sets NODE_DEBUG=errand. It shows what errors show, and nothing secret.
import { debuglog } from 'node:util';
import type { Call } from '../../core/call.js';
import { showUrl } from '../../core/redact.js';
import { errorFacts } from './channels.js';

const log = debuglog('errand');

export function debugging(): boolean {
  return log.enabled;
}

export function logEnd(call: Call, status: number | undefined, fromCache: boolean, error: unknown): void {
  const elapsed = Math.round(performance.now() - call.startedAt);
  const tries = call.attempts.length;
  const words = [`${call.method} ${showUrl(call.url)}`];
  if (error === undefined) words.push(String(status));
  else words.push(outcome(error));
  words.push(`${elapsed} ms`, `${tries} ${tries === 1 ? 'attempt' : 'attempts'}`);
  if (fromCache) words.push('from cache');
  if (call.hops.length > 0) words.push(`${call.hops.length} ${call.hops.length === 1 ? 'redirect' : 'redirects'}`);
  log('%s', words.join(' · '));
}

function outcome(error: unknown): string {
  const status = (error as { status?: unknown } | null)?.status;
  const { code, name } = errorFacts(error);
  return typeof status === 'number' ? `${status} ${code ?? name}` : (code ?? name);
}
