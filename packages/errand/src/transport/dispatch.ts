// A request in the words of the client that sends it.
import type { Dispatcher } from 'undici';
import { indexOfField } from '../core/headers.js';
import type { HttpRequest } from '../core/request.js';
import { onePiece, outgoing, type Sending } from './outgoing.js';

/** How requests are worded on a session's connections. */
export interface Wording {
  path(request: HttpRequest): string;
  /** Fields that only the transport knows: Proxy-Authorization, an explicit Host. */
  fields(request: HttpRequest): readonly string[];
}

/** Whether the body is written at once, in one piece. */
export function isOnePiece({ body }: HttpRequest): boolean {
  return body === undefined || (body.bytes !== undefined && body.bytes.length <= onePiece);
}

/** `last`: the connection takes no request after this one. */
export function dispatchOptions(
  request: HttpRequest,
  wording: Wording,
  last: boolean,
  sending: Sending,
): Dispatcher.DispatchOptions {
  const { body } = request;
  const extra = wording.fields(request);
  let headers = extra.length === 0 ? request.fields : [...request.fields, ...extra];
  let payload: Uint8Array | AsyncIterable<Uint8Array> | null = null;
  if (body !== undefined) {
    const inOnePiece = isOnePiece(request);
    payload = inOnePiece ? (body.bytes as Uint8Array) : outgoing(body, sending, request.call.onProgress);
    if (!inOnePiece && body.length !== undefined && indexOfField(headers, 'content-length') < 0) {
      headers = [...headers, 'content-length', String(body.length)];
    }
  }
  const options = {
    path: wording.path(request),
    method: request.method,
    headers,
    body: payload,
    reset: last ? true : null,
  };
  return options as unknown as Dispatcher.DispatchOptions;
}
