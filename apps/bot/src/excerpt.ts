/** The beginning of a body, however long the rest is. The rest is never read. */
import type { StreamingResponse } from 'errand';
import { codeBlock, plain } from './text.js';

const enough = 4096;

/** Text as a block of code in its language; for anything else, what and how much of it came. */
export async function excerpt(response: StreamingResponse): Promise<string> {
  const { start, whole } = await beginning(response);
  const type = response.headers.get('content-type') ?? '';
  if (start.length === 0) return 'empty';
  const language = /json|html|xml|css|javascript/.exec(type)?.[0];
  if (language === undefined && !type.startsWith('text/')) {
    return `${start.length}${whole ? '' : ' and more'} bytes of ${plain(type, 100) || 'unknown kind'}`;
  }
  return codeBlock(decode(start, /charset="?([\w.:-]+)/i.exec(type)?.[1]), language, 950);
}

async function beginning(response: StreamingResponse): Promise<{ start: Buffer; whole: boolean }> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response) {
    pieces.push(piece);
    size += piece.length;
    if (size > enough) return { start: Buffer.concat(pieces).subarray(0, enough), whole: false };
  }
  return { start: Buffer.concat(pieces), whole: true };
}

function decode(bytes: Uint8Array, charset = 'utf-8'): string {
  try {
    // As part of a stream: half a character at the cut is left out.
    return new TextDecoder(charset).decode(bytes, { stream: true });
  } catch {
    return new TextDecoder().decode(bytes, { stream: true });
  }
}
