// A request body on its way to the socket: counted, held to the length that was promised, and timed, so that a peer that
// stops reading is noticed.
import type { RequestBody } from '../core/body.js';
import type { Progress } from '../core/call.js';
import type { ErrandError } from '../errors.js';
import { callerFailure } from './failure.js';

/** Bodies in memory up to this size are written in one piece. */
export const onePiece = 65_536;

/** What is told of a body on its way out. */
export interface Sending {
  /** The peer has taken a piece. */
  advanced(): void;
  /** The whole body is written. */
  sent(): void;
}

/** Tells of a body that is written at once; what the telling failed with. */
export function tellOnePiece(body: RequestBody | undefined, onProgress: Progress | undefined): ErrandError | undefined {
  if (body?.bytes === undefined || onProgress === undefined) return undefined;
  const { length } = body.bytes;
  try {
    onProgress({ direction: 'up', bytes: length, total: length });
    return undefined;
  } catch (error) {
    return callerFailure('onProgress', error);
  }
}

/** The body in pieces that the peer takes one by one. */
export async function* outgoing(
  body: RequestBody,
  sending: Sending,
  onProgress: Progress | undefined,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  const total = body.length;
  try {
    for await (const piece of body.bytes === undefined ? body.open() : slices(body.bytes)) {
      if (piece.length === 0) continue;
      yield piece;
      bytes += piece.length;
      sending.advanced();
      onProgress?.({ direction: 'up', bytes, total });
    }
  } catch (error) {
    throw callerFailure('the request body', error);
  }
  sending.sent();
}

function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += onePiece) yield bytes.subarray(start, start + onePiece);
}
