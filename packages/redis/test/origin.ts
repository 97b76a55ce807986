// An origin that counts what is under way at once, and when each request came.
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export class Origin {
  /** Milliseconds until an answer; Infinity: never. */
  answerAfter = 20;
  status = 200;
  headers: Record<string, string> = {};
  inFlight = 0;
  most = 0;
  /** When each request came, as `Date.now()` tells it. */
  readonly came: number[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((_, response) => this.#answer(response));
  }

  static async start(): Promise<Origin> {
    const origin = new Origin();
    origin.#server.listen(0, '127.0.0.1');
    await once(origin.#server, 'listening');
    return origin;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #answer(response: ServerResponse): void {
    this.came.push(Date.now());
    this.most = Math.max(this.most, ++this.inFlight);
    response.on('close', () => this.inFlight--);
    if (this.answerAfter === Number.POSITIVE_INFINITY) return;
    setTimeout(() => response.writeHead(this.status, this.headers).end('{}'), this.answerAfter);
  }
}
