// What a session and a call of it can be told. Every option's meaning, unit and default stands here and nowhere else.
import type { Progress } from '../core/call.js';
import type { Middleware } from '../core/handler.js';
import type { HeadersInput } from '../core/headers.js';
import type { CacheMode, IdentityOptions, WornIdentity } from '../core/policy.js';
import type { Duration } from '../kit/duration.js';
import type { Size } from '../kit/size.js';
import type { BreakerOptions } from '../middleware/breaker/options.js';
import type { CacheOptions } from '../middleware/cache/options.js';
import type { CookieStore } from '../middleware/cookies/jar.js';
import type { GuardOptions } from '../middleware/guard/policy.js';
import type { HostLimit } from '../middleware/limit/options.js';
import type { ProxyOptions } from '../middleware/proxy/options.js';
import type { RedirectOptions } from '../middleware/redirect/options.js';
import type { RetryOptions } from '../middleware/retry/options.js';
import type { ParseOptions } from '../parse/options.js';
import type { TlsOptions } from '../transport/connect/tls-settings.js';
import type { Credentials } from './fields.js';
import type { BodyInput, FormInput } from './request-body.js';
import type { SharedState } from './shared-state.js';
import type { ConnectionOptions, DnsOptions } from './transport-options.js';

/** Limits of time. Milliseconds, or strings such as '3s'. `Infinity` is no limit. */
export interface TimeoutOptions {
  /** Everything: waiting, retries, redirects, body. @default '30s' */
  total?: Duration;
  /** Waiting for the host's turn. @default none but `total` */
  queue?: Duration;
  /** DNS + TCP + TLS + proxy. @default '5s' */
  connect?: Duration;
  /** From the request sent to the response head; interim (1xx) responses do not renew it. @default '10s' */
  headers?: Duration;
  /** Between two pieces of a body, either way. @default '10s' */
  idle?: Duration;
}

export type QueryInput =
  | Record<string, string | number | boolean | null | undefined | Array<string | number | boolean>>
  | URLSearchParams;

/** What one call is told. */
export interface RequestOptions {
  /**
   * Appended to the URL's query. An array gives its name once per item; `null` and `undefined` are left out.
   * @example session.get('/search', { query: { q: 'tallinn', page: 2, tag: ['a', 'b'] } })
   */
  query?: QueryInput;
  /** On top of the session's headers; a name given here replaces the session's. */
  headers?: HeadersInput;
  /** Sent as JSON, with `content-type: application/json`. */
  json?: unknown;
  /** Sent as `application/x-www-form-urlencoded`. */
  form?: FormInput;
  /**
   * string, bytes, Blob, FormData (multipart), Readable, ReadableStream, AsyncIterable, or a function returning one.
   * A stream can be sent once only, so it is not sent again by a retry or a redirect; a function is called again.
   * @example session.put(url, { body: () => createReadStream('photo.jpg') })
   */
  body?: BodyInput;
  /** Ends the call, wherever it is, with AbortError. */
  signal?: AbortSignal;
  /** A duration is `total`; what an object leaves out is as the session says. */
  timeout?: Duration | TimeoutOptions;
  /** A number is attempts in all; 1 and false are one attempt. */
  retry?: number | false | RetryOptions;
  /** How the session's cache is used, as fetch's `cache`; false is 'no-store'. Means nothing where the session has none. */
  cache?: CacheMode | false;
  /** Whether an identical GET under way is joined. */
  dedupe?: boolean;
  /** The proxy of this call; false: none. */
  proxy?: string | false;
  /**
   * The browser that this call looks like, in place of the session's: described, or drawn before; false: none.
   * @example session.get(url, { identity: drawIdentity({ device: 'mobile' }) })
   */
  identity?: IdentityOptions | WornIdentity | false;
  /**
   * The jar of this call, in place of the session's; false: none.
   * @example session.get(url, { cookies: jarOf(user) })
   */
  cookies?: CookieStore | false;
  /** Whether redirects are followed. @default as the session says */
  redirect?: RedirectOptions['mode'] | RedirectOptions;
  /** Who may be asked by this call, in place of the session's; false: anybody. */
  guard?: false | GuardOptions;
  /** Secrets for the origin that is asked, instead of the session's; false: none. */
  credentials?: { basic?: { username: string; password: string }; bearer?: string } | false;
  /** As the session's. For a stream this is the only bound. */
  maxBodySize?: Size;
  /** As the session's. */
  throwHttpErrors?: boolean;
  /**
   * Whose turn: requests of different lanes take turns at a busy host, so that one guild or user cannot starve the rest.
   * @example session.get(url, { lane: interaction.guildId })
   */
  lane?: string;
  /** Higher goes first within a lane. @default 0 */
  priority?: number;
  /** Told of every piece of a body, either way. `total` is undefined where the length is not known. Packed bytes on the way down. */
  onProgress?: Progress;
}

