// What is asked of a worker and what comes back: plain data that crosses between threads.
import type { PageRequest } from '../core/page-request.js';
import type { ProblemCode } from '../core/problem.js';
import type { ContentKind } from './content-kind.js';
import type { EnvelopeFacts } from './envelope.js';

export interface Task
  extends Pick<PageRequest, 'extractRules' | 'onlyMainContent' | 'targetSelector' | 'removeSelector'> {
  readonly output: 'html' | 'text' | 'markdown' | 'links' | 'json' | 'extract';
  readonly kind: ContentKind;
  readonly contentType: string | undefined;
  /** Of the page, after redirects. */
  readonly url: string;
  /** Only for `json`. */
  readonly facts: EnvelopeFacts | undefined;
  /** Bytes that the document's tree may come to. */
  readonly maxMemory: number;
}

export interface Order {
  readonly task: Task;
  readonly bytes: Uint8Array;
}

/** What comes back: first that the worker is there, then one answer per order. */
export type Answer =
  | { readonly ready: true }
  | { readonly body: Uint8Array }
  | {
      readonly problem: {
        readonly code: ProblemCode;
        readonly detail: string;
        readonly members: Record<string, unknown>;
      };
    };
