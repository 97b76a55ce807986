// Files from the web as bytes, fetched through the session: guarded, bounded, and named after what they are. It never
// hands on a URL, a path, or a type that only the server claims.
import type { RequestOptions, Session } from 'errand';
import type { Attachment } from './command.js';
import { type Kind, kindOf } from './kinds.js';
import { safeFileName } from './reply.js';
import { viewpointOf } from './web.js';

const defaultLimit = 10 * 1024 * 1024;

/** Options of {@link attachment}. */
export interface AttachmentOptions extends RequestOptions {
  /** The file's name; its extension follows what the bytes are. @default the last part of the URL @example name: 'map' */
  name?: string;
  /** The largest size taken, in bytes. @default what the interaction allows, else 10 MiB @example maxSize: 1_000_000 */
  maxSize?: number;
}

/**
 * A file fetched through the guard, its kind told by its bytes. A larger one than `maxSize` is not read to its end and
 * rejects with BodyTooLargeError.
 * @example
 * return { files: [await attachment(web, 'https://example.com/map.png')] };
 */
export async function attachment(session: Session, url: string, options: AttachmentOptions = {}): Promise<Attachment> {
  const { name, maxSize, ...request } = options;
  const limit = maxSize ?? viewpointOf(session)?.attachmentSizeLimit ?? defaultLimit;
  if (!(limit > 0)) throw new TypeError(`maxSize: expected a number of bytes above 0, got ${String(maxSize)}`);
  const response = await session.get(url, { ...request, maxBodySize: limit });
  const bytes = await response.bytes();
  const kind = kindOf(bytes, response.headers.get('content-type'));
  const stem = safeFileName(name) ?? nameFromHeader(response.headers) ?? nameFromUrl(response.url) ?? 'file';
  return {
    name: withExtension(stem, kind),
    attachment: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    contentType: kind.contentType,
  };
}

function nameFromHeader(headers: Headers): string | undefined {
  const disposition = headers.get('content-disposition') ?? '';
  const extended = /;\s*filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(disposition)?.[1];
  const quoted = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(disposition);
  return safeFileName(decoded(extended) ?? quoted?.[1]?.replace(/\\(.)/g, '$1') ?? quoted?.[2]);
}

function nameFromUrl(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  return safeFileName(decoded(new URL(url).pathname));
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The name with an extension that is right for the kind; a wrong one is replaced. */
function withExtension(name: string, { extension, also = [] }: Kind): string {
  const dot = name.lastIndexOf('.');
  const own = dot > 0 && /^\.[a-z0-9]{1,8}$/i.test(name.slice(dot)) ? name.slice(dot).toLowerCase() : '';
  if (own === extension || also.includes(own)) return name;
  const stem = own === '' ? name : name.slice(0, dot);
  return `${stem || 'file'}${extension}`;
}
