// The parameters of a page as a program says them: the contract's, in camelCase and with values of their own types.
import type { Duration, Size } from 'errand';
import type { Device, Format, OnCaptcha, Robots, ScenarioStep, WaitUntil } from '../core/page-request.js';

/** What is wanted of a page. Everything may be left out. */
export interface PageOptions {
  /** Passes through to the target. @default 'GET' */
  method?: string;
  /** Passes through to the target. @example { method: 'POST', body: '{"q":1}', contentType: 'application/json' } */
  body?: string | Uint8Array;
  /** Of the body. */
  contentType?: string;
  /** For the target, merged into those of the identity. @example { 'x-requested-with': 'XMLHttpRequest' } */
  headers?: Readonly<Record<string, string>>;
  /** `true`: Chromium; `'auto'`: Chromium only where plain HTTP does not do. @default false */
  render?: boolean | 'auto';
  /** Rendering waits for it: CSS, or XPath from `/`. @example '#results' */
  waitForSelector?: string;
  /** Rendering waits this long after loading. @default 0 @example '2s' */
  wait?: Duration;
  /** When a page counts as loaded. @default 'load' */
  waitUntil?: WaitUntil;
  /** Done in order once the page is loaded; at most 50 steps. @example [{ click: '#more' }, { wait_for: '.item' }] */
  jsScenario?: readonly ScenarioStep[];
  /** While rendering: images, media and fonts, or a list of Playwright's resource types, or nothing. @default true */
  blockResources?: boolean | readonly string[];
  /** What comes back. @default 'html' @example 'markdown' */
  format?: Format;
  /** An extract map; what comes back is JSON. @example { title: 'h1', links: [{ selector: 'a', value: 'href' }] } */
  extractRules?: Readonly<Record<string, unknown>>;
  /** The article without navigation, headers and footers. @default false */
  onlyMainContent?: boolean;
  /** Only what these CSS selectors match. */
  targetSelector?: string;
  /** Without what these CSS selectors match. */
  removeSelector?: string;
  /** A PNG of the window. @default false */
  screenshot?: boolean;
  /** A PNG of the whole page. @default false */
  screenshotFullPage?: boolean;
  /** A PNG of the first element that matches. */
  screenshotSelector?: string;
  /** Pixels. @default 1280 */
  windowWidth?: number;
  /** Pixels. @default 800 */
  windowHeight?: number;
  /** Sticky: the same proxy, identity and cookies for as long as it is used (15 min idle). @example 'basket-7' */
  session?: string;
  /** Only proxies with this label. @example 'de' */
  countryCode?: string;
  /** Only proxies with this label. @example 'premium' */
  proxyPool?: string;
  /** The family of browser identity. @default 'desktop' */
  device?: Device;
  /** The browser of the identity. @default drawn */
  identity?: 'chrome' | 'firefox' | 'safari' | 'edge';
  /** The language of the identity. @example 'de-DE' */
  locale?: string;
  /** Sent to the target. @example { theme: 'dark' } */
  cookies?: string | Readonly<Record<string, string>>;
  /** Sent to the target. */
  referer?: string;
  /** Whether redirects are followed. @default true */
  followRedirect?: boolean;
  /** One budget of time for all of it. @default '60s' */
  timeout?: Duration;
  /** Tries after the first. @default 2 */
  retries?: number;
  /** Whether a 404 is tried again. @default false */
  retry404?: boolean;
  /** The largest page, after content decoding. @default '10mb' */
  maxBytes?: Size;
  /** A page over `maxBytes` is cut there, instead of failing. @default false */
  truncate?: boolean;
  /** Whether robots.txt is obeyed, told of, or not asked; the last needs a key for it. @default 'obey' */
  robots?: Robots;
  /** What is done where the target asks for a captcha. @default 'fail' */
  onCaptcha?: OnCaptcha;
  /** A copy at most this old will do. @default 0 @example '1h' */
  cacheTtl?: Duration;
  /** Echoed in the result; JSON, at most 1 kB. */
  meta?: unknown;
}

/** The names of the contract, with values as JSON has them. */
export function parametersOf(options: PageOptions): Record<string, unknown> {
  const { method, body, contentType, headers, blockResources, ...rest } = options;
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(rest)) {
    if (value !== undefined) fields[name.replace(/[A-Z]|\d+/g, (each) => `_${each.toLowerCase()}`)] = value;
  }
  if (blockResources !== undefined) {
    fields.block_resources = typeof blockResources === 'boolean' ? blockResources : blockResources.join(',') || false;
  }
  if (headers !== undefined) fields.use_headers = true;
  return fields;
}

/** The caller's own headers as they travel to the gateway. */
export function forwardHeaders({ headers = {} }: PageOptions): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [`x-forward-${name.toLowerCase()}`, value]));
}
