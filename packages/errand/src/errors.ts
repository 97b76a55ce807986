/**
 * Every error that Errand rejects with, as one family, drawn as a tree. An error carries facts (what was asked, how far
 * it came, how long it took) and never live objects, so it can be logged, serialised and kept without keeping a socket.
 *
 * ErrandError
 * ├─ ConnectionError
 * │   ├─ DnsError              ERRAND_DNS
 * │   ├─ ConnectError          ERRAND_CONNECT
 * │   ├─ TlsError              ERRAND_TLS
 * │   ├─ ProxyError            ERRAND_PROXY
 * │   └─ DisconnectedError     ERRAND_DISCONNECTED
 * ├─ TimeoutError              ERRAND_TIMEOUT
 * ├─ ProtocolError             ERRAND_PROTOCOL
 * ├─ HttpError                 ERRAND_HTTP_STATUS
 * ├─ RedirectError             ERRAND_REDIRECT
 * ├─ BodyError
 * │   ├─ BodyTooLargeError     ERRAND_BODY_TOO_LARGE
 * │   ├─ DecodeError           ERRAND_DECODE
 * │   ├─ ContentTypeError      ERRAND_CONTENT_TYPE
 * │   ├─ ParseError            ERRAND_PARSE
 * │   └─ ValidationError       ERRAND_VALIDATION
 * ├─ RefusedError
 * │   ├─ BlockedAddressError   ERRAND_BLOCKED_ADDRESS
 * │   ├─ CircuitOpenError      ERRAND_CIRCUIT_OPEN
 * │   ├─ QueueFullError        ERRAND_QUEUE_FULL
 * │   └─ RateLimitError        ERRAND_RATE_LIMIT
 * ├─ AbortError                ERRAND_ABORTED
 * └─ SessionClosedError        ERRAND_SESSION_CLOSED
 */
import {
  BodyError,
  BodyTooLargeError,
  ContentTypeError,
  DecodeError,
  ParseError,
  ValidationError,
} from './errors/body.js';
import {
  ConnectError,
  ConnectionError,
  DisconnectedError,
  DnsError,
  ProxyError,
  TlsError,
} from './errors/connection.js';
import { ErrandError } from './errors/errand-error.js';
import {
  AbortError,
  HttpError,
  ProtocolError,
  RedirectError,
  SessionClosedError,
  TimeoutError,
} from './errors/exchange.js';
import {
  BlockedAddressError,
  CircuitOpenError,
  QueueFullError,
  RateLimitError,
  RefusedError,
} from './errors/refused.js';

export type { SchemaIssue } from './errors/body.js';
export type { ProxyFailure } from './errors/connection.js';
export type { CallFacts } from './errors/errand-error.js';
export type { RedirectReason, TimeoutPhase } from './errors/exchange.js';

const family = {
  ErrandError,
  ConnectionError,
  DnsError,
  ConnectError,
  TlsError,
  ProxyError,
  DisconnectedError,
  TimeoutError,
  ProtocolError,
  HttpError,
  RedirectError,
  BodyError,
  BodyTooLargeError,
  DecodeError,
  ContentTypeError,
  ParseError,
  ValidationError,
  RefusedError,
  BlockedAddressError,
  CircuitOpenError,
  QueueFullError,
  RateLimitError,
  AbortError,
  SessionClosedError,
};

// The names hold in programs whose classes a bundler has renamed.
for (const [name, type] of Object.entries(family)) {
  Object.defineProperty(type.prototype, 'name', { value: name, configurable: true, writable: true });
}

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
};
