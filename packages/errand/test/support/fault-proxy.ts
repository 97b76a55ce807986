// A TCP proxy that does to connections what networks and peers do: holds bytes back, lets them trickle, tears or joins them,
// cuts the connection off, or goes silent. What it does to the next connection is asked for when it comes.
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What happens to one connection. Counts are bytes on their way from the server to the client. */
export interface Fault {
  /** Accepts, and passes nothing on. */
  readonly blackhole?: boolean;
  /** Resets the connection after so many bytes. */
  readonly resetAfter?: number;
  /** Ends the connection after so many bytes. */
  readonly endAfter?: number;
  /** Passes nothing on after so many bytes, and stays open: a peer that is gone without a word. */
  readonly silentAfter?: number;
  /** Milliseconds before each piece is passed on. */
  readonly latency?: number;
  /** Bytes a write, each in a turn of its own. */
  readonly split?: number;
  /** Bytes a millisecond. */
  readonly bandwidth?: number;
  /** Milliseconds for which pieces are gathered, to be passed on in one. */
  readonly gather?: number;
}

export class FaultProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #port = 0;

  private constructor(target: number, next: () => Fault) {
    this.#server = createServer((client) => this.#take(client, target, next()));
  }

  static async to(target: number, next: () => Fault): Promise<FaultProxy> {
    const proxy = new FaultProxy(target, next);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    proxy.#port = (proxy.#server.address() as AddressInfo).port;
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  /** Connections that are open. */
  get open(): number {
    return this.#sockets.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #take(client: Socket, target: number, fault: Fault): void {
    this.#track(client);
    client.setNoDelay(true);
    if (fault.blackhole === true) {
      client.resume();
      return;
    }
    const server = connect(target, '127.0.0.1');
    this.#track(server);
    server.setNoDelay(true);
    client.pipe(server);
    const down = new Downstream(client, fault, (delay) => this.#wait(delay));
    server.on('data', (piece) => {
      server.pause();
      void down.pass(piece).then(() => server.resume());
    });
    server.on('end', () => void down.end());
    client.on('close', () => server.destroy());
    server.on('close', () => down.lost());
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
  }

  #wait(delay: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        resolve();
      }, delay);
      this.#timers.add(timer);
    });
  }
}

/** The way from the server to the client. */
class Downstream {
  readonly #client: Socket;
  readonly #fault: Fault;
  readonly #wait: (delay: number) => Promise<void>;
  #passed = 0;
  #gathered: Buffer[] = [];
  #over = false;
  #busy: Promise<void> = Promise.resolve();

  constructor(client: Socket, fault: Fault, wait: (delay: number) => Promise<void>) {
    this.#client = client;
    this.#fault = fault;
    this.#wait = wait;
  }

  /** Resolves when the next piece may come. */
  pass(piece: Buffer): Promise<void> {
    const { gather } = this.#fault;
    if (gather === undefined) {
      this.#busy = this.#send(piece);
      return this.#busy;
    }
    this.#gathered.push(piece);
    if (this.#gathered.length === 1) this.#busy = this.#wait(gather).then(() => this.#sendGathered());
    return Promise.resolve();
  }

  async end(): Promise<void> {
    await this.#busy;
    if (!this.#over) this.#client.end();
  }

  /** The server's side is gone, with or without an end. */
  lost(): void {
    void this.#busy.then(() => {
      if (!this.#over && !this.#client.writableEnded) this.#client.destroy();
    });
  }

  #sendGathered(): Promise<void> {
    const bytes = Buffer.concat(this.#gathered);
    this.#gathered = [];
    return this.#send(bytes);
  }

  async #send(piece: Buffer): Promise<void> {
    const { latency, split = piece.length, bandwidth } = this.#fault;
    if (latency !== undefined) await this.#wait(latency);
    for (let start = 0; start < piece.length && !this.#over; start += split) {
      const part = piece.subarray(start, start + split);
      if (bandwidth !== undefined) await this.#wait(Math.ceil(part.length / bandwidth));
      await this.#write(part);
    }
  }

  async #write(part: Buffer): Promise<void> {
    if (this.#over || this.#client.destroyed) return;
    const { resetAfter, endAfter, silentAfter } = this.#fault;
    const left = Math.min(resetAfter ?? Infinity, endAfter ?? Infinity, silentAfter ?? Infinity) - this.#passed;
    const allowed = part.length > left ? part.subarray(0, left) : part;
    this.#passed += allowed.length;
    this.#over = part.length >= left;
    await new Promise<void>((resolve) => this.#client.write(allowed, () => setImmediate(resolve)));
    if (!this.#over || silentAfter !== undefined) return;
    if (resetAfter !== undefined) this.#client.resetAndDestroy();
    else this.#client.end();
  }
}
