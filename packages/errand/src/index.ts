// The front door of `errand`.
export type { Handler, Middleware } from './core/handler.js';
export type { Links } from './core/links.js';
export type { HeadersInput } from './core/headers.js';
export type { HttpRequest } from './core/request.js';
export type { ExtractMap, ExtractDescriptor, Extracted, ExtractRule, HttpResponse, StandardSchema, StandardSchemaOutput } from './core/response.js';
export type { RequestTrace } from './core/trace.js';
export {
  AbortError,
  BlockedAddressError,
  BodyError,
  BodyTooLargeError,
  CircuitOpenError,
  ConnectError,
  ConnectionError,
  ContentTypeError,
  DecodeError,
  DisconnectedError,
  DnsError,
  ErrandError,
  HttpError,
  ParseError,
  ProtocolError,
  ProxyError,
  QueueFullError,
  RateLimitError,
  RedirectError,
  RefusedError,
  SessionClosedError,
  TimeoutError,
  TlsError,
  ValidationError,
  type CallFacts,
  type RedirectReason,
  type SchemaIssue,
  type TimeoutPhase,
} from './errors.js';
export type { Duration } from './kit/duration.js';
export type { Size } from './kit/size.js';
export type { GuardOptions } from './middleware/guard/policy.js';
export type { HostLimit } from './middleware/limit/options.js';
export type { RedirectOptions } from './middleware/redirect/options.js';
export type { ParseOptions } from './parse/options.js';
export type { Credentials } from './session/fields.js';
export type { QueryInput, RequestOptions, SessionOptions, TimeoutOptions } from './session/options.js';
export type { PendingResponse } from './session/pending-response.js';
export type { BodyInput, FormInput } from './session/request-body.js';
export { Session, type StreamOptions } from './session/session.js';
export type { SessionStats } from './session/stats.js';
export type { StreamingResponse } from './session/streaming-response.js';
export type { ConnectionOptions, DnsOptions } from './session/transport-options.js';
export type { LookupFunction } from './transport/connect/resolver.js';
export type { TlsOptions } from './transport/connect/tls-settings.js';
