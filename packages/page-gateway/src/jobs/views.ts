// Jobs and results as callers see them: in answers, and in callbacks.
import type { Page } from '../core/page.js';
import { Problem } from '../core/problem.js';
import type { JobResult, JobRow, JobState } from '../store/job-store.js';

export interface JobView {
  readonly id: string;
  readonly state: JobState;
  readonly total: number;
  /** Pages that were got, and those that were not; both together are `total` in the end. */
  readonly done: number;
  readonly failed: number;
  readonly created: string;
  readonly updated: string;
  readonly meta: unknown;
}

export interface ResultView {
  readonly index: number;
  readonly url: string;
  readonly ok: boolean;
  /** The target's; `null` where no answer came. */
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly contentType?: string;
  readonly finalUrl?: string;
  readonly engine?: string;
  readonly body?: string;
  readonly bodyBase64?: string;
  /** The problem, where there is no page. */
  readonly error?: unknown;
}

export interface Converted {
  readonly body: Uint8Array;
  readonly contentType: string;
}

export function jobView(row: JobRow): JobView {
  return {
    id: row.id,
    state: row.state,
    total: row.total,
    done: row.done,
    failed: row.failed,
    created: new Date(row.created).toISOString(),
    updated: new Date(row.updated).toISOString(),
    meta: row.meta === undefined ? null : (JSON.parse(row.meta) as unknown),
  };
}

export function resultOfPage(index: number, url: string, page: Page, { body, contentType }: Converted): JobResult {
  const { fetched, attempts } = page;
  const facts = {
    status: fetched.status,
    headers: together(fetched.headers),
    contentType,
    finalUrl: fetched.url,
    engine: fetched.engine,
    identity: page.identity,
    proxy: page.proxy ?? null,
    truncated: fetched.truncated,
    attempts,
    error: null,
  };
  return { index, url, ok: true, facts: JSON.stringify(facts), body };
}

export function resultOfProblem(index: number, url: string, problem: Problem): JobResult {
  const status = problem.attempts.findLast((attempt) => attempt.status !== undefined)?.status ?? null;
  const facts = { status, headers: {}, error: problem };
  return { index, url, ok: false, facts: JSON.stringify(facts), body: undefined };
}

/** What went wrong without being a Problem is a mistake of ours; its words are for the log. */
export function problemOf(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem('internal', 'Something went wrong here; the log tells more.');
}

export function resultView({ index, url, ok, facts, body }: JobResult): ResultView {
  const known = JSON.parse(facts) as Omit<ResultView, 'index' | 'url' | 'ok'>;
  return { index, url, ok, ...known, ...(body && bodyView(body, known.contentType ?? '')) };
}

const textual = /^(text\/|application\/([\w.+-]*\+)?(json|xml|javascript|ecmascript|x-www-form-urlencoded)\b)/i;

function bodyView(body: Uint8Array, contentType: string): { body: string } | { bodyBase64: string } {
  if (textual.test(contentType)) {
    try {
      return { body: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body) };
    } catch {
      // Text in another charset is passed on as the bytes that it is.
    }
  }
  return { bodyBase64: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64') };
}

/** Of the connection that there was, not of the page. */
const ofConnection = new Set([
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade'],
]);

function together(headers: Page['fetched']['headers']): Record<string, string | string[]> {
  const all: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of headers) {
    if (ofConnection.has(name)) continue;
    const before = all[name];
    if (before === undefined) all[name] = value;
    else if (name === 'set-cookie') all[name] = [before, value].flat();
    else all[name] = `${before as string}, ${value}`;
  }
  return all;
}
