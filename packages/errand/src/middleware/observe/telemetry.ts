// OpenTelemetry for what is really sent: a client span for each attempt, by the semantic conventions for HTTP, and the
// trace context on the wire. It is on where the program has registered an SDK; until then it costs one look, and
// `@opentelemetry/api` is not even loaded. A mistake of whoever observes is never the request's.
import type * as OpenTelemetry from '@opentelemetry/api';
import type { Handler } from '../../core/handler.js';
import { indexOfField, readHeaders, withoutFields } from '../../core/headers.js';
import { plainHost } from '../../core/hosts.js';
import { showUrl } from '../../core/redact.js';
import type { HttpRequest } from '../../core/request.js';
import type { HttpResponse } from '../../core/response.js';
import type { Attempt } from '../../core/trace.js';
import { portOf } from '../../core/url.js';
import { requireOptional } from '../../kit/optional-package.js';
import { type ConnectionCensus, Metrics } from './telemetry-metrics.js';

type Api = typeof OpenTelemetry;
type Attributes = OpenTelemetry.Attributes;

/** The context that was active where a call was made. */
export type Surroundings = OpenTelemetry.Context;

/** The name under which every copy of the API finds what the program has registered. */
const registry = Symbol.for('opentelemetry.js.api.1');
const scope = 'errand';

/** null: the program has an SDK, but this package finds no API. */
let loaded: Telemetry | null | undefined;

/** Undefined where the program has registered nothing. */
export function openTelemetry(): Telemetry | undefined {
  const registered = (globalThis as { [registry]?: { trace?: unknown; metrics?: unknown } })[registry];
  if (registered === undefined || (registered.trace === undefined && registered.metrics === undefined))
    return undefined;
  if (loaded === undefined) loaded = load();
  return loaded ?? undefined;
}

function load(): Telemetry | null {
  try {
    return new Telemetry(requireOptional<Api>('@opentelemetry/api'));
  } catch {
    return null;
  }
}

export class Telemetry {
  readonly #api: Api;
  readonly #metrics: Metrics;
  /** The key by which instrumentation is told to look away: what is sent here has its span already. */
  readonly #suppressed: symbol;

  constructor(api: Api) {
    this.#api = api;
    this.#metrics = new Metrics(api, scope);
    this.#suppressed = api.createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');
  }

  surroundings(): Surroundings {
    return this.#api.context.active();
  }

  /** Counts the connections of a session from now on. */
  count(census: ConnectionCensus): void {
    this.#metrics.count(census);
  }

  /** `resent`: how many requests went out before it for the same call. */
  begin(request: HttpRequest, surroundings: Surroundings | undefined, resent: number): ClientSpan {
    const { trace, SpanKind, ROOT_CONTEXT } = this.#api;
    const { method, url } = request;
    const shared: Attributes = {
      'http.request.method': knownMethods.has(method) ? method : '_OTHER',
      'server.address': plainHost(url.hostname),
      'server.port': portOf(url),
    };
    const attributes: Attributes = { ...shared, 'url.full': showUrl(url) };
    if (!knownMethods.has(method)) attributes['http.request.method_original'] = method;
    if (resent > 0) attributes['http.request.resend_count'] = resent;
    const parent = surroundings ?? ROOT_CONTEXT;
    const name = knownMethods.has(method) ? method : 'HTTP';
    const span = trace.getTracer(scope).startSpan(name, { kind: SpanKind.CLIENT, attributes }, parent);
    const own = trace.setSpan(parent, span);
    shared['url.scheme'] = url.protocol.slice(0, -1);
    this.#metrics.active(1, shared);
    return new ClientSpan(this, request, span, own, shared);
  }

  /** Sends the request with the trace context on it, where a propagator is set. */
  send(next: Handler, request: HttpRequest, own: Surroundings): Promise<HttpResponse> {
    const { context, propagation } = this.#api;
    const carrier: Record<string, string> = {};
    propagation.inject(own, carrier);
    return context.with(own.setValue(this.#suppressed, true), next, undefined, withCarrier(request, carrier));
  }

  end(span: OpenTelemetry.Span, shared: Attributes, seconds: number, attributes: Attributes): void {
    this.#metrics.active(-1, shared);
    const { 'http.response.status_code': status, 'error.type': type, 'network.protocol.version': version } = attributes;
    const measured = { ...shared };
    if (status !== undefined) measured['http.response.status_code'] = status;
    if (version !== undefined) measured['network.protocol.version'] = version;
    if (type !== undefined) measured['error.type'] = type;
    this.#metrics.duration(seconds, measured);
    span.setAttributes(attributes);
    if (type !== undefined) span.setStatus({ code: this.#api.SpanStatusCode.ERROR });
    span.end();
  }
}

/** The span of one attempt. */
export class ClientSpan {
  readonly #telemetry: Telemetry;
  readonly #request: HttpRequest;
  readonly #span: OpenTelemetry.Span;
  readonly #own: Surroundings;
  readonly #shared: Attributes;
  readonly #startedAt = performance.now();

  constructor(
    telemetry: Telemetry,
    request: HttpRequest,
    span: OpenTelemetry.Span,
    own: Surroundings,
    shared: Attributes,
  ) {
    this.#telemetry = telemetry;
    this.#request = request;
    this.#span = span;
    this.#own = own;
    this.#shared = shared;
  }

  send(next: Handler): Promise<HttpResponse> {
    return this.#telemetry.send(next, this.#request, this.#own);
  }

  /** `error`: the code of what ended the attempt, where it failed. */
  end(attempt: Attempt, status: number | undefined, error?: string): void {
    const attributes: Attributes = {};
    if (status !== undefined) attributes['http.response.status_code'] = status;
    if (error !== undefined) attributes['error.type'] = error;
    else if (status !== undefined && status >= 400) attributes['error.type'] = String(status);
    if (attempt.httpVersion !== undefined) attributes['network.protocol.version'] = attempt.httpVersion;
    if (attempt.remoteAddress !== undefined) {
      attributes['network.peer.address'] = attempt.remoteAddress;
      attributes['network.peer.port'] = this.#request.route?.port ?? portOf(this.#request.url);
    }
    this.#telemetry.end(this.#span, this.#shared, (performance.now() - this.#startedAt) / 1_000, attributes);
  }
}

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'CONNECT', 'TRACE']);

/** The request with the carrier's fields; what it has under those names already is the caller's own and stays. */
function withCarrier(request: HttpRequest, carrier: Record<string, string>): HttpRequest {
  try {
    const fields = withoutFields(readHeaders(carrier), (lower) => indexOfField(request.fields, lower) >= 0);
    return fields.length === 0 ? request : request.withFields([...request.fields, ...fields]);
  } catch {
    return request;
  }
}
