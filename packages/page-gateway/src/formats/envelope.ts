// The answer of `format=json`: everything that is known of a page in one object.
import type { Attempt, EngineName } from '../core/attempt.js';
import type { Fetched } from '../core/engine.js';
import type { Page } from '../core/page.js';
import type { PageRequest } from '../core/page-request.js';
import type { Verdict } from '../core/verdict.js';
import type { PageLink } from './links.js';

/** What is known without reading the document. */
export interface EnvelopeFacts {
  /** The target's own. */
  readonly status: number;
  /** What was asked for. */
  readonly requestedUrl: string;
  /** After redirects. */
  readonly url: string;
  readonly history: ReadonlyArray<{ readonly url: string; readonly status: number }>;
  /** The target's, with lower-case names; a list where a field came several times. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly contentType: string | null;
  /** Bytes that came, after content decoding. */
  readonly bytes: number;
  readonly truncated: boolean;
  readonly engine: EngineName;
  readonly identity: string;
  /** The id of the proxy; null: directly. */
  readonly proxy: string | null;
  readonly session: string | null;
  readonly verdict: Verdict;
  readonly robots: Page['robots'];
  readonly cache: 'hit' | 'miss';
  readonly attempts: readonly Attempt[];
  readonly meta: unknown;
  /** PNG as base64, where one was asked for. */
  readonly screenshot: string | null;
  /** What `js_scenario` took, PNG as base64. */
  readonly screenshots: readonly string[];
  readonly pdf: string | null;
  /** What was asked of the browser and could not be done. */
  readonly warnings: readonly string[];
}

/** What the document says. Of what is no HTML, title to text are null and there are no links. */
export interface EnvelopeDocument {
  readonly title: string | null;
  readonly description: string | null;
  readonly language: string | null;
  readonly canonical: string | null;
  /** As `format=text` gives it. */
  readonly text: string | null;
  /** As `format=links` gives them. */
  readonly links: readonly PageLink[];
  /** As `extract_rules` gives it; only where there are some. */
  readonly extracted?: Readonly<Record<string, unknown>>;
}

/** A body is text as UTF-8 (HTML as `format=html` gives it), or base64 of bytes that are no text. */
export type EnvelopeBody =
  | { readonly body: string; readonly bodyBase64?: undefined }
  | { readonly body?: undefined; readonly bodyBase64: string };

export type Envelope = EnvelopeFacts & EnvelopeDocument & EnvelopeBody;

export function envelopeFacts(request: PageRequest, page: Page, cache: 'hit' | 'miss'): EnvelopeFacts {
  const { fetched } = page;
  const { rendered } = fetched;
  return {
    status: fetched.status,
    requestedUrl: request.url,
    url: fetched.url,
    history: fetched.history,
    headers: headersOf(fetched),
    contentType: fetched.headers.find(([name]) => name === 'content-type')?.[1] ?? null,
    bytes: fetched.body.length,
    truncated: fetched.truncated,
    engine: fetched.engine,
    identity: page.identity,
    proxy: page.proxy ?? null,
    session: page.session ?? null,
    verdict: page.verdict,
    robots: page.robots,
    cache,
    attempts: page.attempts,
    meta: request.meta ?? null,
    screenshot: base64(rendered?.screenshot),
    screenshots: rendered?.screenshots.map((each) => base64(each) as string) ?? [],
    pdf: base64(rendered?.pdf),
    warnings: rendered?.warnings ?? [],
  };
}

function headersOf({ headers }: Fetched): Record<string, string | string[]> {
  const all = new Map<string, string | string[]>();
  for (const [name, value] of headers) {
    const before = all.get(name);
    if (before === undefined) all.set(name, value);
    else if (Array.isArray(before)) before.push(value);
    else all.set(name, [before, value]);
  }
  // A target may name a field `__proto__`.
  return Object.fromEntries(all);
}

export function base64(bytes: Uint8Array | undefined): string | null {
  return bytes === undefined ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
