// Reads the heads that come in on a connection before the parser does: it refuses what is not HTTP/1.x with a three-digit
// status, or longer than a head may be, and takes interim (1xx) responses out, so that none of them, asked for or not,
// disturbs the answer. It never touches a byte of a body.
import { ProtocolError } from '../errors.js';

/** As many interim responses as one request may get. */
const maxInterim = 100;
/** As long as an interim head may be, in bytes. */
const maxInterimHead = 16_384;
/** As many fields as a head may have, however long it may be. */
const maxFields = 1_000;
/** No field takes fewer bytes, its line end included. */
const shortestField = 4;
/** "HTTP/1.1 200" and the character behind it. */
const lineLength = 13;
const lineEnd = 0x0a;
const template = Buffer.from('HTTP/1.');
const headEnd = Buffer.from('\r\n\r\n');
const empty = Buffer.alloc(0);

export class HeadFilter {
  readonly #maxLength: number;
  /** What the next bytes belong to: nothing that is looked at, a status line, or the fields behind it. */
  #stage: 'rest' | 'line' | 'fields' = 'rest';
  #interim = 0;
  #held: Buffer = empty;
  #length = 0;
  #lines = 0;
  /** The last bytes that were let through, among which the head's end may have begun. */
  #tail: Buffer = empty;

  /** @param maxLength Bytes of a head. */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** A request was sent: the next bytes begin a head. */
  expect(): void {
    this.#stage = 'line';
    this.#interim = 0;
    this.#held = empty;
    this.#length = 0;
    this.#lines = 0;
    this.#tail = empty;
  }

  /** The head has come, or nothing is asked for: bytes pass as they are. */
  rest(): void {
    this.#stage = 'rest';
    this.#held = empty;
  }

  get expecting(): boolean {
    return this.#stage !== 'rest';
  }

  /**
   * What of these bytes is for the parser; empty while a status line or an interim head is incomplete.
   * @throws ProtocolError where they are part of no acceptable head.
   */
  pass(chunk: Buffer): Buffer {
    let bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = empty;
    while (this.#stage === 'line') {
      const start = skipBlank(bytes);
      checkBeginning(bytes, start);
      if (bytes.length - start < lineLength) return this.#hold(bytes);
      const status = readStatus(bytes, start);
      if (status < 200) {
        const rest = this.#takeInterim(bytes, start, status);
        if (rest === undefined) return empty;
        bytes = rest;
      } else {
        if (start > 0) bytes = bytes.subarray(start);
        const end = bytes.indexOf(headEnd);
        // The parser tells a reason phrase in as many parts as it comes in, so it gets it in one.
        if (end < 0 && !bytes.includes(lineEnd)) {
          if (bytes.length > this.#maxLength) throw tooLong();
          return this.#hold(bytes);
        }
        this.#stage = 'fields';
        this.#measure(bytes, end < 0 ? end : end + headEnd.length);
        return bytes;
      }
    }
    if (this.#stage === 'fields') this.#measure(bytes, this.#endOfHead(bytes));
    return bytes;
  }

  #hold(bytes: Buffer): Buffer {
    this.#held = bytes;
    return empty;
  }

  /** Counts what belongs to the head, which ends before `end`; negative where it goes on. */
  #measure(bytes: Buffer, end: number): void {
    const length = end < 0 ? bytes.length : end;
    this.#length += length;
    if (this.#length > this.#maxLength) throw tooLong();
    if (end < 0 || this.#length > maxFields * shortestField) {
      for (let at = bytes.indexOf(lineEnd); at >= 0 && at < length; at = bytes.indexOf(lineEnd, at + 1)) this.#lines++;
      // Beside the fields: the status line, and the empty line at the end.
      if (this.#lines > maxFields + 2) throw new ProtocolError(`the response has more than ${maxFields} header fields`);
    }
    if (end < 0) this.#tail = Buffer.concat([this.#tail, bytes.subarray(-3)]).subarray(-3);
    else this.#stage = 'rest';
  }

  /** Where the head ends in bytes that go on with it; -1 where it does not. */
  #endOfHead(bytes: Buffer): number {
    const tail = this.#tail;
    const seam = Buffer.concat([tail, bytes.subarray(0, 3)]).indexOf(headEnd);
    if (seam >= 0) return seam + headEnd.length - tail.length;
    const end = bytes.indexOf(headEnd);
    return end < 0 ? end : end + headEnd.length;
  }

  /** What follows the interim head; undefined while it is incomplete. */
  #takeInterim(bytes: Buffer, start: number, status: number): Buffer | undefined {
    if (status === 101) throw new ProtocolError('the server switched protocols without being asked to');
    const end = bytes.indexOf(headEnd, start);
    if (end < 0) {
      if (bytes.length - start > maxInterimHead) throw new ProtocolError('an interim response head has no end');
      this.#held = bytes;
      return undefined;
    }
    if (++this.#interim > maxInterim) throw new ProtocolError(`more than ${maxInterim} interim responses`);
    return bytes.subarray(end + headEnd.length);
  }
}

function tooLong(): ProtocolError {
  return new ProtocolError('the response head is longer than maxHeaderSize');
}

/** Behind the empty lines that some servers send before a status line (RFC 9112 2.2). */
function skipBlank(bytes: Buffer): number {
  let start = 0;
  while (start < 4 && (bytes[start] === 0x0d || bytes[start] === 0x0a)) start++;
  return start;
}

function checkBeginning(bytes: Buffer, start: number): void {
  const length = Math.min(template.length, bytes.length - start);
  for (let index = 0; index < length; index++) {
    if (bytes[start + index] !== template[index]) throw notHttp(bytes, start);
  }
}

function readStatus(bytes: Buffer, start: number): number {
  const after = bytes[start + 12];
  const status = digit(bytes[start + 9]) * 100 + digit(bytes[start + 10]) * 10 + digit(bytes[start + 11]);
  const wellFormed =
    digit(bytes[start + 7]) >= 0 && bytes[start + 8] === 0x20 && (after === 0x20 || after === 0x0d || after === 0x0a);
  if (!wellFormed || !(status >= 100)) throw notHttp(bytes, start);
  return status;
}

/** NaN where it is no digit, so that whatever is computed with it is no number either. */
function digit(byte: number | undefined): number {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : Number.NaN;
}

function notHttp(bytes: Buffer, start: number): ProtocolError {
  const shown = bytes
    .subarray(start, start + 24)
    .toString('latin1')
    .replace(/[^\x20-\x7e]/g, '·');
  return new ProtocolError(`the answer does not begin with an HTTP/1.x status line but with '${shown}'`);
}
