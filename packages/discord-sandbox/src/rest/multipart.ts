/**
 * A `multipart/form-data` body, taken apart: strict, over bytes already bounded, in one pass. Throws on anything that
 * is not well formed; never guesses.
 */
import { badField } from '../refusal.js';

export interface Part {
  readonly name: string;
  readonly filename: string | undefined;
  readonly contentType: string | undefined;
  readonly data: Buffer;
}

const PARTS = 64;
const HEADER_BYTES = 8_192;
const CRLF = Buffer.from('\r\n');
const BLANK = Buffer.from('\r\n\r\n');

export function boundaryOf(contentType: string): string | undefined {
  const match = /;\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;,"]{1,70}))/i.exec(contentType);
  return match?.[1] ?? match?.[2];
}

export function parseMultipart(body: Buffer, boundary: string): Part[] {
  const opening = Buffer.from(`--${boundary}`);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  if (!body.subarray(0, opening.length).equals(opening)) throw malformed('it does not start with its boundary');
  const parts: Part[] = [];
  let at = opening.length;
  while (true) {
    if (body.toString('latin1', at, at + 2) === '--') return parts;
    if (!body.subarray(at, at + 2).equals(CRLF)) throw malformed('a boundary is not followed by a line end');
    if (parts.length === PARTS) throw malformed(`it has more than ${PARTS} parts`);
    const end = body.indexOf(delimiter, at);
    if (end < 0) throw malformed('it ends in the middle of a part');
    parts.push(readPart(body.subarray(at + 2, end)));
    at = end + delimiter.length;
  }
}

function readPart(part: Buffer): Part {
  const blank = part.indexOf(BLANK);
  if (blank < 0 || blank > HEADER_BYTES) throw malformed('a part has no headers');
  const headers = new Map<string, string>();
  for (const line of part.toString('utf8', 0, blank).split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0) throw malformed('a header of a part has no name');
    headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  const disposition = headers.get('content-disposition') ?? '';
  const name = /^form-data\b/i.test(disposition) ? parameter(disposition, 'name') : undefined;
  if (name === undefined) throw malformed('a part has no name');
  return {
    name,
    filename: extended(disposition) ?? parameter(disposition, 'filename'),
    contentType: headers.get('content-type'),
    data: part.subarray(blank + BLANK.length),
  };
}

/** As browsers and undici write it: quotes and line ends percent-encoded; backslashes before quotes are undone too. */
function parameter(disposition: string, key: string): string | undefined {
  const match = new RegExp(`;\\s*${key}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;"]+))`, 'i').exec(disposition);
  const text = match?.[1]?.replace(/\\(["\\])/g, '$1') ?? match?.[2];
  return text?.replace(/%22/g, '"').replace(/%0D/gi, '\r').replace(/%0A/gi, '\n');
}

function extended(disposition: string): string | undefined {
  const encoded = /;\s*filename\*=utf-8''([^\s;]+)/i.exec(disposition)?.[1];
  if (encoded === undefined) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw malformed('a file name is not well encoded');
  }
}

function malformed(why: string): Error {
  return badField(['multipart'], 'MULTIPART_MALFORMED', `The multipart body is malformed: ${why}.`);
}
