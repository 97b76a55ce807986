// Reads the status lines that come in on a connection before the parser does: it refuses what is not HTTP/1.x with a
// three-digit status, and takes interim (1xx) responses out, so that none of them, asked for or not, disturbs the answer.
// It never touches a byte of a body.
import { ProtocolError } from '../errors.js';

/** As many interim responses as one request may get. */
const maxInterim = 100;
/** "HTTP/1.1 200" and the character behind it. */
const lineLength = 13;
/** As long as an interim head may be, in bytes. */
const maxInterimHead = 16_384;
const template = Buffer.from('HTTP/1.');
const empty = Buffer.alloc(0);

export class HeadFilter {
  #expecting = false;
  #interim = 0;
  #held: Buffer = empty;

  /** A request was sent: the next bytes begin a head. */
  expect(): void {
    this.#expecting = true;
    this.#interim = 0;
    this.#held = empty;
  }

  /** The head has come, or nothing is asked for: bytes pass as they are. */
  rest(): void {
    this.#expecting = false;
    this.#held = empty;
  }

  get expecting(): boolean {
    return this.#expecting;
  }

  /**
   * What of these bytes is for the parser; empty while the beginning of a head is incomplete.
   * @throws ProtocolError where they begin no acceptable head.
   */
  pass(chunk: Buffer): Buffer {
    let bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = empty;
    while (this.#expecting) {
      const start = skipBlank(bytes);
      if (bytes.length - start < lineLength) {
        checkBeginning(bytes, start);
        this.#held = bytes;
        return empty;
      }
      checkBeginning(bytes, start);
      const status = readStatus(bytes, start);
      if (status >= 200) {
        this.#expecting = false;
        return start === 0 ? bytes : bytes.subarray(start);
      }
      const rest = this.#takeInterim(bytes, start, status);
      if (rest === undefined) return empty;
      bytes = rest;
    }
    return bytes;
  }

  /** What follows the interim head; undefined while it is incomplete. */
  #takeInterim(bytes: Buffer, start: number, status: number): Buffer | undefined {
    if (status === 101) throw new ProtocolError('the server switched protocols without being asked to');
    const end = bytes.indexOf('\r\n\r\n', start, 'latin1');
    if (end < 0) {
      if (bytes.length - start > maxInterimHead) throw new ProtocolError('an interim response head has no end');
      this.#held = bytes;
      return undefined;
    }
    if (++this.#interim > maxInterim) throw new ProtocolError(`more than ${maxInterim} interim responses`);
    return bytes.subarray(end + 4);
  }
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
