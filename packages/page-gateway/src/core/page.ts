// A page that was got: what came, how it was judged, and what it took.
import type { Attempt } from './attempt.js';
import type { Fetched } from './engine.js';
import type { Verdict } from './verdict.js';

export interface Page {
  readonly fetched: Fetched;
  /** Always of kind `page`, but where the caller asked for a challenge as it is (`on_captcha=return`). */
  readonly verdict: Verdict;
  readonly attempts: readonly Attempt[];
  /** Who went: the ids of the session (sticky ones only), the identity and the proxy. */
  readonly session: string | undefined;
  readonly identity: string;
  readonly proxy: string | undefined;
  /** What robots.txt says of it; `ignored`: nobody asked. */
  readonly robots: 'allowed' | 'disallowed' | 'ignored';
}
