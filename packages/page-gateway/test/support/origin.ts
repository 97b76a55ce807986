// An origin on loopback that plays every part that a target can: pages, blocks, challenges, captchas, rates, shells, slow,
// broken and endless answers. It remembers what it was asked.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

type Play = (query: URLSearchParams, response: ServerResponse, asked: Asked, turn: number) => void;

const html = { 'content-type': 'text/html; charset=utf-8' };
const article = `<p>${'It was a bright cold day in April, and the clocks were striking thirteen. '.repeat(30)}</p>`;
export const pageHtml = `<!doctype html><html><head><title>A page</title></head><body><h1>A page</h1>${article}</body></html>`;

/** By path. `turn` counts how often this path was asked, from 0. */
const plays: Record<string, Play> = {
  '/page': (_, response) => void response.writeHead(200, html).end(pageHtml),
  '/echo': (_, response, { method, headers, rawHeaders, body }) =>
    void response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ method, headers, rawHeaders, body })),
  '/status': (query, response) => void response.writeHead(Number(query.get('code')), html).end(pageHtml),
  /** `?times=2&code=500`: so often that, then a page. */
  '/flaky': (query, response, _, turn) => {
    const bad = turn < Number(query.get('times') ?? 1);
    response.writeHead(bad ? Number(query.get('code') ?? 500) : 200, html).end(pageHtml);
  },
  /** `?times=1&after=1`: 429 so often, with Retry-After where `after` is given. */
  '/rate': (query, response, _, turn) => {
    const after = query.get('after');
    if (turn >= Number(query.get('times') ?? 1)) response.writeHead(200, html).end(pageHtml);
    else response.writeHead(429, { ...html, ...(after !== null && { 'retry-after': after }) }).end('Too Many Requests');
  },
  '/block': (_, response) => {
    const body =
      '<title>Attention Required! | Cloudflare</title><h1>Sorry, you have been blocked</h1><span class="cf-error-code">1020</span>';
    response.writeHead(403, { ...html, server: 'cloudflare', 'cf-ray': '1-FRA' }).end(body);
  },
  /** Blocks whoever comes without this proxy, as our test proxies say it. */
  '/only-by': (query, response, asked) => {
    if (asked.headers['x-by'] === query.get('proxy')) response.writeHead(200, html).end(pageHtml);
    else (plays['/block'] as Play)(query, response, asked, 0);
  },
  '/challenge': (_, response) => {
    const body = '<title>Just a moment...</title><script>window._cf_chl_opt={}</script>';
    response.writeHead(403, { ...html, server: 'cloudflare', 'cf-mitigated': 'challenge' }).end(body);
  },
  /** A slider, until a cookie tells that it was solved. */
  '/captcha': (_, response, { headers }) => {
    if (headers.cookie?.includes('datadome=solved')) {
      response.writeHead(200, html).end(pageHtml);
      return;
    }
    const body = `<script>var dd={'rt':'c','cid':'1','hsh':'A','t':'fe','s':1,'host':'geo.captcha-delivery.com'}</script><script src="https://ct.captcha-delivery.com/c.js"></script>`;
    response.writeHead(403, { ...html, 'x-datadome': 'protected' }).end(body);
  },
  '/shell': (_, response) => {
    const body =
      '<!doctype html><html><body><div id="root"></div><noscript>You need to enable JavaScript to run this app.</noscript><script src="/app.js"></script></body></html>';
    response.writeHead(200, html).end(body);
  },
  '/to': (query, response) => {
    response.writeHead(Number(query.get('code') ?? 302), { location: query.get('url') ?? '/page' }).end();
  },
  '/circle': (_, response) => void response.writeHead(302, { location: '/circle' }).end(),
  /** Sends whoever has no cookie back to where he was, with one. */
  '/cookie-wall': (_, response, { headers, url }) => {
    if (headers.cookie?.includes('seen=1')) response.writeHead(200, html).end(pageHtml);
    else response.writeHead(302, { location: url, 'set-cookie': 'seen=1' }).end();
  },
  '/silent': () => {},
  '/big': (query, response) => void response.writeHead(200, html).end('x'.repeat(Number(query.get('bytes')))),
  '/packed': (_, response) =>
    void response.writeHead(200, { ...html, 'content-encoding': 'gzip' }).end(gzipSync(pageHtml)),
  '/badly-packed': (_, response) =>
    void response.writeHead(200, { ...html, 'content-encoding': 'gzip' }).end('no gzip'),
  '/reset': (_, response) => void response.socket?.destroy(),
  '/torn': (_, response) => {
    response.writeHead(200, { ...html, 'content-length': '1000' });
    response.write('half', () => response.socket?.destroy());
  },
  '/garbage': (_, response) => void response.socket?.end('this is not HTTP\r\n\r\n'),
};

export async function startOrigin({ robots }: { robots?: string } = {}) {
  const asked: Asked[] = [];
  const turns = new Map<string, number>();
  const sockets = new Set<Socket>();
  const server = createServer(async (request, response) => {
    const body = await textOf(request);
    const { method = '', url = '', headers, rawHeaders } = request;
    const { pathname, searchParams } = new URL(url, 'http://origin');
    if (pathname === '/robots.txt') {
      response.writeHead(robots === undefined ? 404 : 200, { 'content-type': 'text/plain' }).end(robots);
      return;
    }
    const one: Asked = { method, url, headers, rawHeaders, body };
    asked.push(one);
    const turn = turns.get(url) ?? 0;
    turns.set(url, turn + 1);
    const play = plays[pathname];
    if (play === undefined) response.writeHead(404, html).end(pageHtml);
    else play(searchParams, response, one, turn);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    host: `127.0.0.1:${port}`,
    url: `http://127.0.0.1:${port}`,
    /** Everything but robots.txt, in order. */
    asked,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return '';
  }
  return Buffer.concat(chunks).toString();
}
