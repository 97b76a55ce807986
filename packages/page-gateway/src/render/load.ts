// Goes to the page, and says in whose words it failed: the target's, the guard's, robots', or the clock's. A page that came
// but does not finish loading is a page.
import type { PageRequest } from '../core/page-request.js';
import { Problem } from '../core/problem.js';
import type { Ending } from './ending.js';
import { isTimeout } from './playwright.js';
import type { Stage } from './stage.js';

/** What is to be told the caller of a page that came all the same. */
export async function load(stage: Stage, request: PageRequest, ending: Ending): Promise<string[]> {
  const { page, documents } = stage;
  const { waitUntil } = request.rendering;
  try {
    const timeout = Math.max(1, ending.spare);
    const referer = request.referer === undefined ? {} : { referer: request.referer };
    await ending.race(page.goto(request.url, { waitUntil, timeout, ...referer }));
  } catch (error) {
    if (ending.over) throw error;
    if (documents.refusal !== undefined) throw documents.refusal.reason;
    if (documents.raw !== undefined) return [];
    if (isTimeout(error) && stage.committed) {
      return [`wait_until: the page came, but '${waitUntil}' did not in time`];
    }
    // It went elsewhere while it loaded, as challenges do.
    if (stage.committed && /interrupted by another navigation|ERR_ABORTED/.test((error as Error).message)) {
      await ending.race(page.waitForLoadState('load', { timeout: Math.max(1, ending.spare) })).catch(() => {});
      return [];
    }
    throw failure(stage, error as Error);
  }
  if (documents.refusal !== undefined) throw documents.refusal.reason;
  return [];
}

/** Why nothing came. */
function failure({ documents, passage }: Stage, error: Error): unknown {
  const target = documents.latest;
  if (isTimeout(error)) {
    return new Problem('timeout', 'the target sent no page in time', { cause: error });
  }
  const port = Number(target?.port || (target?.protocol === 'http:' ? 80 : 443));
  const known = target === undefined ? undefined : passage.failureOf(target.hostname, port);
  if (known !== undefined) return known;
  const reason = /net::(ERR_[A-Z0-9_]+)/.exec(error.message)?.[1];
  const certificate = reason?.startsWith('ERR_CERT') ?? false;
  const words = certificate ? 'its certificate is not trusted' : 'its answer could not be read';
  return new Problem('upstream', `${target?.host ?? 'the target'}: ${words}${reason ? ` (${reason})` : ''}`, {
    retryable: !certificate,
    cause: error,
  });
}
