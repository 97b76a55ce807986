// The `parse` option of a session, and what it resolves to.
import { availableParallelism } from 'node:os';
import { type Duration, longestDelay, parseDuration } from '../kit/duration.js';
import { parseSize, type Size } from '../kit/size.js';

/** How bodies are read. Those above `offload` are decoded and parsed in worker threads, so that the event loop stays free. */
export interface ParseOptions {
  /**
   * Bodies above this size (bytes, or '256kb') are read in a worker thread; smaller ones are read at once, on this thread.
   * `Infinity`: never in a worker.
   * @default '256kb'
   * @example new Session({ parse: { offload: '64kb' } })
   */
  offload?: Size;
  /**
   * How many worker threads there may be; they are started when first needed.
   * @default availableParallelism() - 1, at least 1
   * @example new Session({ parse: { workers: 2 } })
   */
  workers?: number;
  /**
   * How deep a document may be nested: JSON's arrays and objects, HTML's elements. A deeper one is a ParseError.
   * @default 512
   * @example new Session({ parse: { maxDepth: 64 } })
   */
  maxDepth?: number;
  /**
   * How long one document may take in its worker (milliseconds, or '10s'). One that takes longer is a ParseError.
   * @default '10s'
   * @example new Session({ parse: { timeout: '2s' } })
   */
  timeout?: Duration;
  /**
   * How much memory one worker may use (bytes, or '1gb'). A document that takes more is a ParseError.
   * @default '1gb'
   * @example new Session({ parse: { maxMemory: '256mb' } })
   */
  maxMemory?: Size;
}

export interface ParseSettings {
  readonly offload: number;
  readonly workers: number;
  readonly maxDepth: number;
  /** Whether the depth of small documents, too, is told from every bracket. */
  readonly exactDepth: boolean;
  /** Milliseconds. */
  readonly timeout: number;
  /** Bytes. */
  readonly maxMemory: number;
}

/** @throws TypeError naming the option that is no size or number. */
export function parseSettings(options: ParseOptions = {}): ParseSettings {
  return {
    offload: parseSize(options.offload ?? '256kb', 'parse.offload'),
    workers: positive(options.workers ?? Math.max(1, availableParallelism() - 1), 'parse.workers'),
    maxDepth: positive(options.maxDepth ?? 512, 'parse.maxDepth'),
    exactDepth: options.maxDepth !== undefined,
    timeout: Math.min(parseDuration(options.timeout ?? '10s', 'parse.timeout'), longestDelay),
    maxMemory: Math.max(parseSize(options.maxMemory ?? '1gb', 'parse.maxMemory'), 16 * 1024 ** 2),
  };
}

function positive(value: number, option: string): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new TypeError(`${option}: expected a whole number of at least 1, got ${String(value)}`);
}
