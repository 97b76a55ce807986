// From a request to its answer: a copy or the ladder, then the format, all inside the caller's one budget of time. The server,
// jobs and programs in this process ask here, and get the same.
import { randomUUID } from 'node:crypto';
import type { Attempt } from '../core/attempt.js';
import type { Page } from '../core/page.js';
import type { PageRequest } from '../core/page-request.js';
import { Problem } from '../core/problem.js';
import type { Calls } from './calls.js';

export interface Converted {
  readonly body: Uint8Array;
  readonly contentType: string;
}

/** What brings a page; the ladder. */
export interface PageSource {
  get(request: PageRequest, options: FetchOptions): Promise<Page>;
}
export interface FetchOptions {
  readonly signal: AbortSignal;
  /** Whose sticky sessions are meant: the id of the key. */
  readonly owner: string;
  readonly onAttempt?: (attempt: Attempt) => void;
}

/** Copies of pages; calls `fetch` where there is none that is young enough. */
export interface CopySource {
  get(
    request: PageRequest,
    fetch: (signal: AbortSignal) => Promise<Page>,
    options: { signal: AbortSignal; owner: string },
  ): Promise<{ readonly page: Page; readonly cache: 'hit' | 'miss' }>;
}

export interface Converter {
  check(request: PageRequest): Promise<void>;
  convert(
    request: PageRequest,
    page: Page,
    options: { readonly signal: AbortSignal; readonly cache: 'hit' | 'miss' },
  ): Promise<Converted>;
}

export interface AnswerOptions {
  readonly signal: AbortSignal;
  readonly key: { readonly id: string; readonly name: string };
  /** Names the call in logs and on the dashboard. @default a new one */
  readonly id?: string;
  readonly onAttempt?: (attempt: Attempt) => void;
}

export interface Answer extends Converted {
  readonly page: Page;
  readonly cache: 'hit' | 'miss';
}

/** After the budget is spent, the ladder has this long to say what it tried; then it is left behind. */
const courtesy = 500;

export class Answers {
  readonly #parts: { pages: PageSource; copies: CopySource; formats: Converter; calls: Calls };

  constructor(parts: { pages: PageSource; copies: CopySource; formats: Converter; calls: Calls }) {
    this.#parts = parts;
  }

  /** @throws Problem with the attempts that were made; or the signal's reason, where the caller ended it. */
  async get(request: PageRequest, { signal, key, id = randomUUID(), onAttempt }: AnswerOptions): Promise<Answer> {
    const call = this.#parts.calls.begin({ id, key: key.name, request });
    const attempts: Attempt[] = [];
    const tried = (attempt: Attempt) => {
      attempts.push(attempt);
      call.tried(attempt);
      onAttempt?.(attempt);
    };
    try {
      const answer = await this.#answer(request, { signal, owner: key.id, onAttempt: tried });
      call.ended({ cache: answer.cache });
      return answer;
    } catch (error) {
      const problem = problemOf(error, signal, attempts);
      call.ended({ code: problem?.code ?? 'gone' });
      throw problem ?? error;
    }
  }

  async #answer(request: PageRequest, options: FetchOptions): Promise<Answer> {
    const { pages, copies, formats } = this.#parts;
    const deadline = performance.now() + request.timeout;
    await formats.check(request);
    const { owner } = options;
    return bounded(options.signal, async (signal, within) => {
      within(request.timeout + courtesy);
      const fetch = (signal: AbortSignal) => pages.get(request, { ...options, signal });
      const { page, cache } = await copies.get(request, fetch, { signal, owner });
      within(Math.max(1, deadline - performance.now()));
      try {
        const converted = await formats.convert(request, page, { signal, cache });
        return { ...converted, page, cache };
      } catch (error) {
        throw error instanceof Problem ? error.after(page.attempts) : error;
      }
    });
  }
}

/** Sets the milliseconds that are left of the work, in place of those that were set before. */
type Within = (time: number) => void;

/** Ends the work, and the waiting for it, when the time is up or the caller goes. */
async function bounded<T>(outer: AbortSignal, work: (signal: AbortSignal, within: Within) => Promise<T>): Promise<T> {
  outer.throwIfAborted();
  const controller = new AbortController();
  let end: (reason: unknown) => void = () => {};
  const ended = new Promise<never>((_, reject) => {
    end = (reason) => {
      controller.abort(reason);
      reject(reason);
    };
  });
  const leave = () => end(outer.reason);
  outer.addEventListener('abort', leave, { once: true });
  let timer: NodeJS.Timeout | undefined;
  const within = (time: number) => {
    clearTimeout(timer);
    if (controller.signal.aborted) return;
    timer = setTimeout(() => end(new Problem('timeout', 'The time for this page is up.')), time);
  };
  try {
    return await Promise.race([work(controller.signal, within), ended]);
  } finally {
    clearTimeout(timer);
    outer.removeEventListener('abort', leave);
  }
}

/** @returns `undefined` where the caller itself ended the call for a reason of its own. */
function problemOf(error: unknown, signal: AbortSignal, attempts: readonly Attempt[]): Problem | undefined {
  if (error instanceof Problem) return error.attempts.length > 0 ? error : error.after(attempts);
  if (signal.aborted) return undefined;
  return new Problem('internal', 'Something went wrong here; the request id finds it in the log.', {
    cause: error,
    attempts,
  });
}
