// A page's request as text that is kept with its job, and back.
import type { PageRequest } from '../core/page-request.js';

export function written({ body, ...request }: PageRequest): string {
  return JSON.stringify({
    ...request,
    ...(body && { body: { base64: Buffer.from(body.bytes).toString('base64'), contentType: body.contentType } }),
  });
}

/** Members that were `undefined` are so again by being absent. */
export function read(text: string, url: string): PageRequest {
  const { body, ...request } = JSON.parse(text) as PageRequest & { body?: { base64: string; contentType?: string } };
  return {
    ...request,
    url,
    body: body && { bytes: Buffer.from(body.base64, 'base64'), contentType: body.contentType },
  };
}
