// What a caller wants of one page, after every parameter has been read and checked: plain data that never changes, so that
// it can be queued, stored with a job and sent to a worker.

/** When a page counts as loaded in the browser. */
export type WaitUntil = 'domcontentloaded' | 'load' | 'networkidle';

export type Format = 'html' | 'raw' | 'text' | 'markdown' | 'json' | 'links' | 'screenshot' | 'pdf';

export type OnCaptcha = 'fail' | 'return' | 'solve' | 'handoff';

export type Robots = 'obey' | 'report' | 'ignore';

export type Device = 'desktop' | 'mobile' | 'tablet';

/** One step of `js_scenario`, in the contract's own spelling. */
export type ScenarioStep =
  | { readonly click: string }
  | { readonly fill: readonly [selector: string, text: string] }
  | { readonly press: string }
  | { readonly wait: number }
  | { readonly wait_for: string }
  | { readonly scroll: number }
  | { readonly infinite_scroll: { readonly max: number } }
  | { readonly screenshot: true };

export interface Rendering {
  /** CSS, or XPath where it begins with `/`. */
  readonly waitForSelector: string | undefined;
  /** Milliseconds after loading. */
  readonly wait: number;
  readonly waitUntil: WaitUntil;
  readonly scenario: readonly ScenarioStep[];
  /** Playwright's resource types that never reach the origin. */
  readonly blocked: readonly string[];
  readonly screenshot: boolean;
  readonly screenshotFullPage: boolean;
  readonly screenshotSelector: string | undefined;
  readonly windowWidth: number;
  readonly windowHeight: number;
}

export interface PageRequest {
  /** The target, absolute, http or https, without a fragment. */
  readonly url: string;
  readonly method: string;
  /** What the caller sends to the target: `X-Forward-*` without the prefix, in the caller's order; empty without `use_headers`. */
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
  /** Passed through with its `content-type`; `undefined` where there is none. */
  readonly body: { readonly bytes: Uint8Array; readonly contentType: string | undefined } | undefined;
  /** `cookies`: a `name=value; …` line for the target alone. */
  readonly cookies: string | undefined;
  readonly referer: string | undefined;
  readonly render: boolean | 'auto';
  readonly rendering: Rendering;
  readonly format: Format;
  /** Errand's extract map; turns the answer into JSON. */
  readonly extractRules: Readonly<Record<string, unknown>> | undefined;
  readonly onlyMainContent: boolean;
  readonly targetSelector: string | undefined;
  readonly removeSelector: string | undefined;
  readonly session: string | undefined;
  readonly country: string | undefined;
  readonly pool: string | undefined;
  readonly device: Device;
  /** `chrome`, `firefox`, `safari` or `edge`; `undefined`: drawn. */
  readonly browser: 'chrome' | 'firefox' | 'safari' | 'edge' | undefined;
  readonly locale: string | undefined;
  readonly followRedirect: boolean;
  /** The budget of time for all of it, in milliseconds. */
  readonly timeout: number;
  /** Tries after the first. */
  readonly retries: number;
  readonly retry404: boolean;
  readonly maxBytes: number;
  readonly truncate: boolean;
  readonly robots: Robots;
  readonly onCaptcha: OnCaptcha;
  /** Milliseconds; 0: no copy. */
  readonly cacheTtl: number;
  readonly transparentStatus: boolean;
  /** Echoed as it is. */
  readonly meta: unknown;
}
