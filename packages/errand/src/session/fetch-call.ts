// What a call of fetch asks for, read as the Fetch standard reads it. The platform checks the words; the body stays as it was
// given wherever it can be measured and sent again.
import { readUrl } from '../core/url.js';
import type { BodyInput } from './request-body.js';

export type FetchInput = Parameters<typeof globalThis.fetch>[0];

export interface FetchCall {
  /** Kept until the body is read: a Request's signal works no longer than the Request is there. */
  readonly input: FetchInput;
  /** Method, URL, headers and modes; its body is not read here, except where {@link body} is it. */
  readonly request: Request;
  /** The caller's own: following a Request's would leave a listener on it. */
  readonly signal: AbortSignal | undefined;
  readonly body: BodyInput | undefined;
  /** Whether the body comes out of a Request, which does not tell how long it is. */
  readonly unmeasured: boolean;
}

/** The members that fetch reads, own or inherited: a Request can be an init too. */
const members = [
  'method', 'headers', 'body', 'referrer', 'referrerPolicy', 'mode', 'credentials', 'cache', 'redirect', 'integrity',
  'keepalive', 'signal', 'duplex', 'window',
] as const; // biome-ignore format: a list

type Words = { [K in (typeof members)[number]]?: unknown };

/** @throws TypeError as the platform does, or where a relative URL leads to another origin than `base`. */
export function readFetchCall(input: FetchInput, init: RequestInit | undefined, base: URL | undefined): FetchCall {
  const target = input instanceof Request ? input : readTarget(input, base);
  const words = wordsOf(init);
  const said = words.headers ?? (input instanceof Request ? input.headers : undefined);
  const typed = said instanceof Headers && said.has('content-type');
  const own = words.body ?? undefined;
  const request = new Request(target, { ...words, signal: null } as RequestInit);
  const signal = words.signal === undefined ? (input instanceof Request ? input.signal : undefined) : words.signal;
  if (own instanceof FormData && !typed) request.headers.delete('content-type');
  const kept = own !== undefined && isKept(own);
  const body = kept ? (own as BodyInput) : ((request.body ?? undefined) as BodyInput | undefined);
  const unmeasured = body !== undefined && !kept && (own !== body || (init as unknown) instanceof Request);
  return { input, request, signal: (signal ?? undefined) as AbortSignal | undefined, body, unmeasured };
}

function wordsOf(init: unknown): Words {
  const words: Words = {};
  if (init === undefined || init === null) return words;
  if (typeof init !== 'object' && typeof init !== 'function')
    throw new TypeError(`init: expected an object, got ${typeof init}`);
  for (const name of members) {
    const value = (init as Words)[name];
    if (value !== undefined) words[name] = value;
  }
  // Read once: it may be an iterator.
  if (words.headers !== undefined)
    words.headers = new Headers(words.headers as ConstructorParameters<typeof Headers>[0]);
  return words;
}

/** @throws TypeError in our own words: the platform's show the whole URL with its secrets. */
function readTarget(input: string | URL, base: URL | undefined): URL {
  // The standard drops line ends and tabs where the session's own methods refuse them.
  const text = typeof input === 'string' ? input.replace(/[\t\r\n]/g, '') : input;
  const url = readUrl(text, base);
  if (base !== undefined && typeof text === 'string' && url.origin !== base.origin && !/^\s*https?:/i.test(text))
    throw new TypeError('url: a relative URL led to another origin than baseUrl');
  if (url.username !== '' || url.password !== '')
    throw new TypeError('url: fetch takes no URL with a user name or password; use the Authorization header');
  return url;
}

/** Bodies that the session can measure and send again by itself. */
function isKept(body: unknown): boolean {
  return (
    typeof body === 'string' ||
    body instanceof URLSearchParams ||
    body instanceof FormData ||
    body instanceof Blob ||
    body instanceof ArrayBuffer ||
    ArrayBuffer.isView(body)
  );
}

/** As much of a Request's body is looked at beforehand, bytes. */
const lookahead = 1_048_576;

/**
 * The body of a Request as bytes where all of it is there already, so that its length can be told and it can be sent again;
 * else the stream as it was.
 */
export async function measured(stream: ReadableStream<Uint8Array>): Promise<BodyInput> {
  const reader = stream.getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const next = reader.read();
    const result = await Promise.race([next, new Promise<undefined>((resolve) => setImmediate(resolve, undefined))]);
    if (result?.done) return Buffer.concat(pieces);
    if (result === undefined || length + result.value.length > lookahead) {
      next.catch(() => undefined);
      return rest(pieces, next, reader);
    }
    pieces.push(result.value);
    length += result.value.length;
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

async function* rest(
  pieces: readonly Uint8Array[],
  next: ReturnType<Reader['read']>,
  reader: Reader,
): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces;
    for (let result = await next; !result.done; result = await reader.read()) yield result.value;
  } finally {
    await reader.cancel();
  }
}
