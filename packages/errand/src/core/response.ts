// A response as the middleware and the caller see it. Its head is kept as the parser gave it and turned into Headers, a
// trace or links only when somebody looks.
import { inspect } from 'node:util';
import type { BodySource } from './body.js';
import type { Call, Hop } from './call.js';
import { type ResponseFields, responseField, toHeaders } from './headers.js';
import { type Links, parseLinks } from './links.js';
import { showUrl } from './redact.js';
import type { RequestTrace } from './trace.js';

/** A schema of zod, valibot, arktype or any other library that implements Standard Schema. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => unknown;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}
/** What a schema's values are once validated. */
export type StandardSchemaOutput<S> = S extends { readonly '~standard': { readonly types?: infer T } }
  ? NonNullable<T> extends { readonly output: infer O }
    ? O
    : unknown
  : unknown;

/** What to take out of a page; see {@link Readings.extract}. */
export type ExtractMap = { readonly [key: string]: ExtractRule };
/** A selector for the first match's text, one in brackets for all, or a descriptor. */
export type ExtractRule = string | ExtractDescriptor | readonly [string | ExtractDescriptor];
export interface ExtractDescriptor {
  readonly selector: string;
  /** An attribute or property (`href`, `outerHTML`, …), or a map applied inside. @default 'textContent' */
  readonly value?: string | ExtractMap;
}
export type Extracted<M> = { [K in keyof M]: ExtractedRule<M[K]> };
type ExtractedRule<R> = R extends readonly [infer Item] ? Array<NonNullable<ExtractedOne<Item>>> : ExtractedOne<R>;
type ExtractedOne<R> = R extends { readonly value: infer V }
  ? V extends string
    ? string | undefined
    : Extracted<V> | undefined
  : string | undefined;

/** How bodies are read; implemented by `parse/`, so that the core needs no parser. */
export interface Readings {
  text(response: HttpResponse): Promise<string>;
  /** The value itself where it is at hand, so that nobody waits for a promise of it; it is never a promise's likeness. */
  json(response: HttpResponse, schema: StandardSchema | undefined): unknown;
  select(response: HttpResponse, jsonPath: string): Promise<unknown[]>;
  extract(response: HttpResponse, map: ExtractMap): Promise<unknown>;
}

/** What a response is made of. */
export interface ResponseInit {
  readonly status: number;
  readonly statusText: string;
  readonly fields: ResponseFields;
  /** The collected, decoded body; or the source that it comes from. */
  readonly body: Uint8Array | BodySource;
  readonly url: URL;
  readonly fromCache?: boolean;
  readonly truncated?: boolean;
}

export class HttpResponse {
  readonly status: number;
  readonly statusText: string;
  /** True for a response that came out of the session's cache, revalidated or not. */
  readonly fromCache: boolean;
  /** Whether the body was cut at `maxBodySize`; only ever true on an HttpError's response. */
  readonly truncated: boolean;
  /** The head as it came, by lower-case name. */
  readonly fields: ResponseFields;
  /** The collected body, or where it comes from. */
  readonly body: Uint8Array | BodySource;
  readonly call: Call;
  /** Where the response came from, with its secrets: for the session's own use; callers read {@link url}. */
  readonly location: URL;
  #headers: Headers | undefined;
  #trace: RequestTrace | undefined;
  #links: Links | undefined;

  constructor(init: ResponseInit, call: Call) {
    this.status = init.status;
    this.statusText = init.statusText;
    this.fields = init.fields;
    this.body = init.body;
    this.location = init.url;
    this.fromCache = init.fromCache ?? false;
    this.truncated = init.truncated ?? false;
    this.call = call;
  }

  /** 200–299. */
  get ok(): boolean {
    return this.status >= 200 && this.status <= 299;
  }

  /** Where the response came from, after redirects, without userinfo. */
  get url(): string {
    const { location } = this;
    if (location.username === '' && location.password === '' && location.hash === '') return location.href;
    return `${location.origin}${location.pathname}${location.search}`;
  }

  get headers(): Headers {
    this.#headers ??= toHeaders(this.fields);
    return this.#headers;
  }

  /** The redirects that led here, first to last. */
  get history(): ReadonlyArray<Hop> {
    return this.call.hops;
  }

  get trace(): RequestTrace {
    this.#trace ??= this.call.trace(this.call.attempt?.endedAt);
    return this.#trace;
  }

  /** The Link header's targets by relation (RFC 8288), resolved against the response's URL. */
  get links(): Links {
    this.#links ??= parseLinks(responseField(this.fields, 'link'), this.location);
    return this.#links;
  }

  /** One header field, joined and trimmed; `lower` is its name in lower case. */
  field(lower: string): string | undefined {
    return responseField(this.fields, lower);
  }

  /** The collected body; a response that streams has none. */
  get bytesCollected(): Uint8Array {
    const { body } = this;
    if (!(body instanceof Uint8Array)) throw new TypeError('this response is streamed: read its body as it comes');
    return body;
  }

  async bytes(): Promise<Uint8Array> {
    return this.bytesCollected;
  }

  /** The body as text; charset from BOM, then Content-Type, then `<meta>`, then UTF-8. */
  text(): Promise<string> {
    return this.call.readings.text(this);
  }

  /**
   * The body as JSON.
   * @throws ContentTypeError, ParseError, DecodeError; ValidationError where a schema is given.
   */
  json<T = unknown>(): Promise<T>;
  json<S extends StandardSchema>(schema: S): Promise<StandardSchemaOutput<S>>;
  json(schema?: StandardSchema): Promise<unknown> {
    return Promise.resolve(this.readJson(schema));
  }

  /** {@link json}, without a promise where the value is at hand. */
  readJson(schema?: StandardSchema): unknown {
    return this.call.readings.json(this, schema);
  }

  /** What an RFC 9535 JSONPath finds in the body, evaluated where the body is parsed. */
  select<T = unknown>(jsonPath: string): Promise<T[]> {
    return this.call.readings.select(this, jsonPath) as Promise<T[]>;
  }

  /** What CSS selectors find in an HTML body, in cheerio's extract map. */
  extract<const M extends ExtractMap>(map: M): Promise<Extracted<M>> {
    return this.call.readings.extract(this, map) as Promise<Extracted<M>>;
  }

  /** The same response with another head, body or mark. */
  with(change: Partial<ResponseInit>): HttpResponse {
    const { status, statusText, fields, body, location, fromCache, truncated } = this;
    return new HttpResponse(
      { status, statusText, fields, body, url: location, fromCache, truncated, ...change },
      this.call,
    );
  }

  /** The same response as another call's answer: a flight that several callers share. */
  forCall(call: Call): HttpResponse {
    const { status, statusText, fields, body, location, fromCache, truncated } = this;
    return new HttpResponse({ status, statusText, fields, body, url: location, fromCache, truncated }, call);
  }

  /** The facts as plain data: safe to log, nothing secret, nothing live. */
  toJSON(): Record<string, unknown> {
    const { status, statusText, body, fromCache, truncated, history } = this;
    const bytes = body instanceof Uint8Array ? body.length : undefined;
    return { status, statusText, url: showUrl(this.location), bytes, fromCache, truncated, history };
  }

  [inspect.custom](): unknown {
    return Object.assign(Object.create({ constructor: HttpResponse }), this.toJSON());
  }

  /** Lets go of a body that nobody will read. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!(this.body instanceof Uint8Array)) await this.body.close();
  }
}
