// What may be plugged in where a target asks for a captcha: a solver, or tickets for a person. Neither is a part of this
// service; without one, such a page is a problem that says so.
import type { PageRequest } from '../core/page-request.js';
import type { Verdict } from '../core/verdict.js';
import type { Visitor } from '../core/visitor.js';

/** A captcha that stands between a visitor and a page. */
export interface Captcha {
  /** The page that it stands on. */
  readonly url: string;
  readonly vendor: string | undefined;
  readonly evidence: readonly string[];
  /** The page, in UTF-8. */
  readonly html: string;
  /** What a solution must be earned with, since sites bind it to them. */
  readonly userAgent: string;
  /** The proxy's URL with its credentials; undefined: directly. */
  readonly proxy: string | undefined;
}

export interface Solution {
  /** `Set-Cookie` lines that the page's host would have sent; kept with the session. */
  readonly cookies: readonly string[];
}

/**
 * Solves captchas, for `on_captcha=solve`.
 * @example { async solve({ url, vendor, html }, signal) { const { token } = await ask(url, html, signal); return { cookies: [`clearance=${token}; Path=/`] }; } }
 */
export interface Solver {
  /** Undefined where it cannot solve this one. What it throws is taken for the same. */
  solve(captcha: Captcha, signal: AbortSignal): Promise<Solution | undefined>;
}

/** Opens tickets for `on_captcha=handoff`. */
export interface Tickets {
  open(captcha: {
    readonly url: string;
    readonly request: PageRequest;
    /** The id of the key that asked. */
    readonly owner: string;
    readonly visitor: Visitor;
    readonly verdict: Verdict;
  }): Promise<{ readonly id: string }>;
}
