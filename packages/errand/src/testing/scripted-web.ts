// A network that a test writes down: sessions over it are real in all but their sockets, so retries, redirects, cookies,
// cache and limits behave as they will. What was not written down fails loudly.
import type { HttpRequest } from '../core/request.js';
import type { HttpResponse } from '../core/response.js';
import type { SessionOptions } from '../session/options.js';
import { Session } from '../session/session.js';
import { type Seamed, type TransportLike, transportSeam } from '../session/transport-seam.js';
import { type Script, ScriptedExchange } from './exchange.js';
import { failsUnsent, type Reply } from './reply.js';
import { readPattern, type UrlPattern } from './url-pattern.js';

/** A request as the scripted host saw it: after the session's own headers, cookies and redirects. */
export interface ScriptedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: Uint8Array;
  readonly lane: string | undefined;
  /** The proxy that it would have gone through, without credentials. */
  readonly proxy: string | undefined;
  text(): string;
  json(): unknown;
}

/** One reply for ever, one after the other (the last one stays), or what a function makes of the request. */
export type Replies = Reply | readonly Reply[] | ((request: ScriptedRequest) => Reply | Promise<Reply>);

/** A request that the script says nothing about. Never tried again. */
export class UnexpectedRequestError extends Error {
  override readonly name = 'UnexpectedRequestError';
}

export class ScriptedRoute {
  readonly #method: string;
  readonly #pattern: UrlPattern;
  readonly #matches: (url: URL) => boolean;
  readonly #replies: Replies;
  #asked = 0;
  #times: number | undefined;

  /** @internal {@link ScriptedWeb.on} makes these. */
  constructor(method: string, pattern: UrlPattern, replies: Replies) {
    this.#method = method.toUpperCase();
    this.#pattern = pattern;
    this.#matches = readPattern(pattern);
    if (Array.isArray(replies) && replies.length === 0) throw new TypeError('replies: expected at least one');
    this.#replies = replies;
  }

  /** How often it was asked. */
  get asked(): number {
    return this.#asked;
  }

  /** Answers exactly so often; the next request goes to the next route that it matches, and {@link ScriptedWeb.done} misses what did not come. */
  times(count: number): this {
    if (!Number.isInteger(count) || count < 0) throw new TypeError(`times: expected a number, got ${String(count)}`);
    this.#times = count;
    return this;
  }

  once(): this {
    return this.times(1);
  }

  /** @internal */
  answers(method: string, url: URL): boolean {
    if (this.#times !== undefined && this.#asked >= this.#times) return false;
    return (this.#method === '*' || this.#method === method.toUpperCase()) && this.#matches(url);
  }

  /** @internal */
  next(seen: (body: Uint8Array) => ScriptedRequest): Reply | Script {
    const replies = this.#replies;
    const index = this.#asked++;
    if (typeof replies === 'function') return (body) => replies(seen(body));
    const reply = Array.isArray(replies) ? (replies[Math.min(index, replies.length - 1)] as Reply) : (replies as Reply);
    if (failsUnsent(reply)) {
      seen(new Uint8Array(0));
      return reply;
    }
    return (body) => {
      seen(body);
      return reply;
    };
  }

  /** @internal What is missing; undefined where it was asked as often as it says. */
  get missing(): string | undefined {
    if (this.#times === undefined || this.#asked >= this.#times) return undefined;
    return `${this.description}: asked ${this.#asked} of ${this.#times} times`;
  }

  /** @internal */
  get description(): string {
    return `${this.#method} ${String(this.#pattern)}`;
  }
}

export class ScriptedWeb {
  readonly #routes: ScriptedRoute[] = [];
  readonly #calls: ScriptedRequest[] = [];
  readonly #unexpected: string[] = [];

  /** Every request that came, in order: each hop of a redirect and each attempt of a retry by itself. */
  get calls(): readonly ScriptedRequest[] {
    return this.#calls;
  }

  /** Requests that the script says nothing about. */
  get unexpected(): readonly string[] {
    return this.#unexpected;
  }

  /** A session over this network, with any options; everything but the sockets is real. */
  session(options: SessionOptions = {}): Session {
    const seamed: SessionOptions & Seamed = { ...options, [transportSeam]: () => this.#transport };
    return new Session(seamed);
  }

  /**
   * What is answered to requests of `method` ('*': any) to URLs that the pattern meets: a URL, in which `*` stands for
   * anything and which, without a query, is met with any; a regular expression; or a function. The first route counts that
   * is not used up.
   * @example web.on('GET', 'https://api.example/users/*', [503, { json: { id: 1 } }])
   */
  on(method: string, url: UrlPattern, replies: Replies): ScriptedRoute {
    const route = new ScriptedRoute(method, url, replies);
    this.#routes.push(route);
    return route;
  }

  get(url: UrlPattern, replies: Replies): ScriptedRoute {
    return this.on('GET', url, replies);
  }

  post(url: UrlPattern, replies: Replies): ScriptedRoute {
    return this.on('POST', url, replies);
  }

  put(url: UrlPattern, replies: Replies): ScriptedRoute {
    return this.on('PUT', url, replies);
  }

  patch(url: UrlPattern, replies: Replies): ScriptedRoute {
    return this.on('PATCH', url, replies);
  }

  delete(url: UrlPattern, replies: Replies): ScriptedRoute {
    return this.on('DELETE', url, replies);
  }

  /** @throws Error naming what came unexpectedly, and what was to come and did not. */
  done(): void {
    const missing = this.#routes.map((route) => route.missing).filter((each) => each !== undefined);
    const problems = [...this.#unexpected.map((each) => `not expected: ${each}`), ...missing];
    if (problems.length > 0) throw new Error(`the script and the requests differ:\n  ${problems.join('\n  ')}`);
  }

  readonly #transport: TransportLike = {
    handle: (request) => this.#handle(request),
    stats: () => ({ open: 0, idle: 0 }),
    countConnections: () => [],
    close: () => Promise.resolve(),
  };

  async #handle(request: HttpRequest): Promise<HttpResponse> {
    const { method, url, call } = request;
    const attempt = call.attempt ?? call.newAttempt(url);
    attempt.queuedAt ??= performance.now();
    attempt.proxy = request.route?.show;
    const route = this.#routes.find((each) => each.answers(method, url));
    if (route === undefined) {
      attempt.endedAt = performance.now();
      throw this.#surprise(`${method} ${url.href}`);
    }
    return new ScriptedExchange(request, attempt).run(route.next((body) => this.#see(request, body)));
  }

  #surprise(asked: string): UnexpectedRequestError {
    this.#unexpected.push(asked);
    const known = this.#routes.map((route) => `\n  ${route.description}`).join('');
    return new UnexpectedRequestError(
      `nothing is scripted for ${asked}; ${known === '' ? 'the script is empty' : `the script has${known}`}`,
    );
  }

  #see(request: HttpRequest, body: Uint8Array): ScriptedRequest {
    const { method, url, headers, lane, route } = request;
    const text = () => new TextDecoder().decode(body);
    const seen = {
      method,
      url,
      headers,
      body,
      lane,
      proxy: route?.show,
      text,
      json: () => JSON.parse(text()) as unknown,
    };
    this.#calls.push(seen);
    return seen;
  }
}

/** A network that answers what the test tells it to, and nothing else. */
export function scriptedWeb(): ScriptedWeb {
  return new ScriptedWeb();
}
