/**
 * Discord's CDN: the files that bots and users uploaded, and a face for everyone. Whatever was uploaded, a browser
 * never runs it: no HTML, no script, nothing inline but pictures, sound and plain text.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { World } from '../world/world.js';
import { face } from './face.js';

const INLINE = /^(?:image\/(?:png|jpeg|gif|webp|avif)|video\/(?:mp4|webm|quicktime)|audio\/(?:mpeg|ogg|x-wav))$/;
const TEXT = /^(?:text\/|application\/(?:json|xml|javascript)\b)/;
const FILE = /^\/cdn\/(?:ephemeral-)?attachments\/\d+\/(\d+)\/[^/]+$/;
const FACE = /^\/cdn\/(?:embed\/)?avatars\/(\d+)(?:\/\w+)?(?:\.\w+)?$/;

const GUARDS = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'private, max-age=3600',
};

export function serveFile(world: World, request: IncomingMessage, response: ServerResponse): void {
  const path = (request.url ?? '/').split('?')[0]!;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    plain(response, 405, 'Method Not Allowed');
    return;
  }
  const seed = FACE.exec(path)?.[1];
  if (seed !== undefined) {
    send(request, response, Buffer.from(face(seed)), 'image/svg+xml', 'inline');
    return;
  }
  const file = world.files.get(FILE.exec(path)?.[1] ?? '');
  if (!file) {
    plain(response, 404, 'This content is no longer available.');
    return;
  }
  const kind = file.attachment.content_type ?? 'application/octet-stream';
  const disposition = INLINE.test(kind) ? 'inline' : 'attachment';
  send(
    request,
    response,
    file.data,
    shownAs(kind),
    `${disposition}; filename*=UTF-8''${encodeURIComponent(file.attachment.filename)}`,
  );
}

function shownAs(kind: string): string {
  if (INLINE.test(kind) || kind === 'application/pdf') return kind;
  return TEXT.test(kind) ? 'text/plain; charset=utf-8' : 'application/octet-stream';
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  data: Buffer,
  kind: string,
  disposition: string,
): void {
  response.writeHead(200, {
    ...GUARDS,
    'Content-Type': kind,
    'Content-Length': String(data.length),
    'Content-Disposition': disposition,
  });
  response.end(request.method === 'HEAD' ? undefined : data);
}

function plain(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    ...GUARDS,
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(text)),
  });
  response.end(text);
}
