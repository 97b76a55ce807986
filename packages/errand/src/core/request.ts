// A request on its way through the middleware: immutable, so that a redirect or a retry is a copy and nobody is surprised.
import { inspect } from 'node:util';
import type { RequestBody } from './body.js';
import type { Call } from './call.js';
import { type FieldList, type HeadersInput, isToken, listToHeaders, readHeaders } from './headers.js';
import { showUrl } from './redact.js';
import type { ProxyRoute } from './route.js';
import { hostOf, readUrl } from './url.js';

/** Immutable: a changed request is a copy, `request.with({ … })`. */
export class HttpRequest {
  readonly method: string;
  readonly url: URL;
  /** The fields as they are sent, in order. */
  readonly fields: FieldList;
  readonly body: RequestBody | undefined;
  /** The call that this request is made for. */
  readonly call: Call;
  /** The proxy that it goes through; undefined is the direct way. */
  readonly route: ProxyRoute | undefined;
  #host: string | undefined;

  constructor(
    method: string,
    url: URL,
    fields: FieldList,
    body: RequestBody | undefined,
    call: Call,
    route?: ProxyRoute | undefined,
  ) {
    this.method = method;
    this.url = url;
    this.fields = fields;
    this.body = body;
    this.call = call;
    this.route = route;
  }

  /** `host:port`, as limits, circuits and stats name it. */
  get host(): string {
    this.#host ??= hostOf(this.url);
    return this.#host;
  }

  /** The fields as the platform's Headers; changing them changes nothing. */
  get headers(): Headers {
    return listToHeaders(this.fields);
  }

  get lane(): string | undefined {
    return this.call.lane;
  }

  /** Aborted when the call is over. */
  get signal(): AbortSignal {
    return this.call.signal;
  }

  /**
   * A copy with other parts.
   * @throws TypeError where the method, URL or headers are not fit to be sent.
   */
  with(change: { method?: string; url?: string | URL; headers?: HeadersInput }): HttpRequest {
    if (change.method !== undefined && !isToken(change.method))
      throw new TypeError('method: expected an HTTP method such as GET (RFC 9110 9.1)');
    return new HttpRequest(
      change.method ?? this.method,
      change.url === undefined ? this.url : readUrl(change.url),
      change.headers === undefined ? this.fields : readHeaders(change.headers),
      this.body,
      this.call,
      this.route,
    );
  }

  withFields(fields: FieldList): HttpRequest {
    return new HttpRequest(this.method, this.url, fields, this.body, this.call, this.route);
  }

  /** The same request by another way out. */
  via(route: ProxyRoute | undefined): HttpRequest {
    return new HttpRequest(this.method, this.url, this.fields, this.body, this.call, route);
  }

  /** What may be shown of it: nothing secret, nothing live. */
  toJSON(): Record<string, unknown> {
    return { method: this.method, url: showUrl(this.url), lane: this.lane };
  }

  [inspect.custom](): unknown {
    return Object.assign(Object.create({ constructor: HttpRequest }), this.toJSON());
  }

  /** The same request on behalf of another call: a flight that several callers share. */
  forCall(call: Call): HttpRequest {
    return new HttpRequest(this.method, this.url, this.fields, this.body, call, this.route);
  }
}
