// What a scripted host answers: the words of a test, turned into a head and pieces of a body, or into a failure.
import { type HeadersInput, type ResponseFields, readHeaders } from '../core/headers.js';
import { ConnectError, DisconnectedError, DnsError, ProtocolError, TlsError } from '../errors.js';
import type { Duration } from '../kit/duration.js';

/**
 * How an exchange fails: `dns`, `refused` and `tls` before anything is sent, `reset` after the request was sent,
 * `protocol` with an answer that is not HTTP.
 */
export type Failure = 'dns' | 'refused' | 'tls' | 'reset' | 'protocol';

/** A scripted answer. At most one of `json`, `text`, `html`, `body`, or a `fail` in place of them. */
export interface ReplyInit {
  /** @default 200 */
  status?: number;
  statusText?: string;
  headers?: HeadersInput;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as text/plain. */
  text?: string;
  /** Sent as text/html. */
  html?: string;
  /** Bytes, or pieces that come as they are taken; pieces that throw are a connection that breaks in the middle of the body. */
  body?: string | Uint8Array | Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;
  /** How long the head is waited for; more than `timeout.headers` is a TimeoutError of that phase. @default 0 */
  delay?: Duration;
  /** The exchange fails in this way, or with the error that a function returns. */
  fail?: Failure | (() => Error);
}

/** A number is a status without a body. */
export type Reply = number | ReplyInit;

const failures: Record<Failure, (host: string) => Error> = {
  dns: (host) => new DnsError(`${host} could not be resolved (scripted)`),
  refused: (host) => new ConnectError(`${host} refused the connection (scripted)`),
  tls: (host) => new TlsError(`the certificate of ${host} is not acceptable (scripted)`),
  reset: (host) => new DisconnectedError(`${host} closed the connection before it answered (scripted)`),
  protocol: (host) => new ProtocolError(`the answer of ${host} is not HTTP (scripted)`),
};

const beforeSending = new Set<unknown>(['dns', 'refused', 'tls']);

/** Whether the request is never sent. */
export function failsUnsent(reply: Reply): boolean {
  return typeof reply === 'object' && beforeSending.has(reply.fail);
}

/** The failure that the reply is; undefined where it is an answer. */
export function failureOf(reply: ReplyInit, host: string): Error | undefined {
  const { fail } = reply;
  if (fail === undefined) return undefined;
  return typeof fail === 'function' ? fail() : failures[fail](host);
}

/** An answer as it would come over a connection. */
export interface Answer {
  readonly status: number;
  readonly statusText: string;
  readonly fields: ResponseFields;
  readonly pieces: AsyncIterable<Uint8Array>;
}

/** @throws TypeError where the reply is none. */
export function answerOf(reply: ReplyInit): Answer {
  const { status = 200, statusText = '', headers } = reply;
  const { bytes, pieces, type } = bodyOf(reply);
  const fields: Record<string, string | string[]> = Object.create(null);
  const list = readHeaders(headers);
  for (let index = 0; index < list.length; index += 2) {
    const name = (list[index] as string).toLowerCase();
    const before = fields[name];
    const value = list[index + 1] as string;
    fields[name] = before === undefined ? value : [before, value].flat();
  }
  if (type !== undefined) fields['content-type'] ??= type;
  if (bytes !== undefined) fields['content-length'] ??= String(bytes.length);
  return { status, statusText, fields, pieces: pieces ?? once(bytes as Uint8Array) };
}

interface ReplyBody {
  readonly bytes?: Uint8Array;
  readonly pieces?: AsyncIterable<Uint8Array>;
  readonly type?: string;
}

function bodyOf(reply: ReplyInit): ReplyBody {
  const { json, text, html, body } = reply;
  const given = (['json', 'text', 'html', 'body'] as const).filter((name) => reply[name] !== undefined);
  if (given.length > 1) throw new TypeError(`reply: expected one body, got ${given.join(' and ')}`);
  if (json !== undefined) return { bytes: encode(JSON.stringify(json)), type: 'application/json' };
  if (text !== undefined) return { bytes: encode(text), type: 'text/plain; charset=utf-8' };
  if (html !== undefined) return { bytes: encode(html), type: 'text/html; charset=utf-8' };
  if (body === undefined) return { bytes: new Uint8Array(0) };
  if (typeof body === 'string' || body instanceof Uint8Array) return { bytes: encode(body) };
  if (typeof body === 'object' && (Symbol.asyncIterator in body || Symbol.iterator in body))
    return { pieces: encoded(body) };
  throw new TypeError('reply: expected a body of text, bytes, or pieces of them');
}

function encode(piece: string | Uint8Array): Uint8Array {
  return typeof piece === 'string' ? new TextEncoder().encode(piece) : piece;
}

async function* encoded(pieces: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>) {
  for await (const piece of pieces) yield encode(piece);
}

async function* once(bytes: Uint8Array) {
  if (bytes.length > 0) yield bytes;
}
