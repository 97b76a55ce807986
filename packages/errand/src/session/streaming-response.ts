// A response whose body the caller reads as it comes. However the caller leaves, the connection is given back.
import type { UnderlyingByteSource } from 'node:stream/web';
import type { BodySource } from '../core/body.js';
import type { Hop } from '../core/call.js';
import type { HttpResponse } from '../core/response.js';
import type { RequestTrace } from '../core/trace.js';

export class StreamingResponse implements AsyncDisposable, AsyncIterable<Uint8Array> {
  readonly #response: HttpResponse;
  readonly #source: BodySource;
  #body: ReadableStream<Uint8Array> | undefined;
  #taken = false;

  /** @internal Sessions make these. */
  constructor(response: HttpResponse, source: BodySource) {
    this.#response = response;
    this.#source = source;
  }

  get status(): number {
    return this.#response.status;
  }
  get statusText(): string {
    return this.#response.statusText;
  }
  /** 200–299. */
  get ok(): boolean {
    return this.#response.ok;
  }
  /** After redirects. */
  get url(): string {
    return this.#response.url;
  }
  get headers(): Headers {
    return this.#response.headers;
  }
  get history(): ReadonlyArray<Hop> {
    return this.#response.history;
  }
  get trace(): RequestTrace {
    return this.#response.call.trace();
  }

  /** The decoded body as a web stream; backpressure reaches the socket. */
  get body(): ReadableStream<Uint8Array> {
    this.#body ??= webStream(this.#take());
    return this.#body;
  }

  /** The decoded body, piece by piece; leaving the loop early gives the connection back. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const source = this.#take();
    try {
      for (let piece = await source.pull(); piece !== undefined; piece = await source.pull()) yield piece;
    } finally {
      await source.close();
    }
  }

  /** The body as UTF-8 lines without their ends (`\n`, `\r\n` or `\r`). A last line without an end counts too. */
  async *lines(): AsyncGenerator<string, void, undefined> {
    const decoder = new TextDecoder();
    let begun = '';
    let halfEnd = false;
    for await (const piece of this) {
      let text = decoder.decode(piece, { stream: true });
      if (text === '') continue;
      // The other half of an \r\n whose first half ended the last piece.
      if (halfEnd && text.startsWith('\n')) text = text.slice(1);
      halfEnd = text.endsWith('\r');
      const lines = text.split(/\r\n|\n|\r/);
      lines[0] = begun + lines[0];
      begun = lines.pop() as string;
      yield* lines;
    }
    begun += decoder.decode();
    if (begun !== '') yield begun;
  }

  /** Gives the connection back: drained when little is left, else closed. */
  close(): Promise<void> {
    return this.#source.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #take(): BodySource {
    if (this.#taken) throw new TypeError('the body of this response is being read already');
    this.#taken = true;
    return this.#source;
  }
}

/** A byte source as the platform's stream, pulled one piece at a time. */
export function webStream(source: BodySource): ReadableStream<Uint8Array> {
  const byteSource: UnderlyingByteSource = {
    type: 'bytes',
    async pull(controller: ReadableByteStreamController) {
      let piece = await source.pull();
      while (piece !== undefined && piece.length === 0) piece = await source.pull();
      if (piece === undefined) {
        controller.close();
        controller.byobRequest?.respond(0);
      } else {
        // The stream takes the buffer over, and the parser's buffers hold more than this piece.
        controller.enqueue(new Uint8Array(piece));
      }
    },
    cancel: () => source.close(),
  };
  return new ReadableStream(byteSource, { highWaterMark: 0 }) as ReadableStream<Uint8Array>;
}
