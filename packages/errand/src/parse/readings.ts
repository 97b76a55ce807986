// How the bodies of responses are read: text, JSON, what a JSONPath or CSS selectors find. Small bodies are read at once, on
// this thread, with nothing in the way of the parser; large ones, and whatever could be costly, in a worker.
import type { ExtractMap, HttpResponse, Readings, StandardSchema } from '../core/response.js';
import { ErrandError } from '../errors.js';
import { decodeText, isPlainText, utf8Of } from './charset.js';
import { type ContentType, readContentType } from './content-type.js';
import { parseBounded } from './json.js';
import { jsonOrNot, requireJson, requireMarkup } from './kind.js';
import { LargeDocuments } from './large.js';
import { type ParseOptions, type ParseSettings, parseSettings } from './options.js';
import { requireSchema, validate } from './schema.js';
import { costsLittle, selectFrom } from './select.js';
import { shapeOf } from './shape-of-schema.js';
import { perform } from './task.js';

/** The readings of one session; closed with it. */
export interface SessionReadings extends Readings {
  /** How many bodies were read in a worker. */
  readonly offloaded: number;
  /**
   * Ends the workers; what they are at may finish for `grace` milliseconds. What is read afterwards is read on this thread.
   * Idempotent.
   */
  close(grace?: number): Promise<void>;
}

/** @throws TypeError naming the option that makes no sense. */
export function createReadings(options: ParseOptions = {}): SessionReadings {
  return new DocumentReadings(parseSettings(options));
}

/** The `offload` of those who want no workers at all. */
const never = Number.POSITIVE_INFINITY;
/** A tree of elements costs this many times what JSON of the same length does. */
const markupWeight = 16;

class DocumentReadings implements SessionReadings {
  readonly #settings: ParseSettings;
  readonly #large: LargeDocuments;

  constructor(settings: ParseSettings) {
    this.#settings = settings;
    this.#large = new LargeDocuments(settings);
  }

  get offloaded(): number {
    return this.#large.offloaded;
  }

  close(grace = 0): Promise<void> {
    return this.#large.close(grace);
  }

  text(response: HttpResponse): Promise<string> {
    try {
      const bytes = response.bytesCollected;
      const header = response.field('content-type');
      const type = readContentType(header);
      if (bytes.length <= this.#settings.offload || isPlainText(bytes, type))
        return Promise.resolve(decodeText(bytes, type));
      return described(response, this.#large.away({ kind: 'text' }, bytes, header, response.call) as Promise<string>);
    } catch (error) {
      return Promise.reject(describe(response, error));
    }
  }

  json(response: HttpResponse, schema: StandardSchema | undefined): unknown {
    try {
      if (schema !== undefined) requireSchema(schema);
      const bytes = response.bytesCollected;
      const header = response.field('content-type');
      const type = readContentType(header);
      requireJson(response, type, header);
      if (bytes.length > this.#settings.offload)
        return described(response, this.#largeJson(response, schema, type, header));
      const value = this.#smallJson(bytes, type, header);
      return schema === undefined ? value : described(response, validate(schema, value));
    } catch (error) {
      return Promise.reject(describe(response, error));
    }
  }

  select(response: HttpResponse, jsonPath: string): Promise<unknown[]> {
    return described(response, this.#select(response, jsonPath));
  }

  extract(response: HttpResponse, map: ExtractMap): Promise<unknown> {
    return described(response, this.#extract(response, map));
  }

  #smallJson(bytes: Uint8Array, type: ContentType, header: string | undefined): unknown {
    try {
      const text = decodeText(bytes, type);
      return parseBounded(text, utf8Of(text, bytes, type), this.#settings);
    } catch (error) {
      throw jsonOrNot(error, type, header);
    }
  }

  async #largeJson(
    response: HttpResponse,
    schema: StandardSchema | undefined,
    type: ContentType,
    header: string | undefined,
  ): Promise<unknown> {
    const shape = schema === undefined ? 'keep' : shapeOf(schema);
    const { bytesCollected: bytes, call } = response;
    let value: unknown;
    try {
      value = await (shape === 'keep'
        ? this.#large.value(bytes, header, call)
        : this.#large.away({ kind: 'prune', shape }, bytes, header, call));
    } catch (error) {
      throw jsonOrNot(error, type, header);
    }
    return schema === undefined ? value : validate(schema, value);
  }

  async #select(response: HttpResponse, jsonPath: string): Promise<unknown[]> {
    if (typeof jsonPath !== 'string') throw new TypeError("select: expected a JSONPath such as '$.items[*].name'");
    const { bytesCollected: bytes, call } = response;
    const header = response.field('content-type');
    const type = readContentType(header);
    requireJson(response, type, header);
    const { offload, maxDepth } = this.#settings;
    if (bytes.length <= offload && (offload === never || costsLittle(jsonPath))) {
      return selectFrom(this.#smallJson(bytes, type, header), jsonPath, maxDepth);
    }
    try {
      return (await this.#large.away({ kind: 'select', path: jsonPath }, bytes, header, call)) as unknown[];
    } catch (error) {
      throw jsonOrNot(error, type, header);
    }
  }

  async #extract(response: HttpResponse, map: ExtractMap): Promise<unknown> {
    if (typeof map !== 'object' || map === null)
      throw new TypeError('extract: expected a map of names to CSS selectors');
    const { bytesCollected: bytes, call } = response;
    const header = response.field('content-type');
    const xml = requireMarkup(bytes, readContentType(header), header);
    const reading = { kind: 'extract', map, xml } as const;
    const { offload, maxDepth, exactDepth, maxMemory } = this.#settings;
    if (bytes.length <= offload / markupWeight && (offload === never || costLittle(map)))
      return perform({ reading, contentType: header, maxDepth, exactDepth, maxMemory }, bytes);
    return this.#large.away(reading, bytes, header, call);
  }
}

/** Selectors that look at siblings or inside for every element take the square of what a small document holds. */
function costLittle(map: ExtractMap): boolean {
  return !/:has\(|~/.test(JSON.stringify(map));
}

function describe(response: HttpResponse, error: unknown): unknown {
  return error instanceof ErrandError ? response.call.describe(error) : error;
}

async function described<T>(response: HttpResponse, reading: Promise<T> | T): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    throw describe(response, error);
  }
}
