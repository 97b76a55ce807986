// Sends the built page, and nothing that is not one of its files: every name is looked up in a list that is read once.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' http: https: data:",
  "media-src 'self' http: https:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
};

const KINDS: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const MISSING = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>The playground is not built</title>
<h1>The playground is not built</h1>
<p>The sandbox runs, but its page has not been built yet. Run <code>npm run build</code>, then load this page again.</p>
</html>
`;

interface Asset {
  readonly path: string;
  readonly kind: string;
}

export class Assets {
  readonly #folder: string;
  #files: Map<string, Asset> | undefined;

  constructor(folder: string = builtPage()) {
    this.#folder = folder;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      send(request, response, 405, 'text/plain; charset=utf-8', 'Only GET and HEAD are answered here.\n', {
        Allow: 'GET, HEAD',
      });
      return;
    }
    const files = this.#list();
    const name = pathOf(request);
    if (!files.has('/index.html')) {
      send(request, response, 503, 'text/html; charset=utf-8', MISSING, { 'Cache-Control': 'no-store' });
      return;
    }
    const asset = files.get(name === '/' ? '/index.html' : name);
    if (!asset) {
      send(request, response, 404, 'text/plain; charset=utf-8', 'There is nothing here. The playground is at /.\n');
      return;
    }
    this.#sendFile(request, response, name, asset);
  }

  #sendFile(request: IncomingMessage, response: ServerResponse, name: string, asset: Asset): void {
    let body: Buffer;
    try {
      body = readFileSync(asset.path);
    } catch {
      // Built anew under a running sandbox: the old names are gone.
      this.#files = undefined;
      send(request, response, 404, 'text/plain; charset=utf-8', 'This file is gone: load the page again.\n');
      return;
    }
    // Names under /assets carry a hash of their content.
    const caching = name.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
    send(request, response, 200, asset.kind, body, { 'Cache-Control': caching });
  }

  #list(): Map<string, Asset> {
    const known = this.#files;
    if (known?.has('/index.html')) return known;
    const files = new Map<string, Asset>();
    for (const path of filesIn(this.#folder)) {
      const kind = KINDS[extname(path)];
      if (kind) files.set(`/${relative(this.#folder, path).split(sep).join('/')}`, { path, kind });
    }
    this.#files = files;
    return files;
  }
}

/** Beside the compiled module in `dist`, or, from the sources, in the `dist` next to `src`. */
function builtPage(): string {
  const here = fileURLToPath(new URL('.', import.meta.url));
  return here.includes(`${sep}src${sep}`) ? join(here, '../../dist/page') : join(here, '../page');
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true })
      .map((name) => join(folder, String(name)))
      .filter((path) => statSync(path).isFile());
  } catch {
    return [];
  }
}

function pathOf(request: IncomingMessage): string {
  try {
    return decodeURIComponent(new URL(request.url ?? '/', 'http://playground').pathname);
  } catch {
    return '/not-an-address';
  }
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  kind: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    ...HEADERS,
    ...headers,
    'Content-Type': kind,
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
