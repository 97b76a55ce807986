// Sessions whose exchanges are kept in a file while they go to the real hosts. Recording never changes what the program
// gets, and never writes more than it was told to.
import { type FileHandle, open } from 'node:fs/promises';
import type { BodySource } from '../core/body.js';
import type { HttpRequest } from '../core/request.js';
import type { HttpResponse } from '../core/response.js';
import { parseSize, type Size } from '../kit/size.js';
import type { SessionOptions } from '../session/options.js';
import { Session } from '../session/session.js';
import { type Seamed, type TransportLike, transportSeam } from '../session/transport-seam.js';
import { failureFacts, requestFacts, responseHeaders, type TapeEntry, tapeHead, writeBody } from './tape.js';

export interface RecordOptions {
  /** A longer body is left out, and a replay that needs it says so. @default '1mb' */
  maxBodySize?: Size;
  /** Of the whole file; what comes after is left out, and `close()` says so. @default '64mb' */
  maxSize?: Size;
  /**
   * Looks at each entry before it is written and returns it, or what is to be written in its place: for secrets in bodies.
   * @example record(file, { redact: (entry) => ({ ...entry, body: entry.body?.replace(/"token":"[^"]*"/, '"token":"***"') }) })
   */
  redact?: (entry: TapeEntry) => TapeEntry;
}

export class Recording implements AsyncDisposable {
  readonly #file: string;
  readonly #maxBodySize: number;
  readonly #maxSize: number;
  readonly #redact: (entry: TapeEntry) => TapeEntry;
  #writing: Promise<FileHandle>;
  #size = 0;
  #leftOut = 0;
  #closing: Promise<void> | undefined;

  /** @internal {@link record} makes these. */
  constructor(file: string, options: RecordOptions) {
    this.#file = file;
    this.#maxBodySize = parseSize(options.maxBodySize ?? '1mb', 'maxBodySize');
    this.#maxSize = parseSize(options.maxSize ?? '64mb', 'maxSize');
    this.#redact = options.redact ?? ((entry) => entry);
    this.#writing = open(file, 'w', 0o600).then(async (handle) => {
      await handle.write(`${JSON.stringify(tapeHead)}\n`);
      return handle;
    });
    this.#writing.catch(() => undefined);
  }

  /** A session that goes to the real hosts, and whose exchanges are recorded. */
  session(options: SessionOptions = {}): Session {
    const seamed: SessionOptions & Seamed = { ...options, [transportSeam]: (open) => this.#over(open()) };
    return new Session(seamed);
  }

  /**
   * Writes what is left; close the sessions first.
   * @throws Error where the file could not be written, or not everything found room in it.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const handle = await this.#writing;
    await handle.close();
    if (this.#leftOut > 0)
      throw new Error(`${this.#file}: ${this.#leftOut} exchanges were left out, since the file is full (maxSize)`);
  }

  #over(transport: TransportLike): TransportLike {
    return {
      handle: (request) => this.#exchange(transport, request),
      stats: () => transport.stats(),
      countConnections: () => transport.countConnections(),
      close: () => transport.close(),
    };
  }

  async #exchange(transport: TransportLike, request: HttpRequest): Promise<HttpResponse> {
    let response: HttpResponse;
    try {
      response = await transport.handle(request);
    } catch (error) {
      const failure = failureFacts(error);
      if (failure !== undefined) this.#add({ ...requestFacts(request), error: failure });
      throw error;
    }
    const { status, statusText, fields, body } = response;
    const head = { ...requestFacts(request), status, statusText, headers: responseHeaders(fields) };
    if (body instanceof Uint8Array) {
      this.#add({ ...head, ...this.#kept(body) });
      return response;
    }
    const copy = new CopiedBody(body, this.#maxBodySize, (pieces, length, end) => {
      const kept = pieces === undefined ? { omitted: length } : writeBody(Buffer.concat(pieces));
      this.#add({ ...head, ...kept, ...(end === 'cut' ? { cut: true as const } : undefined) });
    });
    return response.with({ body: copy });
  }

  #kept(body: Uint8Array): Pick<TapeEntry, 'body' | 'encoding' | 'omitted'> {
    return body.length > this.#maxBodySize ? { omitted: body.length } : writeBody(body);
  }

  #add(entry: TapeEntry): void {
    const line = `${JSON.stringify(this.#redact(entry))}\n`;
    const size = Buffer.byteLength(line);
    if (this.#closing !== undefined || this.#size + size > this.#maxSize) {
      this.#leftOut++;
      return;
    }
    this.#size += size;
    this.#writing = this.#writing.then(async (handle) => {
      await handle.write(line);
      return handle;
    });
    this.#writing.catch(() => undefined);
  }
}

/** A body that is copied as it is read, as far as it may be kept. */
class CopiedBody implements BodySource {
  readonly #source: BodySource;
  readonly #limit: number;
  #pieces: Uint8Array[] | undefined = [];
  #length = 0;
  #ended: ((pieces: Uint8Array[] | undefined, length: number, end: 'whole' | 'cut') => void) | undefined;

  constructor(
    source: BodySource,
    limit: number,
    ended: (pieces: Uint8Array[] | undefined, length: number, end: 'whole' | 'cut') => void,
  ) {
    this.#source = source;
    this.#limit = limit;
    this.#ended = ended;
  }

  async pull(): Promise<Uint8Array | undefined> {
    try {
      const piece = await this.#source.pull();
      if (piece === undefined) this.#end('whole');
      else this.#keep(piece);
      return piece;
    } catch (error) {
      this.#end('cut');
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#end('cut');
    await this.#source.close();
  }

  #keep(piece: Uint8Array): void {
    this.#length += piece.length;
    if (this.#length > this.#limit) this.#pieces = undefined;
    else this.#pieces?.push(new Uint8Array(piece));
  }

  #end(end: 'whole' | 'cut'): void {
    const ended = this.#ended;
    this.#ended = undefined;
    ended?.(this.#pieces, this.#length, end);
    this.#pieces = undefined;
  }
}

/**
 * Records the exchanges of sessions in a file (JSON lines, readable by its owner only). Credentials, cookies and the values
 * of secret query names are left out; bodies stand in it as they came.
 * @example
 * await using recording = record('test/github.jsonl');
 * await using session = recording.session();
 */
export function record(file: string, options: RecordOptions = {}): Recording {
  return new Recording(file, options);
}
