// What brings a page: plain HTTP or a browser. An engine makes one try, throws what went wrong as errand's errors or as a
// Problem, and knows nothing of verdicts, retries and formats.
import type { EngineName } from './attempt.js';
import type { PageRequest } from './page-request.js';
import type { Visitor } from './visitor.js';

export interface Engine {
  readonly name: EngineName;
  visit(visit: Visit): Promise<Fetched>;
}

export interface Visit {
  readonly request: PageRequest;
  readonly visitor: Visitor;
  /** Ends the try: the caller has gone, the budget of time is spent, or the service closes. */
  readonly signal: AbortSignal;
  /** What is left of the budget, in milliseconds. */
  readonly timeout: number;
  /** Asked before every hop, the first included, and awaited: robots and politeness. What it throws ends the try. */
  readonly beforeHop: (url: URL) => Promise<void>;
  /**
   * How long to wait for more than has come, in milliseconds from its coming: scripts may fill an empty shell yet, and a
   * challenge passes by itself. 0: this is the page. Only a browser asks.
   * @default nothing is waited for
   */
  readonly patience?: (came: Seen) => number;
}

/** What is judged of an answer. */
export type Seen = Pick<Fetched, 'status' | 'headers' | 'url' | 'body'>;

/** What came back, before anybody judged it. */
export interface Fetched {
  readonly engine: EngineName;
  readonly status: number;
  /** Lower-case names, in the order of the wire; `set-cookie` may be there several times. */
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
  /** After redirects. */
  readonly url: string;
  readonly history: ReadonlyArray<{ readonly url: string; readonly status: number }>;
  /** After content decoding; for the browser, the serialised DOM in UTF-8. */
  readonly body: Uint8Array;
  readonly truncated: boolean;
  /** Only of a browser. */
  readonly rendered: Rendered | undefined;
}

export interface Rendered {
  readonly screenshot: Uint8Array | undefined;
  readonly pdf: Uint8Array | undefined;
  /** Pictures that `js_scenario` asked for. */
  readonly screenshots: readonly Uint8Array[];
  /** Requests that never reached an origin. */
  readonly blocked: number;
  /** What was asked for and could not be done, in words for the caller. */
  readonly warnings: readonly string[];
}
