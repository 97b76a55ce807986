// Every way in which a call can end without a page, as RFC 9457 problems: one table of codes, and one error that carries
// one. What a Problem says is for callers: it never holds credentials, stacks or addresses of this machine.
import type { Attempt } from './attempt.js';

const table = {
  bad_request: [400, 'The request is not valid HTTP', false],
  bad_parameter: [400, 'A parameter is missing, unknown or wrong', false],
  bad_key: [401, 'The key is missing, unknown or revoked', false],
  quota_exceeded: [402, 'The quota of the key is used up', false],
  target_forbidden: [403, 'The target may not be asked', false],
  robots_disallowed: [403, "The target's robots.txt disallows this page", false],
  scope: [403, 'The key lacks the scope for this', false],
  not_found: [404, 'There is nothing at this address', false],
  job_not_found: [404, 'There is no such job', false],
  method_not_allowed: [405, 'This address does not take that method', false],
  request_timeout: [408, 'The request took too long to arrive', true],
  session_busy: [409, 'The session is in use', true],
  too_large: [413, 'The page is larger than allowed', false],
  unsupported_media_type: [415, 'The body is not of a type that is read here', false],
  unprocessable_document: [422, 'The document cannot be converted', false],
  blocked: [423, 'The target blocks us', true],
  captcha_required: [424, 'The target asks for a captcha', false],
  rate_limited: [429, 'Too many requests in a minute', true],
  concurrency: [429, 'Too many requests at once', true],
  headers_too_large: [431, 'The head of the request is too large', false],
  internal: [500, 'Something went wrong here', false],
  upstream: [502, 'The target could not be reached, or its answer could not be read', true],
  overloaded: [503, 'The service is too busy', true],
  target_rate_limited: [503, 'The target asks to slow down', true],
  timeout: [504, 'The time was up', true],
} as const satisfies Record<string, readonly [status: number, title: string, retryable: boolean]>;

export type ProblemCode = keyof typeof table;

export interface ProblemParts {
  /** Overrides the table's word on whether the same call may succeed later. */
  readonly retryable?: boolean;
  /** Seconds, sent as Retry-After. */
  readonly retryAfter?: number;
  readonly attempts?: readonly Attempt[];
  /** Further members of the problem, such as `vendor`, `evidence`, `ticket`, `parameter`. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly status: number;
  readonly title: string;
  readonly retryable: boolean;
  readonly retryAfter: number | undefined;
  readonly attempts: readonly Attempt[];
  readonly members: Readonly<Record<string, unknown>>;

  /** @param detail One sentence: what is wrong, what was expected, what to do. */
  constructor(code: ProblemCode, detail: string, parts: ProblemParts = {}) {
    super(detail, parts.cause === undefined ? undefined : { cause: parts.cause });
    const [status, title, retryable] = table[code];
    this.code = code;
    this.status = status;
    this.title = title;
    this.retryable = parts.retryable ?? retryable;
    this.retryAfter = parts.retryAfter;
    this.attempts = parts.attempts ?? [];
    this.members = parts.members ?? {};
  }

  /** The same problem with what was tried before it. */
  after(attempts: readonly Attempt[]): Problem {
    return this.with({ attempts });
  }

  /** The same problem with other parts. */
  with(parts: ProblemParts): Problem {
    const { retryable, retryAfter, attempts, members, cause } = this;
    return new Problem(this.code, this.message, {
      ...{ retryable, attempts, members, cause },
      ...(retryAfter !== undefined && { retryAfter }),
      ...parts,
    });
  }

  /** The body of `application/problem+json`. */
  toJSON(): Record<string, unknown> {
    return {
      ...this.members,
      type: `urn:errand:page-gateway:${this.code}`,
      title: this.title,
      status: this.status,
      detail: this.message,
      code: this.code,
      retryable: this.retryable,
      // JSON has no `undefined`, and every member is always there.
      attempts: this.attempts.map(({ engine, proxy = null, identity, status = null, verdict, ms }) => ({
        ...{ engine, proxy, identity, status, verdict, ms },
      })),
    };
  }
}

/** Status and title of each code, for the API's description. */
export const problems: Readonly<Record<ProblemCode, readonly [status: number, title: string, retryable: boolean]>> =
  table;