/** What a session is told once, when it is made. */
export interface SessionOptions {
  /**
   * RFC 3986 base of relative URLs. Its origin is trusted by the guard. A call may name another origin only with an absolute URL.
   * @example new Session({ baseUrl: 'https://api.example/v1/' })
   */
  baseUrl?: string | URL;
  /**
   * Sent with every request to `baseUrl`'s origin only; without a baseUrl, to every origin that is asked directly. A redirect to
   * another origin takes along only headers that are safe by name (accept*, user-agent, cache-control). Secrets: `credentials`.
   */
  headers?: HeadersInput;
  /**
   * Secrets bound to origins, or host patterns: never sent to, nor kept on a redirect to, any other.
   * @example { 'https://api.example': { bearer: process.env.API_TOKEN } }
   */
  credentials?: Record<string, Credentials>;
  /**
   * Who may be asked, and how hard. Keys are host patterns: 'api.github.com' (any port), '*.wikipedia.org', 'host:8080', '*'. The
   * most specific wins. Counted per host (host:port), each with its own queue.
   * @default { '*': { concurrency: 8 } }
   */
  limits?: Record<string, HostLimit>;
  /**
   * Sockets over all hosts. Idle ones count; the least recently used idle one makes room; waiting for room is phase 'queue'.
   * @default 256
   */
  maxConnections?: number;
  /** Requests waiting over all hosts; one more is refused with QueueFullError. @default 10_000 */
  maxQueued?: number;
  /** A duration is `total`. */
  timeout?: Duration | TimeoutOptions;
  /** What is tried again. A number is attempts in all; 1 and false are one attempt. @default 3 attempts */
  retry?: number | false | RetryOptions;
  /** Leaves a host alone for a while when it keeps failing. On by default. */
  breaker?: false | BreakerOptions;
  redirect?: RedirectOptions;
  /** true: a jar of the session's own. @default false */
  cookies?: boolean | CookieStore;
  /** RFC 9111, private; entries are kept apart by Authorization. @default false */
  cache?: boolean | CacheOptions;
  /** Identical GETs under way at once share one flight; the last to leave cancels it. @default false */
  dedupe?: boolean;
  /**
   * 'http://…', 'https://…', 'socks5://…' (names resolved here, guarded) or 'socks5h://…'; 'env' reads HTTP_PROXY, HTTPS_PROXY,
   * ALL_PROXY and NO_PROXY (hosts, ports, CIDRs).
   * @default false
   */
  proxy?: string | 'env' | false | ProxyOptions;
  /**
   * A coherent set of browser headers (user agent, client hints, accept headers, in the browser's order). Needs the package
   * `header-generator`, which is loaded by the first request.
   * @default false
   * @example { browser: 'firefox', platform: 'linux', locale: 'de-DE', sticky: 'host' }
   */
  identity?: IdentityOptions | WornIdentity | false;
  /**
   * After decoding, for bodies that are read for you; a stream has it only where the call names it. A longer body of an
   * HttpError is cut there (`response.truncated`), so that the status is never lost.
   * @default '10mb'
   */
  maxBodySize?: Size;
  /** Of a response head. @default '16kb' */
  maxHeaderSize?: Size;
  /** Reject statuses >= 400 with HttpError. @default true */
  throwHttpErrors?: boolean;
  /**
   * Who may be asked. By default only globally routable unicast addresses; every hop and every resolved address, checked on
   * the socket that is used. false: anybody.
   */
  guard?: false | GuardOptions;
  parse?: ParseOptions;
  /**
   * Shares limits, breaker and cache with other processes: each limit is then one for all of them. See `@errand/redis`.
   * @default this process alone
   * @example { shared: redisState({ url: 'redis://127.0.0.1:6379' }) }
   */
  shared?: SharedState;
  tls?: TlsOptions;
  connection?: ConnectionOptions;
  dns?: DnsOptions;
  /** Own middleware, outermost first: `request` once per request, `attempt` once per attempt. */
  middleware?: { request?: Middleware[]; attempt?: Middleware[] };
  /** @default 'errand/<version>' */
  userAgent?: string;
}
