// What calls to a page gateway reject with: the problem that it told, or that it could not be asked.
import type { Attempt } from './attempt.js';
import type { Problem, ProblemCode } from './problem.js';

export interface PageGatewayErrorParts {
  readonly code: PageGatewayError['code'];
  readonly status?: number;
  readonly retryable?: boolean;
  readonly retryAfter?: number | undefined;
  readonly attempts?: readonly Attempt[];
  readonly requestId?: string | undefined;
  readonly members?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * @example
 * try { await gateway.page(url); } catch (error) { if (error instanceof PageGatewayError && error.code === 'blocked') … }
 */
export class PageGatewayError extends Error {
  override readonly name = 'PageGatewayError';
  /** The problem's; `unreachable`: the gateway itself gave no answer; `unexpected_answer`: it is no page gateway. */
  readonly code: ProblemCode | 'unreachable' | 'unexpected_answer';
  /** The gateway's status; 0 where it gave none. */
  readonly status: number;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** Seconds. */
  readonly retryAfter: number | undefined;
  readonly attempts: readonly Attempt[];
  /** One sentence: what is wrong, and what to do. */
  readonly detail: string;
  /** Finds the call in the gateway's log. */
  readonly requestId: string | undefined;
  /** Further members of the problem, such as `vendor`, `evidence`, `ticket`, `parameter`, `suggestion`. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(detail: string, parts: PageGatewayErrorParts) {
    super(detail, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.detail = detail;
    this.code = parts.code;
    this.status = parts.status ?? 0;
    this.retryable = parts.retryable ?? false;
    this.retryAfter = parts.retryAfter;
    this.attempts = parts.attempts ?? [];
    this.requestId = parts.requestId;
    this.members = parts.members ?? {};
  }
}

/** A problem of the gateway in this process, as one that came over HTTP. */
export function errorOfProblem(problem: Problem, requestId?: string): PageGatewayError {
  const { code, status, retryable, retryAfter, attempts, members } = problem;
  return new PageGatewayError(problem.message, {
    ...{ code, status, retryable, retryAfter, attempts, members, requestId },
    cause: problem,
  });
}
