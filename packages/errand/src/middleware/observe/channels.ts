// The names and payloads of what is told on Node's diagnostics channels. Payloads are plain facts that can be logged as
// they are: no URL with its secrets, no header, no body, no live object. Nothing is made for a channel nobody listens to.
import { channel } from 'node:diagnostics_channel';
import type { RequestTrace } from '../../core/trace.js';

/** An error as plain facts. `code` is the family's, e.g. `ERRAND_TIMEOUT`; of other errors it may be missing. */
export interface ErrorFacts {
  readonly name: string;
  readonly code?: string;
  readonly message: string;
}

/** What identifies a request: `id` is the same in every event of one call of a session. */
export interface RequestFacts {
  readonly id: number;
  readonly method: string;
  /** Without userinfo; the values of secret query names are `***`. */
  readonly url: string;
  readonly lane?: string;
}

/** How a request went. Times are milliseconds. */
export interface RequestOutcome extends RequestFacts {
  readonly attempts: number;
  readonly elapsed: number;
  readonly trace: RequestTrace;
}

/** One attempt: `attempt` counts from 1, over retries and redirects. */
export interface AttemptFacts extends RequestFacts {
  readonly attempt: number;
}

export type AttemptOutcome = AttemptFacts & RequestTrace['attempts'][number];

export interface ConnectionFacts {
  /** The same in the events of one connection. */
  readonly id: number;
  /** e.g. `https://api.example`. */
  readonly origin: string;
  readonly remoteAddress?: string;
  /** The proxy's address without credentials. */
  readonly proxy?: string;
  readonly httpVersion: '1.1' | '2';
}

export interface QueueFacts extends RequestFacts {
  /** `host:port`, as limits count it. */
  readonly host: string;
}

/** The channels, by name, and what is told on them. */
export interface ErrandEvents {
  'errand:request:start': RequestFacts;
  'errand:request:end': RequestOutcome & { readonly status: number; readonly fromCache: boolean };
  'errand:request:error': RequestOutcome & { readonly error: ErrorFacts };
  'errand:attempt:start': AttemptFacts;
  'errand:attempt:end': AttemptOutcome;
  'errand:attempt:error': Omit<AttemptOutcome, 'error'> & { readonly error: ErrorFacts };
  'errand:connection:open': ConnectionFacts;
  'errand:connection:close': ConnectionFacts & { readonly requests: number; readonly age: number };
  'errand:queue:wait': QueueFacts;
  'errand:queue:leave': QueueFacts & { readonly waited: number; readonly error?: ErrorFacts };
}

export const channels = {
  requestStart: channel('errand:request:start'),
  requestEnd: channel('errand:request:end'),
  requestError: channel('errand:request:error'),
  attemptStart: channel('errand:attempt:start'),
  attemptEnd: channel('errand:attempt:end'),
  attemptError: channel('errand:attempt:error'),
  connectionOpen: channel('errand:connection:open'),
  connectionClose: channel('errand:connection:close'),
  queueWait: channel('errand:queue:wait'),
  queueLeave: channel('errand:queue:leave'),
};

/** Whether anybody listens to what happens to requests. */
export function listenedTo(): boolean {
  return (
    channels.requestStart.hasSubscribers ||
    channels.requestEnd.hasSubscribers ||
    channels.requestError.hasSubscribers ||
    channels.attemptStart.hasSubscribers ||
    channels.attemptEnd.hasSubscribers ||
    channels.attemptError.hasSubscribers ||
    channels.queueWait.hasSubscribers ||
    channels.queueLeave.hasSubscribers
  );
}

export function errorFacts(error: unknown): ErrorFacts {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message } = error;
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? { name, code, message } : { name, message };
}
