// What the tests of rendering share: an origin that plays hostile and friendly pages, visitors, and an engine.
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { CookieJar, Session, type SessionOptions } from 'errand';
import { afterAll, onTestFinished } from 'vitest';
import type { Fetched, Visit } from '../src/core/engine.js';
import type { Identity } from '../src/core/identity.js';
import type { PageRequest, Rendering } from '../src/core/page-request.js';
import type { Visitor } from '../src/core/visitor.js';
import { BrowserEngine, type BrowserEngineOptions } from '../src/render/browser-engine.js';
import type { EngineBrowser } from '../src/render/engine-browser.js';

export const chromium = await BrowserEngine.find();
export const none = 'missing' in chromium;
// Elsewhere than on CI, what needs one is reported as skipped.
if ('missing' in chromium && process.env.CI) throw new Error(chromium.missing);
if ('missing' in chromium) console.warn(`skipped: ${chromium.missing}`);

/** Everything on loopback at these ports only. */
export function guardedSession(ports: number[], options: SessionOptions = {}): Session {
  const allow = ports.flatMap((port) => [`127.0.0.1:${port}`, `localhost:${port}`, `*.localhost:${port}`]);
  return new Session({ guard: { allow }, ...options });
}

export interface Site {
  readonly port: number;
  readonly url: (path?: string) => string;
  /** Requests that came, in order. */
  readonly seen: IncomingMessage[];
  paths(): string[];
  close(): Promise<void>;
}

export type Pages = Record<string, string | RequestListener>;

/** An origin: a string is HTML. */
export async function site(pages: Pages): Promise<Site> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    const path = (request.url ?? '').split('?')[0] as string;
    const page = pages[path] ?? pages['*'];
    if (typeof page === 'function') page(request, response);
    else if (page === undefined) response.writeHead(404, { 'content-type': 'text/plain' }).end('nothing here');
    else response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
  });
  const { port, close } = await listen(server);
  return {
    port,
    seen,
    url: (path = '/') => `http://127.0.0.1:${port}${path}`,
    paths: () => seen.map(({ url }) => url ?? ''),
    close,
  };
}

export async function listen(server: Server): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const plain: Rendering = {
  waitForSelector: undefined,
  wait: 0,
  waitUntil: 'load',
  scenario: [],
  blocked: ['image', 'media', 'font'],
  screenshot: false,
  screenshotFullPage: false,
  screenshotSelector: undefined,
  windowWidth: 1280,
  windowHeight: 800,
};

export type RequestParts = Partial<Omit<PageRequest, 'rendering'>> & { rendering?: Partial<Rendering> };

export function pageRequest(url: string, { rendering, ...parts }: RequestParts = {}): PageRequest {
  return {
    url,
    method: 'GET',
    headers: [],
    body: undefined,
    cookies: undefined,
    referer: undefined,
    render: true,
    rendering: { ...plain, ...rendering },
    format: 'html',
    extractRules: undefined,
    onlyMainContent: false,
    targetSelector: undefined,
    removeSelector: undefined,
    session: undefined,
    country: undefined,
    pool: undefined,
    device: 'desktop',
    browser: undefined,
    locale: undefined,
    followRedirect: true,
    timeout: 60_000,
    retries: 0,
    retry404: false,
    maxBytes: 10 * 1024 ** 2,
    truncate: false,
    robots: 'obey',
    onCaptcha: 'fail',
    cacheTtl: 0,
    transparentStatus: false,
    meta: undefined,
    ...parts,
  };
}

export function identity(engine: EngineBrowser, languages = 'de-DE,de;q=0.9,en;q=0.8'): Identity {
  return {
    ...engine,
    id: 'test',
    locale: languages.split(',')[0] as string,
    viewport: { width: 1440, height: 900, scale: 1 },
    headersFor: () => [
      ['user-agent', engine.userAgent],
      ['accept-language', languages],
    ],
  };
}

export function visitorOf(engine: BrowserEngine, parts: Partial<Visitor> = {}): Visitor {
  return {
    id: 'visitor',
    sticky: false,
    proxy: undefined,
    identity: identity(engine.browser as EngineBrowser),
    cookies: new CookieJar(),
    ...parts,
  };
}

export interface Rig {
  readonly engine: BrowserEngine;
  visit(url: string, parts?: RequestParts, visit?: Partial<Visit>): Promise<Fetched>;
  html(url: string, parts?: RequestParts, visit?: Partial<Visit>): Promise<string>;
  close(): Promise<void>;
}

/** An engine over a session. */
export function rigOf(session: Session, options: Partial<BrowserEngineOptions> = {}): Rig {
  const engine = new BrowserEngine({ session, chromium, concurrency: 4, ...options });
  const visit: Rig['visit'] = (url, parts = {}, more = {}) =>
    engine.visit({
      request: pageRequest(url, parts),
      visitor: visitorOf(engine),
      signal: new AbortController().signal,
      timeout: 15_000,
      beforeHop: async () => {},
      ...more,
    });
  return {
    engine,
    visit,
    html: async (...call) => Buffer.from((await visit(...call)).body).toString(),
    close: async () => {
      await engine.close();
      await session.close({ grace: 0 });
    },
  };
}

/** For one file: what is given back is closed with the last test. */
export function forFile<T extends { close(): Promise<void> }>(thing: T): T {
  afterAll(() => thing.close());
  return thing;
}

/** For one test. */
export function forTest<T extends { close(): Promise<void> }>(thing: T): T {
  onTestFinished(() => thing.close());
  return thing;
}
