// A plain site on loopback: every path is a small page, and every request is remembered.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Site {
  /** Without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** The paths that were asked for, robots.txt aside. */
  readonly asked: string[];
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export async function site(answer: Answer = page): Promise<Site> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/robots.txt') return void response.writeHead(404).end();
    asked.push(request.url ?? '');
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, asked };
}

export function page({ url }: IncomingMessage, response: ServerResponse): void {
  const words = 'A page with enough words to be one. '.repeat(10);
  response
    .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    .end(
      `<!doctype html><html><head><title>${url}</title></head><body><h1>Page ${url}</h1><p>${words}</p></body></html>`,
    );
}
