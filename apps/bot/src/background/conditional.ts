/** Asks for a page only if it changed since the last look, by the marks that the server gave it then. */
import type { HttpResponse, RequestOptions, Session } from 'errand';
import { z } from 'zod';
import { DocumentError } from '../documents/read.js';

export const Marks = z.object({ etag: z.string().optional(), modified: z.string().optional() });
export type Marks = z.infer<typeof Marks>;

export interface Changed {
  readonly response: HttpResponse;
  readonly marks: Marks;
}

/** Undefined: it is as it was. */
export async function getChanged(
  web: Session,
  url: string,
  before: Marks,
  options: RequestOptions,
): Promise<Changed | undefined> {
  const headers = {
    ...(before.etag !== undefined && { 'if-none-match': before.etag }),
    ...(before.modified !== undefined && { 'if-modified-since': before.modified }),
  };
  const response = await web.get(url, { maxBodySize: '1mb', cache: false, ...options, headers });
  if (response.status === 304) return undefined;
  const etag = response.headers.get('etag') ?? undefined;
  const modified = response.headers.get('last-modified') ?? undefined;
  return { response, marks: { ...(etag !== undefined && { etag }), ...(modified !== undefined && { modified }) } };
}

export async function getFirst(web: Session, url: string): Promise<Changed> {
  const first = await getChanged(web, url, {}, {});
  if (first === undefined) throw new DocumentError('The site sent no page, only “not modified”.');
  return first;
}
