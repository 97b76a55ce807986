// One connected socket and the HTTP client that speaks over it. The socket is made, checked and secured before it comes
// here; the client never makes one of its own, so a request that finds its connection gone was never sent.
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Dispatcher } from 'undici';
import type { GuardPolicy } from '../core/policy.js';
import { longestDelay } from '../kit/duration.js';
import type { Linked } from '../kit/linked-list.js';
import { HeadFilter } from './head-filter.js';
import { Client, type ClientOptions } from './undici-client.js';

/** What a connection is made with, of the session's `connection` option and its bounds. */
export interface ConnectionLimits {
  /** Milliseconds that it may idle. */
  readonly keepAlive: number;
  /** Milliseconds after which it takes no further request. */
  readonly maxAge: number;
  /** Requests after which it takes no further one. */
  readonly maxRequests: number;
  /** Bytes of a response head. */
  readonly maxHeaderSize: number;
}

/** What the exchange on a connection is told by it. */
export interface Occupant {
  /** The peer has ended the connection: what is left must be read now, without pausing. */
  ended(): void;
}

/** Thrown by the client's connector: this connection is gone, and the request was never sent. */
export class ConnectionGone extends Error {}

/** Exchanges at once on an HTTP/2 connection; where the server takes fewer, the rest wait their turn on it. */
const maxStreams = 256;

let lastId = 0;

export class Connection implements Linked<Connection> {
  previous: Connection | undefined;
  next: Connection | undefined;
  readonly remoteAddress: string | undefined;
  /** The same for nobody else. */
  readonly id = ++lastId;
  /** e.g. `https://api.example`. */
  readonly origin: string;
  /** The proxy's address without credentials. */
  proxy: string | undefined;
  readonly openedAt = performance.now();
  /** Several exchanges at once (HTTP/2). */
  readonly multiplexed: boolean;
  /** Exchanges under way. */
  active = 0;
  /** Exchanges begun. */
  used = 0;
  /** Whether the pool holds it as idle. */
  idle = false;
  /** What the socket failed with, before anybody was told. */
  broken: Error | undefined;
  /** Bytes that came in, framing included. */
  get bytesRead(): number {
    return this.#socket.bytesRead;
  }
  readonly #socket: Socket;
  readonly #client: Client;
  readonly #limits: ConnectionLimits;
  readonly #filter: HeadFilter;
  #guard: GuardPolicy | undefined;
  #occupant: Occupant | undefined;
  #maxRequests: number;
  #handedOver = false;
  /** Closes an HTTP/2 connection that idles; the client does that for others. */
  #idling: NodeJS.Timeout | undefined;

