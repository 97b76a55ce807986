// How long a browser waits for what is not the page yet, before it is taken for all that there is.
import type { PageRequest } from '../core/page-request.js';
import type { Verdict } from '../core/verdict.js';

/** Milliseconds. Scripts that have loaded fill their page within a second or two; challenges compute for up to five, and reload. */
const patience = { shell: 3_000, challenge: 10_000 };

/** A caller who says what to wait for gets what there is then, unless it is a challenge. */
export function patienceFor({ kind }: Verdict, { rendering }: PageRequest): number {
  if (kind === 'challenge') return patience.challenge;
  const told = rendering.waitForSelector !== undefined || rendering.wait > 0 || rendering.scenario.length > 0;
  return kind === 'shell' && !told ? patience.shell : 0;
}
