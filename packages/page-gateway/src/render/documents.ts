// The documents of a page's main frame, one hop after another: each is asked about before it is fetched, told by status and
// headers when it comes, and taken as it is where it is no page to be rendered. Resources that are blocked end here too.

import type { PageRequest } from '../core/page-request.js';
import { Problem } from '../core/problem.js';
import type { Passage } from './passage.js';
import type { Params, Target } from './targets.js';

/** One answer to a navigation of the main frame. */
export interface Hop {
  readonly url: string;
  readonly status: number;
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
}

/** A document that is handed on as it came. */
export interface RawDocument extends Hop {
  readonly body: Uint8Array;
  readonly truncated: boolean;
}

export interface DocumentsOptions {
  readonly request: PageRequest;
  readonly passage: Passage;
  readonly beforeHop: (url: URL) => Promise<void>;
}

/** The part of `Fetch.requestPaused` that is looked at. */
interface Paused {
  readonly requestId: string;
  readonly frameId: string;
  readonly resourceType: string;
  readonly request: { readonly url: string; readonly method: string; readonly headers: Record<string, string> };
  readonly responseStatusCode?: number;
  readonly responseErrorReason?: string;
  readonly responseHeaders?: ReadonlyArray<{ readonly name: string; readonly value: string }>;
}

/** Playwright's words for what Chromium calls otherwise. */
const resourceTypes: Readonly<Record<string, readonly string[]>> = {
  stylesheet: ['Stylesheet'],
  image: ['Image'],
  media: ['Media'],
  font: ['Font'],
  script: ['Script'],
  texttrack: ['TextTrack'],
  xhr: ['XHR'],
  fetch: ['Fetch'],
  eventsource: ['EventSource'],
  manifest: ['Manifest'],
  ping: ['Ping'],
  other: ['Prefetch', 'SignedExchange', 'CSPViolationReport', 'Other', 'Ping'],
};

export class Documents {
  readonly hops: Hop[] = [];
  /** Requests that never reached an origin. */
  blocked = 0;
  /** Why a hop was not made: what `beforeHop` threw. */
  refusal: { readonly reason: unknown } | undefined;
  raw: RawDocument | undefined;
  /** Where the latest navigation was going. */
  latest: URL | undefined;
  readonly #options: DocumentsOptions;
  readonly #blockedTypes: ReadonlySet<string>;
  #mainFrame = '';
  #sent = false;

  constructor(options: DocumentsOptions) {
    this.#options = options;
    const { rendering } = options.request;
    this.#blockedTypes = new Set(rendering.blocked.flatMap((type) => resourceTypes[type] ?? []));
  }

  /** What is to be paused. */
  get patterns(): Params[] {
    return [
      { resourceType: 'Document', requestStage: 'Request' },
      { resourceType: 'Document', requestStage: 'Response' },
      ...[...this.#blockedTypes].map((resourceType) => ({ resourceType, requestStage: 'Request' })),
    ];
  }

  /** Watches a target from now on. */
  async watch(target: Target): Promise<void> {
    if (target.type === 'worker' || target.type.endsWith('_worker')) return;
    const enabled = target.send('Fetch.enable', { handleAuthRequests: true, patterns: this.patterns });
    if (target.type !== 'page') {
      await enabled;
      return;
    }
    // Both at once: where the page is gone, both are refused, and each must be heard.
    const [{ targetInfo }] = await Promise.all([target.send('Target.getTargetInfo'), enabled]);
    this.#mainFrame = targetInfo.targetId;
  }

  heard(target: Target, method: string, params: Params): void {
    // A target that is gone has nothing to be told.
    const work =
      method === 'Fetch.requestPaused'
        ? this.#paused(target, params as unknown as Paused)
        : method === 'Fetch.authRequired'
          ? this.#asked(target, params)
          : undefined;
    work?.catch(() => {});
  }

  /** Our own proxy gets its credentials; servers get none, so that their answer comes as it is. */
  #asked(target: Target, { requestId, authChallenge }: Params): Promise<unknown> {
    const { username, password } = this.#options.passage;
    const ours = (authChallenge as { source?: string }).source === 'Proxy';
    const authChallengeResponse = ours
      ? { response: 'ProvideCredentials', username, password }
      : { response: 'CancelAuth' };
    return target.send('Fetch.continueWithAuth', { requestId, authChallengeResponse });
  }

