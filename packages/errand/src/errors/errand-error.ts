// The root of the family, and the facts that every error carries.
import type { RequestTrace } from '../core/trace.js';

/** What is known of the call that failed. `url` is already fit to be shown: no userinfo, secret query values masked. */
export interface CallFacts {
  readonly method: string;
  readonly url: string;
  readonly attempts: number;
  readonly elapsed: number;
}

/** What an error may be made with, whatever its class. */
export interface Details {
  cause?: unknown;
  retryable?: boolean;
}

/** The root of the family: `error instanceof ErrandError` is true for whatever Errand rejects with. */
export class ErrandError extends Error {
  /** Stable, machine-readable, e.g. `ERRAND_TIMEOUT`. */
  readonly code: string = 'ERRAND';
  /** The method of the request that failed; empty until the error has left the session. */
  readonly method: string = '';
  /** The URL that was asked, without userinfo and with secret query values shown as `***`. */
  readonly url: string = '';
  /** How many attempts had begun. 0: nothing was tried. */
  readonly attempts: number = 0;
  /** Milliseconds since the call was made. */
  readonly elapsed: number = 0;
  /** What happened on the way; undefined until the error has left the session. Not enumerable, so that logs stay short. */
  declare readonly trace: RequestTrace | undefined;
  /** Whether the same call may succeed when it is made again. */
  readonly retryable: boolean;

  constructor(message: string, details: Details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.retryable = details.retryable ?? false;
  }

  /** The facts as plain data: safe to log, nothing secret, nothing live. */
  toJSON(): Record<string, unknown> {
    const json: Record<string, unknown> = { name: this.name, code: this.code, message: this.message };
    for (const key of Object.keys(this)) {
      if (key !== 'cause' && key !== 'response') json[key] = (this as unknown as Record<string, unknown>)[key];
    }
    if (this.cause !== undefined) json.cause = causeFacts(this.cause);
    return json;
  }
}

function causeFacts(cause: unknown): unknown {
  if (cause instanceof ErrandError) return cause.toJSON();
  if (!(cause instanceof Error)) return String(cause);
  const { name, message } = cause;
  const code = (cause as { code?: unknown }).code;
  return code === undefined ? { name, message } : { name, code, message };
}
