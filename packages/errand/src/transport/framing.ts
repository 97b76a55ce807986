// What a response head says about its body, checked where the parser is lax (RFC 9112 6): a message whose length could be
// read in two ways is not a message.
import { type ResponseFields, responseField } from '../core/headers.js';
import { hasNoBody } from '../core/status.js';
import { ProtocolError } from '../errors.js';

/** How the end of a body is known. */
export type Framing = 'none' | 'length' | 'chunked' | 'close';

/**
 * @throws ProtocolError where the head is contradictory.
 */
export function readFraming(method: string, status: number, fields: ResponseFields): Framing {
  const coding = responseField(fields, 'transfer-encoding');
  const length = responseField(fields, 'content-length');
  if (coding !== undefined && length !== undefined) {
    throw new ProtocolError('the response has both Transfer-Encoding and Content-Length');
  }
  if (hasNoBody(method, status)) return 'none';
  if (coding !== undefined) {
    const name = coding.toLowerCase();
    if (name === 'chunked') return 'chunked';
    if (name === 'identity') return 'close';
    throw new ProtocolError(`the response has the transfer coding '${coding.slice(0, 40)}', which was not asked for`);
  }
  return length === undefined ? 'close' : 'length';
}

/** How many requests the server says it will still take on the connection; undefined where it does not say. */
export function remainingRequests(fields: ResponseFields): number | undefined {
  const said = responseField(fields, 'keep-alive');
  const match = said === undefined ? null : /(?:^|[,;\s])max=(\d+)/i.exec(said);
  return match === null ? undefined : Number(match[1]);
}
