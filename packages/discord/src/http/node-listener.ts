// A fetch-style handler as a listener of node:http (and of Express, where no body parser ran before it).
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';

type FetchHandler = (request: Request) => Promise<Response>;

/**
 * The handler as a listener for `http.createServer`.
 * @example
 * createServer(nodeListener(interactionsHandler(publicKey, commands, session))).listen(8080);
 */
export function nodeListener(handler: FetchHandler): (request: IncomingMessage, response: ServerResponse) => void {
  return (incoming, outgoing) => {
    answer(handler, incoming, outgoing).catch(() => {
      if (!outgoing.headersSent) outgoing.writeHead(500);
      outgoing.end();
    });
  };
}

async function answer(handler: FetchHandler, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/', headers } = incoming;
  const given = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) given.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const body = hasBody ? (Readable.toWeb(incoming) as unknown as ReadableStream<Uint8Array>) : null;
  const target = URL.canParse(url, 'http://localhost') ? new URL(url, 'http://localhost') : 'http://localhost/';
  const request = new Request(target, { method, headers: given, body, ...(hasBody ? { duplex: 'half' } : {}) });
  const response = await handler(request);
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
  // What of the body nobody wanted to read must not hold the connection.
  if (!incoming.complete) incoming.destroy();
}
