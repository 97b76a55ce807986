// Every parameter of a page, in the contract's order: its name, its other names, what it takes, and what it means. What is
// not in this table is refused.
import type { z } from 'zod';
import { extractRules } from './extract-rules.js';
import { choice, duration, flag, flagOr, httpUrl, json, line, size, whole, word } from './kinds.js';
import { blockedResources, bodyLimit, cookieLine, language, longest, meta, premium } from './own-kinds.js';
import { scenario } from './scenario.js';

export interface Parameter {
  /** Other names of the same parameter. Their values are read as its own are. */
  readonly aliases: readonly string[];
  readonly schema: z.ZodType;
  /** What is taken where it is not given, as a caller would write it. */
  readonly default?: unknown;
  readonly description: string;
  readonly example?: string;
}

const selectors = line({ max: 2000, saying: 'a list of CSS selectors' });
const label = (saying: string) => word({ pattern: /^[\w.-]+$/, saying });

const rows = {
  url: row(httpUrl('an absolute http or https URL, such as https://example.com/'), {
    description: 'The page: http or https, percent-encoded as every value of a query.',
    example: 'https://example.com/',
  }),
  render: row(flagOr(['auto']), {
    aliases: ['render_js', 'browser'],
    default: false,
    description:
      '`true`: Chromium. `auto`: plain HTTP first, Chromium only where the answer is an empty shell or a challenge that a browser passes.',
  }),
  wait_for_selector: row(line({ max: 2000, saying: 'a CSS selector, or an XPath from /' }), {
    aliases: ['wait_for'],
    description: 'Rendering waits for it: CSS, or XPath from `/`.',
    example: '#results',
  }),
  wait: row(duration({ min: 0, max: longest }), {
    aliases: ['page_wait'],
    default: 0,
    description: 'Rendering waits this long after loading.',
    example: '2s',
  }),
  wait_until: row(choice(['domcontentloaded', 'load', 'networkidle']), {
    default: 'load',
    description: 'When a page counts as loaded.',
  }),
  js_scenario: row(scenario, {
    aliases: ['actions'],
    description: 'JSON, at most 50 steps, done in order once the page is loaded.',
    example: '[{"click": "#more"}, {"wait_for": ".item"}]',
  }),
  block_resources: row(blockedResources, {
    aliases: ['block_resource'],
    default: true,
    description:
      "While rendering: images, media, fonts; or a comma-separated list of Playwright's resource types; or `false`.",
  }),
  format: row(choice(['html', 'raw', 'text', 'markdown', 'json', 'links', 'screenshot', 'pdf']), {
    aliases: ['output_format'],
    default: 'html',
    description: 'What the answer is. `raw`: the bytes after content decoding; `json`: an envelope of everything.',
  }),
  extract_rules: row(extractRules, {
    description: 'JSON, an extract map; the answer is JSON.',
    example: '{"title": "h1", "links": [{"selector": "a", "value": "href"}]}',
  }),
  only_main_content: row(flag(), {
    default: false,
    description: 'The article without navigation, headers and footers.',
  }),
  target_selector: row(selectors, { description: 'Only what these CSS selectors match.', example: 'main, article' }),
  remove_selector: row(selectors, { description: 'Without what these CSS selectors match.', example: 'nav, .ad' }),
  screenshot: row(flag(), { default: false, description: 'A PNG of the window.' }),
  screenshot_full_page: row(flag(), { default: false, description: 'A PNG of the whole page.' }),
  screenshot_selector: row(line({ max: 2000, saying: 'a CSS selector' }), {
    description: 'A PNG of the first element that matches.',
  }),
  window_width: row(whole({ min: 16, max: 7680 }), { default: 1280, description: 'Pixels.' }),
  window_height: row(whole({ min: 16, max: 7680 }), { default: 800, description: 'Pixels.' }),
  session: row(label('letters, digits, _, . and -, at most 64'), {
    aliases: ['session_id', 'session_number'],
    description: 'Sticky: the same proxy, identity and cookies for as long as it is used (15 min idle).',
    example: 'basket-7',
  }),
  country_code: row(label('a country label such as de'), {
    aliases: ['country'],
    description: 'Only proxies with this label.',
    example: 'de',
  }),
  proxy_pool: row(label('the name of a pool'), {
    aliases: ['premium'],
    description: 'Only proxies with this label; `premium=true` is `proxy_pool=premium`.',
  }),
  device: row(choice(['desktop', 'mobile', 'tablet']), {
    aliases: ['device_type'],
    default: 'desktop',
    description: 'The family of browser identity.',
  }),
  identity: row(choice(['chrome', 'firefox', 'safari', 'edge']), { description: 'The browser of the identity.' }),
  locale: row(language, { description: 'The language of the identity, as BCP 47.', example: 'de-DE' }),
  use_headers: row(flag(), {
    aliases: ['keep_headers', 'forward_headers'],
    default: false,
    description: "The caller's own headers with prefix `X-Forward-` go to the target.",
  }),
  cookies: row(cookieLine, { description: 'Sent to the target.', example: 'a=1; b=2' }),
  referer: row(httpUrl('an absolute http or https URL'), { description: 'Sent to the target.' }),
  follow_redirect: row(flag(), { default: true, description: 'Whether redirects are followed.' }),
  timeout: row(duration({ min: 1, max: longest }), {
    default: '60s',
    description: 'One budget of time for all of it.',
  }),
  retries: row(whole({ min: 0, max: 10 }), { default: 2, description: 'Tries after the first.' }),
  retry_404: row(flag(), { default: false, description: 'Whether a 404 is tried again.' }),
  max_bytes: row(size({ min: 1, max: bodyLimit }), {
    default: '10mb',
    description: 'The largest page, after content decoding; over it the answer is 413.',
  }),
  truncate: row(flag(), { default: false, description: 'A page over `max_bytes` is cut there and marked.' }),
  robots: row(choice(['obey', 'report', 'ignore']), {
    default: 'obey',
    description: '`report`: fetch, and say so in a header; `ignore`: only keys with scope `ignore-robots`.',
  }),
  on_captcha: row(choice(['fail', 'return', 'solve', 'handoff']), {
    default: 'fail',
    description:
      '`fail`: 424; `return`: the challenge page as it is; `solve`: the configured solver; `handoff`: a ticket for a person.',
  }),
  cache_ttl: row(duration({ min: 0, max: 30 * 24 * 3_600_000 }), {
    aliases: ['max_age'],
    default: 0,
    description: 'Serve a copy at most this old.',
  }),
  transparent_status_code: row(flag(), { default: false, description: "Answer with the target's own status." }),
  async: row(flag(), { default: false, description: 'As a job: 202 and its id.' }),
  callback: row(httpUrl('an absolute http or https URL'), { description: 'As a job, whose result is posted there.' }),
  meta: row(json(meta, 'any value'), { description: 'JSON, at most 1 kB; echoed.', example: '{"order": 7}' }),
} as const satisfies Record<string, Parameter>;

export type ParameterName = keyof typeof rows;
/** What was given, by the parameters' own names. */
export type Values = { readonly [N in ParameterName]?: z.output<(typeof rows)[N]['schema']> };

export const parameters: Readonly<Record<ParameterName, Parameter>> = rows;

/** Aliases whose own grammar differs from that of the parameter they stand for. */
export const readings: Readonly<Record<string, z.ZodType>> = { premium };

export const keyNames = ['auth_key', 'key', 'api_key', 'token'] as const;

/** Every name that is known, with the parameter that it stands for. */
export const known: ReadonlyMap<string, ParameterName> = new Map(
  (Object.entries(parameters) as Array<[ParameterName, Parameter]>).flatMap(([name, { aliases }]) =>
    [name, ...aliases].map((each) => [each, name] as const),
  ),
);

function row<T extends z.ZodType>(schema: T, words: Partial<Parameter> & { description: string }) {
  return { aliases: [] as readonly string[], ...words, schema };
}
