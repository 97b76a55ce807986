// A promise of a response with the common readings on it, so that one `await` is enough. It is a plain promise with another
// prototype, because a subclass of Promise makes every `await` and `then` on it several times as costly.
import type { Extracted, ExtractMap, HttpResponse, StandardSchema, StandardSchemaOutput } from '../core/response.js';

/** A promise of a response, with the readings of the response on it. */
export interface PendingResponse extends Promise<HttpResponse> {
  /** {@link HttpResponse.json} of the response to come. */
  json<T = unknown>(): Promise<T>;
  json<S extends StandardSchema>(schema: S): Promise<StandardSchemaOutput<S>>;
  /** {@link HttpResponse.select} of the response to come. */
  select<T = unknown>(jsonPath: string): Promise<T[]>;
  /** {@link HttpResponse.extract} of the response to come. */
  extract<const M extends ExtractMap>(map: M): Promise<Extracted<M>>;
  /** {@link HttpResponse.text} of the response to come. */
  text(): Promise<string>;
  /** {@link HttpResponse.bytes} of the response to come. */
  bytes(): Promise<Uint8Array>;
}

type Settle = (resolve: (response: HttpResponse) => void, reject: (error: unknown) => void) => void;

/** What is behind every pending response: promises, and the readings. */
const pendingPrototype = Object.create(Promise.prototype, {
  json: method(function json(this: PendingResponse, schema?: StandardSchema) {
    return this.then(schema === undefined ? readJson : (response) => response.readJson(schema));
  }),
  select: method(function select(this: PendingResponse, jsonPath: string) {
    return this.then((response) => response.select(jsonPath));
  }),
  extract: method(function extract(this: PendingResponse, map: ExtractMap) {
    return this.then((response) => response.extract(map));
  }),
  text: method(function text(this: PendingResponse) {
    return this.then((response) => response.text());
  }),
  bytes: method(function bytes(this: PendingResponse) {
    return this.then((response) => response.bytes());
  }),
}) as PendingResponse;

function readJson(response: HttpResponse): unknown {
  return response.readJson();
}

function method(value: unknown): PropertyDescriptor {
  return { value, writable: true, configurable: true };
}

export function pendingResponse(settle: Settle): PendingResponse {
  return Object.setPrototypeOf(new Promise<HttpResponse>(settle), pendingPrototype) as PendingResponse;
}