  async #paused(target: Target, paused: Paused): Promise<unknown> {
    const { requestId, resourceType, responseStatusCode, responseErrorReason } = paused;
    if (resourceType !== 'Document') {
      this.blocked++;
      return target.send('Fetch.failRequest', { requestId, errorReason: 'BlockedByClient' });
    }
    const main = paused.frameId === this.#mainFrame;
    if (!main || responseErrorReason !== undefined) return target.send('Fetch.continueRequest', { requestId });
    if (responseStatusCode !== undefined) return this.#answered(target, paused, responseStatusCode);
    return this.#leaving(target, paused);
  }

  async #leaving(target: Target, { requestId, request }: Paused): Promise<unknown> {
    const url = new URL(request.url);
    this.latest = url;
    try {
      await this.#options.beforeHop(url);
    } catch (reason) {
      this.refusal ??= { reason };
      return target.send('Fetch.failRequest', { requestId, errorReason: 'BlockedByClient' });
    }
    const first = !this.#sent;
    this.#sent = true;
    return target.send('Fetch.continueRequest', { requestId, ...this.#changes(first, request) });
  }

  /** The caller's own fields go along to the target's origin; method and body with the first hop. */
  #changes(first: boolean, { url, headers }: Paused['request']): Params {
    const { request } = this.#options;
    const { method, body } = request;
    const changes: Params = {};
    if (new URL(url).origin === new URL(request.url).origin && (request.headers.length > 0 || (first && body))) {
      const own = new Map(request.headers.map(([name, value]) => [name.toLowerCase(), [name, value] as const]));
      if (body?.contentType !== undefined) own.set('content-type', ['Content-Type', body.contentType]);
      for (const name of ['cookie', 'host', 'content-length']) own.delete(name);
      const kept = Object.entries(headers).filter(([name]) => !own.has(name.toLowerCase()));
      changes.headers = [...kept, ...own.values()].map(([name, value]) => ({ name, value }));
    }
    if (first && method !== 'GET') changes.method = method;
    if (first && body !== undefined) changes.postData = Buffer.from(body.bytes).toString('base64');
    return changes;
  }

  async #answered(target: Target, paused: Paused, status: number): Promise<unknown> {
    const { requestId, request } = paused;
    const headers = (paused.responseHeaders ?? []).map(({ name, value }) => [name.toLowerCase(), value] as const);
    const hop: Hop = { url: request.url, status, headers };
    const redirects = status >= 300 && status < 400 && headers.some(([name]) => name === 'location');
    const stop = redirects && !this.#options.request.followRedirect;
    if (stop || (!redirects && this.#isRaw(hop))) {
      const { body, truncated } = redirects ? nothing : await this.#take(target, requestId);
      this.raw = { ...hop, body, truncated };
      return target.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' });
    }
    if (!redirects && isDownload(headers)) {
      return target.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' });
    }
    this.hops.push(hop);
    return target.send('Fetch.continueRequest', { requestId });
  }

  /** Whether it is handed on as it came, instead of what Chromium would make of it. */
  #isRaw({ status, headers }: Hop): boolean {
    // What a page that was got starts to download afterwards is not what was asked for.
    const before = this.hops.findLast((hop) => hop.status < 300 || hop.status >= 400);
    if (before !== undefined && before.status < 400 && before.status !== 202) return false;
    if (status === 204 || status === 205) return true;
    if (isDownload(headers)) return true;
    const type = mediaType(headers);
    if (type === '' || type === 'text/html' || type === 'application/xhtml+xml') return false;
    const { format, rendering } = this.#options.request;
    const shown = format === 'screenshot' || format === 'pdf' || rendering.screenshot;
    return !(shown && /^(?:text\/|image\/|application\/(?:json|xml)$|.*\+(?:json|xml)$)/.test(type));
  }

  /** The body, no longer than it may be. */
  async #take(target: Target, requestId: string): Promise<{ body: Uint8Array; truncated: boolean }> {
    const { maxBytes, truncate } = this.#options.request;
    const { stream } = await target.send('Fetch.takeResponseBodyAsStream', { requestId });
    const pieces: Buffer[] = [];
    let size = 0;
    for (let ended = false; !ended && size <= maxBytes; ) {
      const { data, base64Encoded, eof } = await target.send('IO.read', { handle: stream, size: 1 << 18 });
      const piece = Buffer.from(data, base64Encoded ? 'base64' : 'utf8');
      pieces.push(piece);
      size += piece.length;
      ended = eof;
    }
    await target.send('IO.close', { handle: stream });
    if (size > maxBytes && !truncate) this.refusal ??= { reason: tooLarge(maxBytes) };
    return { body: Buffer.concat(pieces).subarray(0, maxBytes), truncated: size > maxBytes };
  }
}

export function tooLarge(maxBytes: number): Problem {
  return new Problem('too_large', `the page is larger than ${maxBytes} bytes (max_bytes); truncate=true cuts it there`);
}

const nothing = { body: new Uint8Array(), truncated: false };

function isDownload(headers: Hop['headers']): boolean {
  return headers.some(([name, value]) => name === 'content-disposition' && /^\s*attachment/i.test(value));
}

function mediaType(headers: Hop['headers']): string {
  const value = headers.find(([name]) => name === 'content-type')?.[1] ?? '';
  return (value.split(';')[0] ?? '').trim().toLowerCase();
}
