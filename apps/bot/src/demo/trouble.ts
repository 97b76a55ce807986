/** The part of the demo web that misbehaves on purpose: slow, flaky, failing, endless, lying. Every answer ends when its caller hangs up. */
import { once } from 'node:events';
import { type Exchange, later, type Route, send, sendJson } from './route.js';

let flakyCalls = 0;

export const trouble: Route[] = [
  {
    pattern: /^\/slow$/,
    shown: { link: '/slow?ms=2500', note: 'answers after 2.5 seconds; the bot shows that it is thinking' },
    answer: (exchange) => {
      const ms = Math.min(60_000, Math.max(0, Number(exchange.url.searchParams.get('ms') ?? 2500) || 0));
      later(exchange, ms, () => sendJson(exchange, 200, { waited: ms }));
    },
  },
  {
    pattern: /^\/flaky$/,
    shown: { link: '/flaky', note: 'fails twice with 503, then answers; the session tries again' },
    answer: (exchange) => {
      flakyCalls += 1;
      if (flakyCalls % 3 !== 0) return sendJson(exchange, 503, { error: 'not now' });
      return sendJson(exchange, 200, { ok: true, note: 'third time lucky' });
    },
  },
  {
    pattern: /^\/failing$/,
    shown: { link: '/failing', note: 'always answers 500' },
    answer: (exchange) => sendJson(exchange, 500, { error: 'this one never works' }),
  },
  { pattern: /^\/stall$/, shown: { link: '/stall', note: 'takes the request and never answers' }, answer: () => {} },
  {
    pattern: /^\/drip$/,
    shown: { link: '/drip', note: 'sends its body in ten small pieces, one every 150 ms' },
    answer: (exchange) => drip(exchange, 10),
  },
  {
    pattern: /^\/cut$/,
    shown: { link: '/cut', note: 'promises 1 000 bytes, sends 20 and drops the connection' },
    answer: ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 1000 });
      response.write('these are 20 letters', () => response.destroy());
    },
  },
  {
    pattern: /^\/endless$/,
    shown: { link: '/endless', note: 'a body without end; the session stops reading at its limit' },
    answer: ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
      return pump(response, Number.POSITIVE_INFINITY, () => 'and on it goes, and on and on '.repeat(2000));
    },
  },
  {
    pattern: /^\/big\.json$/,
    shown: { link: '/big.json', note: '25 MB of JSON' },
    answer: async ({ response }) => {
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
      const row = (id: number) =>
        `{"id":${id},"name":"entry number ${id}","tags":["large","dull"],"score":${id % 997}}`;
      const rows = (from: number) => Array.from({ length: 1000 }, (_, index) => row(from + index)).join(',');
      response.write('{"items":[');
      await pump(response, 345, (piece) => `${piece === 0 ? '' : ','}${rows(piece * 1000)}`);
      response.end(']}');
    },
  },
  {
    pattern: /^\/not-json$/,
    shown: { link: '/not-json', note: 'says application/json and sends a web page' },
    answer: (exchange) => send(exchange, 200, 'application/json', '<!doctype html><title>Sorry</title><p>Back soon.'),
  },
  {
    pattern: /^\/redirect\/(\d{1,2})$/,
    shown: { link: '/redirect/3', note: 'three redirects in a row, then an article' },
    answer: ({ response, match }) => {
      const left = Number(match[1]);
      response.writeHead(302, { location: left > 1 ? `/redirect/${left - 1}` : '/articles/heartbeat' }).end();
    },
  },
  {
    pattern: /^\/loop$/,
    shown: { link: '/loop', note: 'a redirect to itself' },
    answer: ({ response }) => response.writeHead(302, { location: '/loop' }).end(),
  },
  {
    pattern: /^\/status\/([2-5]\d\d)$/,
    shown: { link: '/status/404', note: 'any status you name' },
    answer: (exchange) => sendJson(exchange, Number(exchange.match[1]), { status: Number(exchange.match[1]) }),
  },
];

function drip(exchange: Exchange, left: number): unknown {
  if (!exchange.response.headersSent) exchange.response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
  if (left === 0) return exchange.response.end();
  exchange.response.write(`drop ${11 - left}\n`);
  return later(exchange, 150, () => drip(exchange, left - 1));
}

/** Writes piece after piece at the reader's pace, until there are enough or the reader is gone. */
async function pump(response: Exchange['response'], pieces: number, piece: (index: number) => string): Promise<void> {
  for (let index = 0; index < pieces && !response.destroyed; index += 1) {
    if (response.write(piece(index))) continue;
    const gone = new AbortController();
    const hangUp = () => gone.abort();
    response.once('close', hangUp);
    await once(response, 'drain', { signal: gone.signal }).catch(() => undefined);
    response.off('close', hangUp);
  }
}