  constructor(socket: Socket | TLSSocket, url: URL, guard: GuardPolicy | undefined, limits: ConnectionLimits) {
    this.#socket = socket;
    this.origin = url.origin;
    this.#guard = guard;
    this.#limits = limits;
    this.#filter = new HeadFilter(limits.maxHeaderSize);
    this.#maxRequests = limits.maxRequests;
    this.remoteAddress = socket.remoteAddress;
    this.multiplexed = 'alpnProtocol' in socket && socket.alpnProtocol === 'h2';
    socket.on('error', (error) => {
      this.broken = error;
    });
    // Before the client's own listener: it asserts that nothing is paused when the peer ends the connection.
    socket.on('end', () => {
      if (wasReset(socket)) this.broken ??= Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
      this.#occupant?.ended();
    });
    if (!this.multiplexed) this.#filterReads(socket);
    this.#client = new Client(this.multiplexed ? url.origin : clientOrigin(url), {
      connect: (_options: unknown, callback: (error: Error | null, socket: Socket | null) => void) => {
        queueMicrotask(() => this.#handOver(callback));
      },
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: Math.max(1, limits.keepAlive),
      keepAliveMaxTimeout: Math.max(1, limits.keepAlive),
      keepAliveTimeoutThreshold: 1_000,
      maxHeaderSize: limits.maxHeaderSize,
      ...(this.multiplexed
        ? { allowH2: true, pipelining: maxStreams, maxConcurrentStreams: maxStreams }
        : { pipelining: 1 }),
    } as ClientOptions);
  }

  #handOver(callback: (error: Error | null, socket: Socket | null) => void): void {
    if (this.#handedOver || this.#socket.destroyed) {
      callback(new ConnectionGone('the connection is gone'), null);
      return;
    }
    this.#handedOver = true;
    callback(null, this.#socket);
  }

  #filterReads(socket: Socket): void {
    const filter = this.#filter;
    const read = socket.read;
    socket.read = function filteredRead(size?: number) {
      for (;;) {
        const chunk = read.call(socket, size) as Buffer | null;
        if (chunk === null || !filter.expecting) return chunk;
        try {
          const passed = filter.pass(chunk);
          if (passed.length > 0) return passed;
        } catch (error) {
          socket.destroy(error as Error);
          return null;
        }
      }
    };
  }

  /** Told once, when the socket is closed. */
  onClose(listener: () => void): void {
    this.#socket.once('close', () => {
      clearTimeout(this.#idling);
      listener();
    });
  }

  get destroyed(): boolean {
    return this.#socket.destroyed;
  }

  /** The guard that it was opened or last accepted under. */
  get guard(): GuardPolicy | undefined {
    return this.#guard;
  }

  /** Whether it may carry a further request for a call that is held to `guard`. */
  accepts(guard: GuardPolicy | undefined, host: string, port: number): boolean {
    if (guard === undefined || guard === this.#guard || this.remoteAddress === undefined) return true;
    if (guard.refuseAddress(this.remoteAddress, host, port) !== undefined) return false;
    this.#guard = guard;
    return true;
  }

  /** Whether it is fit for another request. */
  reusable(now: number): boolean {
    return !this.#socket.destroyed && this.used < this.#maxRequests && now - this.openedAt < this.#limits.maxAge;
  }

  /** The server's `Keep-Alive: max=n`: so many more requests. */
  limitRequests(remaining: number): void {
    this.#maxRequests = Math.min(this.#maxRequests, this.used + remaining);
  }

  /** True where the request that is about to be sent is the last one that this connection may carry. */
  get last(): boolean {
    return this.used >= this.#maxRequests;
  }

  occupy(occupant: Occupant): void {
    this.active++;
    this.used++;
    clearTimeout(this.#idling);
    if (!this.multiplexed) this.#occupant = occupant;
  }

  vacate(): void {
    this.active--;
    this.#occupant = undefined;
    this.#filter.rest();
    if (!this.multiplexed || this.active > 0 || this.destroyed || this.#limits.keepAlive > longestDelay) return;
    this.#idling = setTimeout(() => this.destroy(), this.#limits.keepAlive);
  }

  /** The request is written: what comes now is its answer. */
  expectHead(): void {
    this.#filter.expect();
  }

  /** The parser has read the answer's head. */
  headCame(): void {
    this.#filter.rest();
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#client.dispatch(options, handler);
  }

  destroy(): void {
    clearTimeout(this.#idling);
    // Over HTTP/2 the client throws, where nobody can catch it, when a socket is destroyed without an error.
    this.#socket.destroy(this.multiplexed ? new ConnectionGone('the connection is closed') : undefined);
  }
}

/** Whether what looks like the end is a reset: a socket that was reset has no peer any more. */
function wasReset(socket: Socket): boolean {
  const { _handle: handle } = socket as unknown as { _handle?: { getpeername?(into: object): number } | null };
  return typeof handle?.getpeername === 'function' && handle.getpeername({}) < 0;
}

/**
 * The client's idea of the origin: always http, because the socket is secured already, with the port only where the Host
 * header is to name it.
 */
function clientOrigin(url: URL): string {
  return url.port === '' ? `http://${url.hostname}` : `http://${url.hostname}:${url.port}`;
}
