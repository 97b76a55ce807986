// A promise of a response with the common readings on it, so that one `await` is enough.
import type { Extracted, ExtractMap, HttpResponse, StandardSchema, StandardSchemaOutput } from '../core/response.js';

export class PendingResponse extends Promise<HttpResponse> {
  /** What `then` gives is a plain promise: it is no response any more. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** {@link HttpResponse.json} of the response to come. */
  json<T = unknown>(): Promise<T>;
  json<S extends StandardSchema>(schema: S): Promise<StandardSchemaOutput<S>>;
  json(schema?: StandardSchema): Promise<unknown> {
    return this.then((response) => response.json(schema as StandardSchema));
  }

  /** {@link HttpResponse.select} of the response to come. */
  select<T = unknown>(jsonPath: string): Promise<T[]> {
    return this.then((response) => response.select<T>(jsonPath));
  }

  /** {@link HttpResponse.extract} of the response to come. */
  extract<const M extends ExtractMap>(map: M): Promise<Extracted<M>> {
    return this.then((response) => response.extract(map));
  }

  /** {@link HttpResponse.text} of the response to come. */
  text(): Promise<string> {
    return this.then((response) => response.text());
  }

  /** {@link HttpResponse.bytes} of the response to come. */
  bytes(): Promise<Uint8Array> {
    return this.then((response) => response.bytes());
  }
}
