// Calls and answers for tests of single middleware: the real Call, HttpRequest and HttpResponse over a handler that the
// test scripts, without sockets.
import type { BodySource, RequestBody } from '../../src/core/body.js';
import { Call, type CallInit } from '../../src/core/call.js';
import { type FieldList, noFields, type ResponseFields } from '../../src/core/headers.js';
import type { Policy } from '../../src/core/policy.js';
import { HttpRequest } from '../../src/core/request.js';
import { HttpResponse, type Readings } from '../../src/core/response.js';

const unread = () => Promise.reject(new Error('this test reads no bodies'));
export const readings: Readings = {
  text: async (response) => new TextDecoder().decode(response.bytesCollected),
  json: async (response) => JSON.parse(new TextDecoder().decode(response.bytesCollected)) as unknown,
  select: unread,
  extract: unread,
};

const noLimit = Number.POSITIVE_INFINITY;

export function policyOf(change: Partial<Policy> = {}): Policy {
  return {
    timeouts: { total: noLimit, queue: noLimit, connect: noLimit, headers: noLimit, idle: noLimit },
    retry: undefined,
    redirect: { mode: 'follow', max: 10, allowDowngrade: false },
    guard: undefined,
    cache: 'default',
    dedupe: true,
    proxy: undefined,
    identity: undefined,
    cookies: undefined,
    credentials: true,
    maxBodySize: noLimit,
    throwHttpErrors: true,
    ...change,
  };
}

interface Asked extends Partial<Omit<CallInit, 'policy' | 'url'>> {
  readonly policy?: Partial<Policy>;
  readonly fields?: FieldList;
  readonly body?: RequestBody;
}

/** A request as the session would make it, with a call that has begun. */
export function requestTo(url: string, asked: Asked = {}): HttpRequest {
  const { policy, fields = noFields, body, method = 'GET', streaming = false, ...rest } = asked;
  const target = new URL(url);
  const call = new Call({ ...rest, method, url: target, streaming, readings, policy: policyOf(policy) });
  call.begin();
  return new HttpRequest(method, target, fields, body, call);
}

export function answer(
  request: HttpRequest,
  status: number,
  fields: ResponseFields = {},
  body: string | Uint8Array | BodySource = '',
): HttpResponse {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return new HttpResponse({ status, statusText: '', fields, body: bytes, url: request.url }, request.call);
}

/** A body of bytes, replayable or not. */
export function bodyOf(text: string, replayable = true): RequestBody {
  const bytes = new TextEncoder().encode(text);
  return {
    type: undefined,
    length: bytes.length,
    replayable,
    bytes: replayable ? bytes : undefined,
    async *open() {
      yield bytes;
    },
  };
}

/** A response body that comes in the given pieces, and tells how it was treated. */
export class Pieces implements BodySource {
  readonly #pieces: Uint8Array[];
  pulls = 0;
  closed = false;

  constructor(...pieces: string[]) {
    this.#pieces = pieces.map((piece) => new TextEncoder().encode(piece));
  }

  async pull(): Promise<Uint8Array | undefined> {
    this.pulls++;
    return this.#pieces.shift();
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}
