// One try on the way to a page, as it is told in problems, in the json envelope and on the dashboard.
import type { VerdictKind } from './verdict.js';

export interface Attempt {
  readonly engine: EngineName;
  /** The id of the proxy; `undefined`: directly. */
  readonly proxy: string | undefined;
  readonly identity: string;
  /** The target's status; `undefined` where no answer came. */
  readonly status: number | undefined;
  /** What the answer was, or the code of the error that came in its place. */
  readonly verdict: VerdictKind | string;
  readonly ms: number;
}

export type EngineName = 'http' | 'browser';
