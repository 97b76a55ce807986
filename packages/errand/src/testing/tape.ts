// Exchanges in a file, one a line: written by a recording, read by a replay. What is known to be secret never gets in:
// credentials, cookies, and the values of secret query names are `***`.
import { isUtf8 } from 'node:buffer';
import { type FieldList, isFraming, type ResponseFields } from '../core/headers.js';
import { showUrl } from '../core/redact.js';
import type { HttpRequest } from '../core/request.js';
import { ErrandError, TimeoutError } from '../errors.js';

/** The first line of a tape. */
export const tapeHead = { format: 'errand-tape', version: 1 } as const;

/** One exchange, as it stands in a line. */
export interface TapeEntry {
  readonly method: string;
  /** Without userinfo; the values of secret query names are `***`. */
  readonly url: string;
  readonly requestHeaders: Array<[string, string]>;
  readonly status?: number;
  readonly statusText?: string;
  readonly headers?: Array<[string, string]>;
  readonly body?: string;
  /** @default 'utf8' */
  readonly encoding?: 'base64';
  /** The reader left before the end of the body. */
  readonly cut?: true;
  /** Bytes of a body that was too long to be kept. */
  readonly omitted?: number;
  /** How the exchange failed. */
  readonly error?: TapeError;
}

export interface TapeError {
  readonly code: string;
  readonly message: string;
  readonly [fact: string]: unknown;
}

/** Failures of exchanges; what a session or its caller decides about them is not the tape's. */
export const failureCodes = [
  'ERRAND_DNS',
  'ERRAND_CONNECT',
  'ERRAND_TLS',
  'ERRAND_PROXY',
  'ERRAND_DISCONNECTED',
  'ERRAND_PROTOCOL',
  'ERRAND_DECODE',
  'ERRAND_TIMEOUT',
] as const;

export type FailureCode = (typeof failureCodes)[number];

/** The failure as plain facts; undefined where it is none of the exchange's own. */
export function failureFacts(error: unknown): TapeError | undefined {
  if (!(error instanceof ErrandError) || !failureCodes.some((code) => code === error.code)) return undefined;
  if (error instanceof TimeoutError && error.phase === 'total') return undefined;
  const facts = Object.entries(error.toJSON()).filter(([name]) => !callFacts.has(name));
  return { ...Object.fromEntries(facts), code: error.code, message: error.message };
}

const callFacts = new Set(['name', 'method', 'url', 'attempts', 'elapsed', 'cause']);

const secretHeader =
  /^(?:authorization|proxy-authorization|cookie)$|(?:key|token|secret|signature|password|auth|session)$/i;
const secretParameter = /([?&;][^=&;\s"'<>]*(?:key|token|secret|signature|sig|password|auth|code))=([^&;\s"'<>,]+)/gi;

export function requestFacts(request: HttpRequest): Pick<TapeEntry, 'method' | 'url' | 'requestHeaders'> {
  return { method: request.method, url: showUrl(request.url), requestHeaders: redacted(request.fields) };
}

function redacted(fields: FieldList): Array<[string, string]> {
  const pairs: Array<[string, string]> = [];
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] as string;
    pairs.push([name, secretHeader.test(name) ? '***' : shown(fields[index + 1] as string)]);
  }
  return pairs;
}

/** The head of a response, whose body is kept as it was once decoded. */
export function responseHeaders(fields: ResponseFields): Array<[string, string]> {
  const pairs: Array<[string, string]> = [];
  for (const name of Object.keys(fields)) {
    if (isFraming(name) || name === 'content-encoding' || name === 'content-length') continue;
    for (const value of [fields[name] as string | string[]].flat()) {
      if (name === 'set-cookie') pairs.push([name, value.replace(/^([^=;]*)=[^;]*/, '$1=***')]);
      else pairs.push([name, secretHeader.test(name) ? '***' : shown(value)]);
    }
  }
  return pairs;
}

function shown(value: string): string {
  return value.replace(secretParameter, '$1=***');
}

export function writeBody(bytes: Uint8Array): Pick<TapeEntry, 'body' | 'encoding'> {
  if (isUtf8(bytes)) return { body: Buffer.from(bytes).toString('utf8') };
  return { body: Buffer.from(bytes).toString('base64'), encoding: 'base64' };
}

export function readBody({
  body = '',
  encoding = 'utf8',
}: {
  body?: string;
  encoding?: 'utf8' | 'base64';
}): Uint8Array {
  return Buffer.from(body, encoding);
}
