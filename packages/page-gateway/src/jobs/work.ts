// What working on the pages of jobs comes to, wherever the jobs lie: how one page is fetched and becomes a result, and which
// problems are no result yet.
import type { Page } from '../core/page.js';
import type { PageRequest } from '../core/page-request.js';
import { Problem } from '../core/problem.js';
import type { JobResult, JobRow } from '../store/job-store.js';
import type { Awaitable } from '../store/key-store.js';
import { read } from './stored-request.js';
import { type Converted, problemOf, resultOfPage, resultOfProblem } from './views.js';

/** One page on behalf of a key, with everything that a call of its own would get. */
export type FetchPage = (
  request: PageRequest,
  options: { readonly key: JobRow['key']; readonly signal: AbortSignal },
) => Promise<Converted & { readonly page: Page }>;

export interface WorkOptions {
  readonly fetchPage: FetchPage;
  /** Pages of all jobs under way at once, and of those the ones at one host: more would only wait there for their turn. */
  readonly concurrency: number;
  readonly perHost: number;
  /** Settles when a person has dealt with a ticket, or nobody did in time. */
  readonly ticketEnded?: ((ticket: string, signal: AbortSignal) => Promise<'solved' | 'expired'>) | undefined;
  readonly now: () => number;
  /** Called when this process has begun to work, and where others may have left callbacks behind. */
  readonly begun: () => void;
  readonly ended: (job: JobRow) => void;
  readonly failed: (error: unknown) => void;
}

/** Those who work on jobs. */
export interface Work {
  /** Begins. */
  start(): void;
  /** Takes up what is new, and drops what is over. */
  look(changed?: boolean): void;
  /** Whether it is this process that delivers callbacks. */
  readonly working: boolean;
  /** Pages of one job that were begun here and have no result yet. */
  begun(job: string): number;
  /** Pages that wait, and pages under way. */
  load(): Awaitable<{ readonly queued: number; readonly running: number }>;
  /** Ends what is under way; it runs again elsewhere or later. */
  close(): Promise<void>;
}

export interface Outcome {
  readonly result: JobResult;
  /** Why there is no page. */
  readonly problem?: Problem;
  /** What went wrong without being a problem: a mistake of ours. */
  readonly mistake?: unknown;
}

export async function fetchOne(
  fetchPage: FetchPage,
  { request, key }: Pick<JobRow, 'request' | 'key'>,
  [index, url]: readonly [index: number, url: string, ...unknown[]],
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const { page, ...converted } = await fetchPage(read(request, url), { key, signal });
    return { result: resultOfPage(index, url, page, converted) };
  } catch (error) {
    const problem = problemOf(error);
    const result = resultOfProblem(index, url, problem);
    return { result, problem, ...(!(error instanceof Problem) && { mistake: error }) };
  }
}

/** The ticket of a page that waits for a person. */
export function ticketOf({ code, members }: Problem): string | undefined {
  return code === 'captcha_required' && typeof members.ticket === 'string' ? members.ticket : undefined;
}

/** A page that could not be begun, or was told to come later, is tried again so many times. */
const moments = 5;
const longestRest = 10 * 60_000;
/** A page whose session is in the hands of a person, at another gateway: asked for so often, and no longer than a ticket lives. */
const whileInHand = 5_000;
const longestInHand = 15 * 60_000;

export function mayComeLater({ code }: Problem): boolean {
  return ['overloaded', 'session_busy', 'target_rate_limited'].includes(code);
}

/**
 * "Not now" is no result: there will be a better moment, after so many milliseconds.
 * @param tried How often it was told so.
 */
export function restOf(problem: Problem, tried: number, { request }: Pick<JobRow, 'request'>): number | undefined {
  if (!mayComeLater(problem)) return undefined;
  if (problem.code === 'session_busy' && read(request, '').onCaptcha === 'handoff') {
    return tried * whileInHand > longestInHand ? undefined : whileInHand;
  }
  const rest = Math.max((problem.retryAfter ?? 0) * 1000, 500 * 2 ** tried);
  return tried > moments || rest > longestRest ? undefined : rest;
}
