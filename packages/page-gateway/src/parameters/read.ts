// Reads a call for a page: everything that a caller may say about it becomes one PageRequest, or one Problem that names what
// is wrong. Nothing behind this room ever sees a parameter as it was written.
import type { IncomingHttpHeaders } from 'node:http';
import type { Format, PageRequest, Rendering } from '../core/page-request.js';
import { Problem } from '../core/problem.js';
import { forwarded } from './forwarded.js';
import { type Fields, gather, gatherKey, given } from './gather.js';
import type { Values } from './table.js';

export interface PageInput {
  readonly query?: Fields | undefined;
  /** The fields of a JSON body, such as a job's. */
  readonly fields?: Fields | undefined;
  readonly headers?: IncomingHttpHeaders | undefined;
  /** What passes through to the target. Default GET without a body. */
  readonly method?: string | undefined;
  readonly body?: PageRequest['body'];
  readonly defaults?: PageDefaults | undefined;
}

/** What the operator chose for callers who do not say. */
export interface PageDefaults {
  readonly robots?: PageRequest['robots'] | undefined;
}

export interface PageCall {
  readonly request: PageRequest;
  readonly async: boolean;
  readonly callback: string | undefined;
  /** By parameter: `auth_key` and its aliases. */
  readonly key: string | undefined;
}

/** @throws Problem `bad_parameter` */
export function readPageRequest(input: PageInput): PageCall {
  const all = [...given(input)];
  const key = gatherKey(all);
  const values = gather(all);
  const { format, render } = renderingOf(values);
  const request: PageRequest = {
    url: targetOf(values),
    method: input.method ?? 'GET',
    headers: values.use_headers ? forwarded(input.headers ?? {}) : [],
    body: input.body,
    cookies: values.cookies,
    referer: values.referer,
    render,
    rendering: renderingDetails(values, format),
    format,
    extractRules: values.extract_rules as PageRequest['extractRules'],
    onlyMainContent: values.only_main_content ?? false,
    targetSelector: values.target_selector,
    removeSelector: values.remove_selector,
    session: values.session,
    country: values.country_code?.toLowerCase(),
    pool: values.proxy_pool?.toLowerCase(),
    device: values.device ?? 'desktop',
    browser: values.identity,
    locale: values.locale,
    followRedirect: values.follow_redirect ?? true,
    timeout: values.timeout ?? 60_000,
    retries: values.retries ?? 2,
    retry404: values.retry_404 ?? false,
    maxBytes: values.max_bytes ?? 10 * 1024 ** 2,
    truncate: values.truncate ?? false,
    robots: values.robots ?? input.defaults?.robots ?? 'obey',
    onCaptcha: values.on_captcha ?? 'fail',
    cacheTtl: values.cache_ttl ?? 0,
    transparentStatus: values.transparent_status_code ?? false,
    meta: values.meta,
  };
  return { request, async: (values.async ?? false) || values.callback !== undefined, callback: values.callback, key };
}

/** The key by parameter alone, so that a caller is known before anything else that it says is judged. */
export function readKey(input: Pick<PageInput, 'query' | 'fields' | 'headers'>): string | undefined {
  return gatherKey(given(input));
}

function targetOf({ url }: Values): string {
  if (url === undefined) {
    throw new Problem(
      'bad_parameter',
      'url: expected the page to fetch, as in /?url=https%3A%2F%2Fexample.com%2F, got nothing.',
      {
        members: { parameter: 'url' },
      },
    );
  }
  const target = new URL(url);
  target.hash = '';
  return target.href;
}

/** Whether and what for a browser is needed, told by the parameters that only a browser can serve. */
function renderingOf(values: Values): { format: Format; render: boolean | 'auto' } {
  const picture = (['screenshot_selector', 'screenshot_full_page', 'screenshot'] as const).find((name) => values[name]);
  const format = values.format ?? (picture && !values.extract_rules ? 'screenshot' : 'html');
  if (picture && format !== 'screenshot' && format !== 'json') {
    throw contradiction(
      picture,
      `a picture comes with format=screenshot, or inside format=json; ${values.extract_rules ? 'extract_rules' : `format=${format}`} leaves no place for it.`,
    );
  }
  if (values.extract_rules && !['html', 'json'].includes(format)) {
    throw contradiction('extract_rules', `its answer is JSON, which format=${format} is not; leave the format out.`);
  }
  const needs = needsBrowser(values, format, picture);
  const waits = waitsInBrowser(values);
  if (values.render === false && (needs ?? waits) !== undefined) {
    throw contradiction(
      'render',
      `render=false does without a browser, but ${needs ?? waits} needs one; leave one of them out.`,
    );
  }
  if (needs) return { format, render: true };
  return { format, render: values.render ?? waits !== undefined };
}

/** What cannot be done without one at all. */
function needsBrowser(values: Values, format: Format, picture: string | undefined): string | undefined {
  if (picture) return picture;
  if (format === 'screenshot' || format === 'pdf') return `format=${format}`;
  return values.js_scenario?.length ? 'js_scenario' : undefined;
}

/** What means nothing without one; with `render=auto` it holds for those pages that are rendered. */
function waitsInBrowser({ wait_for_selector, wait, wait_until }: Values): string | undefined {
  if (wait_for_selector !== undefined) return 'wait_for_selector';
  if (wait) return 'wait';
  return wait_until === 'networkidle' ? 'wait_until=networkidle' : undefined;
}

function renderingDetails(values: Values, format: Format): Rendering {
  return {
    waitForSelector: values.wait_for_selector,
    wait: values.wait ?? 0,
    waitUntil: values.wait_until ?? 'load',
    scenario: values.js_scenario ?? [],
    blocked: values.block_resources ?? ['image', 'media', 'font'],
    screenshot:
      format === 'screenshot' ||
      values.screenshot === true ||
      values.screenshot_full_page === true ||
      values.screenshot_selector !== undefined,
    screenshotFullPage: values.screenshot_full_page ?? false,
    screenshotSelector: values.screenshot_selector,
    windowWidth: values.window_width ?? 1280,
    windowHeight: values.window_height ?? 800,
  };
}

function contradiction(parameter: string, detail: string): Problem {
  return new Problem('bad_parameter', `${parameter}: ${detail}`, { members: { parameter } });
}
