/** What a route of the demo web is, and the few ways it answers. Nothing here outlives the response that it writes. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** What the path's pattern caught. */
  readonly match: RegExpExecArray;
  readonly now: Date;
  /** When the demo web was started: feeds and pages that change count from here. */
  readonly started: Date;
}

export interface Route {
  readonly pattern: RegExp;
  /** Shown on the index page: a link to try, and what happens there. */
  readonly shown?: { readonly link: string; readonly note: string };
  /** What it returns is only waited for. */
  answer(exchange: Exchange): unknown;
}

type Wire = Pick<Exchange, 'request' | 'response'>;

export function send(exchange: Wire, status: number, type: string, body: string | Buffer): ServerResponse {
  const { request, response } = exchange;
  const bytes = Buffer.from(body);
  response.writeHead(status, { 'content-type': type, 'content-length': bytes.length });
  return response.end(request.method === 'HEAD' ? undefined : bytes);
}

export const sendJson = (exchange: Wire, status: number, value: unknown): ServerResponse =>
  send(exchange, status, 'application/json; charset=utf-8', JSON.stringify(value));

export const sendHtml = (exchange: Wire, html: string, status = 200): ServerResponse =>
  send(exchange, status, 'text/html; charset=utf-8', html);

/** Answers 304 where the caller's copy is still the current one. */
export function sendFresh(exchange: Exchange, type: string, body: string): ServerResponse {
  const tag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 16)}"`;
  exchange.response.setHeader('etag', tag);
  exchange.response.setHeader('cache-control', 'no-cache');
  if (exchange.request.headers['if-none-match'] !== tag) return send(exchange, 200, type, body);
  return exchange.response.writeHead(304).end();
}

/** Runs `act` after `ms`, unless the caller has hung up by then. */
export function later(exchange: Exchange, ms: number, act: () => void): void {
  const timer = setTimeout(act, ms);
  exchange.response.once('close', () => clearTimeout(timer));
}
