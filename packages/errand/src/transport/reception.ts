// One response while it comes in: what its head means for its body, and where the body goes: into a buffer for the caller,
// to a reader as it comes, or nowhere because the response leads on.
import type { Call } from '../core/call.js';
import { type ResponseFields, responseField } from '../core/headers.js';
import type { HttpRequest } from '../core/request.js';
import { HttpResponse } from '../core/response.js';
import { hasNoBody, isRedirect } from '../core/status.js';
import { BodyTooLargeError, type ErrandError, ProtocolError } from '../errors.js';
import { Collector } from './collector.js';
import { type Decoded, readCodings } from './decode.js';
import { decodedSource } from './decoded.js';
import { type Framing, readFraming } from './framing.js';
import { type Feed, IncomingBody } from './incoming.js';

/** Bytes of a body that are read before others get their turn. */
const breath = 2 ** 20;
/** How much of a refused response is kept where the call itself names no bound: a stream. */
const errorBodyLimit = 1_048_576;
/** How much of a redirect that is followed is read away for the sake of its connection. */
const passingBodyLimit = 65_536;
/** Bytes that a body may take in chunks: so many, and so many more for each byte of it. */
const chunkOverhead = { least: 1_048_576, perByte: 9 };

export class Reception {
  readonly status: number;
  /** The length of the body on its way, where the head tells it. */
  readonly total: number | undefined;
  received = 0;
  /** What had come in on the connection with the first piece. */
  #readBefore: number | undefined;
  readonly #request: HttpRequest;
  readonly #statusText: string;
  readonly #fields: ResponseFields;
  readonly #framing: Framing;
  /** A redirect that will be followed: its body does not matter. */
  readonly #passing: boolean;
  readonly #limit: number;
  #collector: Collector | undefined;
  #incoming: IncomingBody | undefined;

  /** @throws ProtocolError, DecodeError or BodyTooLargeError where the head alone is reason enough to stop. */
  constructor(request: HttpRequest, status: number, statusText: string, fields: ResponseFields) {
    const { policy, streaming } = request.call;
    if (status < 200 || status > 999) throw new ProtocolError(`the status ${status} is not one of HTTP`);
    this.#request = request;
    this.status = status;
    this.#statusText = statusText;
    this.#fields = fields;
    this.#framing = readFraming(request.method, status, fields);
    this.total = this.#framing === 'length' ? Number(responseField(fields, 'content-length')) : undefined;
    this.#passing =
      policy.redirect.mode === 'follow' && isRedirect(status) && responseField(fields, 'location') !== undefined;
    const refused = policy.throwHttpErrors && status >= 400;
    const cut = refused || this.#passing;
    this.#limit = this.#passing ? passingBodyLimit : limitOf(request.call, refused);
    if (streaming && !cut) return;
    if (!cut && this.total !== undefined && this.total > this.#limit) throw new BodyTooLargeError(this.#limit);
    this.#collector = new Collector(this.total, this.#limit, this.#codings(), cut);
  }

  #codings() {
    if (this.#framing === 'none' || this.#passing) return readCodings(undefined);
    return readCodings(responseField(this.#fields, 'content-encoding'));
  }

  /** Whether the body goes to a reader as it comes. */
  get streams(): boolean {
    return this.#collector === undefined;
  }

  /** The response whose body is read as it comes. */
  stream(feed: Feed): HttpResponse {
    this.#incoming = new IncomingBody(feed);
    return this.#response(decodedSource(this.#incoming, this.#codings(), this.#limit), false);
  }

  /** Whether the end of the connection is the end of the body, so that a broken connection is a broken body. */
  get endsWithConnection(): boolean {
    return this.#framing === 'close' && !this.#passing;
  }

  /** Whether what follows the head may be missing. */
  get needsNoBody(): boolean {
    return this.#passing || hasNoBody(this.#request.method, this.status);
  }

  /**
   * Takes a piece. False where no more of the body is wanted.
   * @throws BodyTooLargeError where there is more than may be.
   */
  add(piece: Buffer): boolean {
    this.received += piece.length;
    if (this.#incoming !== undefined) {
      this.#incoming.push(piece);
      return true;
    }
    const collector = this.#collector as Collector;
    if (collector.add(piece)) return true;
    if (!collector.cut) throw new BodyTooLargeError(this.#limit);
    return false;
  }

  /**
   * Stops for a turn of the event loop wherever another megabyte of a body that is gathered has come: what a fast peer has sent
   * by then is else read in one go. `piece` is the one that was taken last.
   */
  letLoopIn(piece: Buffer, feed: Feed): void {
    if (this.#collector === undefined || this.received % breath >= piece.length) return;
    feed.pause();
    setImmediate(() => feed.resume());
  }

  get chunked(): boolean {
    return this.#framing === 'chunked';
  }

  /**
   * `bytesRead`: all that ever came in on the connection, framing included.
   * @throws ProtocolError where next to nothing of it is body.
   */
  checkOverhead(bytesRead: number): void {
    this.#readBefore ??= bytesRead;
    const read = bytesRead - this.#readBefore;
    if (read > chunkOverhead.least + chunkOverhead.perByte * this.received)
      throw new ProtocolError(`the chunks of the body carry ${this.received} bytes in more than ${read}`);
  }

  /** Tells a reader how the body ended. */
  finish(error?: ErrandError): void {
    this.#incoming?.finish(error);
  }

  /** The response whose body was collected; `cut` where its end was not waited for. */
  collected(cut: boolean): HttpResponse | Promise<HttpResponse> {
    if (this.#passing) return this.#response(noBytes, false);
    const decoded = (this.#collector as Collector).take(cut);
    if (decoded instanceof Promise) return decoded.then((body) => this.#whole(body));
    return this.#whole(decoded);
  }

  #whole({ bytes, truncated }: Decoded): HttpResponse {
    return this.#response(bytes, truncated);
  }

  #response(body: HttpResponse['body'], truncated: boolean): HttpResponse {
    const { url, call } = this.#request;
    const { status } = this;
    return new HttpResponse({ status, statusText: this.#statusText, fields: this.#fields, body, url, truncated }, call);
  }
}

const noBytes = new Uint8Array(0);

function limitOf({ streaming, policy }: Call, refused: boolean): number {
  return streaming && refused ? Math.min(policy.maxBodySize, errorBodyLimit) : policy.maxBodySize;
}
