// The front door of `errand`.
export type { Handler, Middleware } from './core/handler.js';
export type { HeadersInput } from './core/headers.js';
export type { Links } from './core/links.js';
export type { IdentityOptions, WornIdentity } from './core/policy.js';
export { showUrl } from './core/redact.js';
export type { HttpRequest } from './core/request.js';
export type {
  ExtractDescriptor,
  Extracted,
  ExtractMap,
  ExtractRule,
  HttpResponse,
  StandardSchema,
  StandardSchemaOutput,
} from './core/response.js';
export type { RequestTrace } from './core/trace.js';
export * from './errors.js';
export { type Duration, parseDuration } from './kit/duration.js';
export { parseSize, type Size } from './kit/size.js';
export type { BreakerOptions, BreakerSettings } from './middleware/breaker/options.js';
export type { CircuitBoard, OpenBoard } from './middleware/breaker/shared-circuits.js';
export type { CacheOptions } from './middleware/cache/options.js';
export type { CacheStore } from './middleware/cache/store-entries.js';
export { CookieJar, type CookieStore } from './middleware/cookies/jar.js';
export type { GuardOptions } from './middleware/guard/policy.js';
export type { Claim, Grant, Ledger, LedgerWatcher, OpenLedger } from './middleware/limit/ledger.js';
export type { HostLimit } from './middleware/limit/options.js';
export type {
  AttemptFacts,
  AttemptOutcome,
  ConnectionFacts,
  ErrandEvents,
  ErrorFacts,
  QueueFacts,
  RequestFacts,
  RequestOutcome,
} from './middleware/observe/channels.js';
export { type PrometheusOptions, prometheus } from './middleware/observe/prometheus.js';
export type { ProxyOptions } from './middleware/proxy/options.js';
export type { RedirectOptions } from './middleware/redirect/options.js';
export type { RetryOptions } from './middleware/retry/options.js';
export { charsetOf, decodeText, extractFrom, type MarkupOptions, parseMarkup } from './parse/documents.js';
export type { LoopDelay } from './parse/loop.js';
export type { ParseOptions } from './parse/options.js';
export { type DrawnIdentity, drawIdentity } from './session/drawn-identity.js';
export type { Credentials } from './session/fields.js';
export type { QueryInput, RequestOptions, SessionOptions, TimeoutOptions } from './session/options.js';
export type { PendingResponse } from './session/pending-response.js';
export type { ConnectOptions, ConnectTarget } from './session/raw-connection.js';
export type { BodyInput, FormInput } from './session/request-body.js';
export { Session, type StreamOptions } from './session/session.js';
export { type SharedParts, type SharedState, sharedParts } from './session/shared-state.js';
export type { SessionStats } from './session/stats.js';
export type { StreamingResponse } from './session/streaming-response.js';
export type { ConnectionOptions, DnsOptions } from './session/transport-options.js';
export type { LookupFunction } from './transport/connect/resolver.js';
export type { TlsOptions } from './transport/connect/tls-settings.js';
