/**
 * The bytes behind attachments, as Discord's CDN keeps them, with an address for each. Says what a file is by its
 * first bytes or its name, never by what its sender claims alone.
 */
import type { APIAttachment } from 'discord-api-types/v10';
import type { Snowflakes } from '../snowflake.js';
import { imageSize, kindByBytes, kindByName } from './file-kinds.js';

export interface Upload {
  readonly filename: string;
  readonly data: Buffer;
  readonly contentType?: string;
  readonly description?: string;
  readonly spoiler?: boolean;
}

export interface StoredFile {
  readonly attachment: APIAttachment;
  readonly data: Buffer;
}

export class Files {
  readonly #ids: Snowflakes;
  readonly #files = new Map<string, StoredFile>();
  /** Where the CDN answers, e.g. `http://127.0.0.1:4000/cdn`. */
  base = '';

  constructor(ids: Snowflakes) {
    this.#ids = ids;
  }

  store(upload: Upload, folder: 'attachments' | 'ephemeral-attachments', channelId: string): APIAttachment {
    const id = this.#ids.next();
    const filename = safeName(upload.filename);
    const contentType = kindByBytes(upload.data) ?? kindByName(filename) ?? plainKind(upload.contentType);
    const size = imageSize(upload.data);
    const url = `${this.base}/${folder}/${channelId}/${id}/${encodeURIComponent(filename)}`;
    const attachment: APIAttachment = {
      id,
      filename,
      size: upload.data.length,
      url,
      proxy_url: url,
      ...(contentType === undefined ? {} : { content_type: contentType }),
      ...(size ?? {}),
      ...(upload.description === undefined ? {} : { description: upload.description }),
      ...(folder === 'ephemeral-attachments' ? { ephemeral: true } : {}),
    };
    this.#files.set(id, { attachment, data: upload.data });
    return attachment;
  }

  get(id: string): StoredFile | undefined {
    return this.#files.get(id);
  }

  drop(id: string): void {
    this.#files.delete(id);
  }
}

/** Discord keeps letters, digits, `.`, `-` and `_` of a name, and no path. */
function safeName(name: string): string {
  const base = name.split(/[\\/]/).at(-1) ?? '';
  const kept = base
    .replace(/\s+/g, '_')
    .replace(/[^\p{L}\p{N}._-]/gu, '')
    .replace(/^\.+/, '');
  return kept.slice(-255) || 'unknown';
}

function plainKind(claimed: string | undefined): string | undefined {
  return claimed !== undefined && /^[\w.+-]+\/[\w.+-]+(?:;\s*charset=[\w-]+)?$/.test(claimed) ? claimed : undefined;
}
