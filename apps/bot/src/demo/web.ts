/**
 * A small web of its own on loopback, so that the bot has something real to fetch without internet. It listens on 127.0.0.1 only, keeps
 * no state on disk, and lets go of every connection when it is closed.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { api } from './api.js';
import { indexPage, notFound, pages } from './pages.js';
import { type Route, sendHtml, sendJson } from './route.js';
import { trouble } from './trouble.js';

export interface DemoWeb extends AsyncDisposable {
  /** For example http://127.0.0.1:8791 */
  readonly origin: string;
  close(): Promise<void>;
}

const routes: Route[] = [...api, ...pages, ...trouble];
const home: Route = { pattern: /^\/$/, answer: (exchange) => sendHtml(exchange, indexPage(routes)) };

/** `now` is the clock that feeds, the changing page and the weather go by. */
export async function startDemoWeb(options: { port?: number; now?: () => Date } = {}): Promise<DemoWeb> {
  const { port = 0, now = () => new Date() } = options;
  const started = now();
  let origin = '';
  const server = createServer((request, response) => {
    answer(request, response, { origin, now: now(), started }).catch(() => {
      if (response.headersSent) response.destroy();
      else sendJson({ request, response }, 400, { error: 'the request could not be understood' });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { origin, close, [Symbol.asyncDispose]: close };
}

interface Setting {
  readonly origin: string;
  readonly now: Date;
  readonly started: Date;
}

async function answer(request: IncomingMessage, response: ServerResponse, setting: Setting): Promise<unknown> {
  const { origin, ...times } = setting;
  // Only the path is the caller's: a Host header of somebody else's must not appear in our links.
  const url = new URL(`${origin}${request.url?.startsWith('/') ? request.url : '/'}`);
  for (const route of [home, ...routes]) {
    const match = route.pattern.exec(url.pathname);
    if (match !== null) return route.answer({ request, response, url, match, ...times });
  }
  return sendHtml({ request, response }, notFound(url.pathname), 404);
}
