/**
 * A request's body: read within Discord's 25 MiB, as JSON or as multipart with `payload_json` and `files[n]`.
 * Never holds more than the limit, however much is sent.
 */
import type { IncomingMessage } from 'node:http';
import { Refusal, refuse } from '../refusal.js';
import { ATTACHMENT_LIMIT } from '../world/invoke.js';
import { boundaryOf, type Part, parseMultipart } from './multipart.js';

const REQUEST_LIMIT = 25 * 1024 * 1024;

/** A file as it came: `files[2]` has index '2'. */
export interface IncomingFile {
  readonly index: string;
  readonly filename: string;
  readonly contentType: string | undefined;
  readonly data: Buffer;
}

export interface Body {
  readonly json: unknown;
  readonly files: readonly IncomingFile[];
}

export async function readBody(request: IncomingMessage): Promise<Body> {
  if (Number(request.headers['content-length'] ?? 0) > REQUEST_LIMIT) throw refuse.tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  // The connection must outlive a refusal, or the caller would see a reset instead of it.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > REQUEST_LIMIT) throw refuse.tooLarge();
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks, size);
  const type = request.headers['content-type'] ?? '';
  if (/^multipart\/form-data\b/i.test(type)) return fromParts(parseMultipart(bytes, boundary(type)));
  if (bytes.length === 0) return { json: undefined, files: [] };
  if (!/^application\/json\b/i.test(type)) {
    throw new Refusal(400, 50035, 'Invalid Form Body', {
      _errors: [
        {
          code: 'CONTENT_TYPE_INVALID',
          message: 'Expected "Content-Type" header to be one of {application/json, multipart/form-data}.',
        },
      ],
    });
  }
  return { json: parse(bytes), files: [] };
}

function boundary(type: string): string {
  const found = boundaryOf(type);
  if (found === undefined) throw new Refusal(400, 50035, 'Invalid Form Body: the multipart boundary is missing');
  return found;
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw refuse.badJson();
  }
}

function fromParts(parts: readonly Part[]): Body {
  const payload = parts.find((part) => part.name === 'payload_json');
  const json = payload
    ? parse(payload.data)
    : Object.fromEntries(parts.filter(isText).map((part) => [part.name, part.data.toString('utf8')]));
  const files = parts.filter((part) => part.filename !== undefined && part !== payload).map(fileOf);
  if (files.some((file) => file.data.length > ATTACHMENT_LIMIT)) throw refuse.tooLarge();
  return { json, files };
}

function isText(part: Part): boolean {
  return part.filename === undefined;
}

function fileOf(part: Part, position: number): IncomingFile {
  return {
    index: /^files\[(\d{1,3})\]$/.exec(part.name)?.[1] ?? String(position),
    filename: part.filename!,
    contentType: part.contentType,
    data: part.data,
  };
}
