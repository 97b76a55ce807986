// What makes two calls ask for the same page: all that the target or the browser could tell apart, and nothing of what is
// done with the page afterwards.
import { createHash } from 'node:crypto';
import type { PageRequest } from '../core/page-request.js';

/** Only what changes nothing at the target, and is asked for without a body, has copies. */
export function mayBeCopied({ method, body, cacheTtl }: PageRequest): boolean {
  return cacheTtl > 0 && method === 'GET' && body === undefined;
}

/** @param owner Whose sticky sessions are meant. */
export function copyKey(request: PageRequest, owner: string): string {
  const { format, render, session } = request;
  const asked = [
    request.url,
    request.headers.map(([name, value]) => [name.toLowerCase(), value]),
    request.cookies,
    request.referer,
    render,
    render === false ? undefined : request.rendering,
    format === 'pdf' || format === 'screenshot' ? format : undefined,
    session === undefined ? undefined : [owner, session],
    request.country,
    request.pool,
    request.device,
    request.browser,
    request.locale,
    request.followRedirect,
    request.retry404,
    request.maxBytes,
    request.truncate,
    request.robots,
    request.onCaptcha,
  ];
  // In a list, what is undefined is null and keeps its place.
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex');
}
