// What one visit may do through the filtering proxy: by which way out, how many connections and bytes, and until when. It
// remembers why connections failed, because Chromium only tells that they did.
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { Session } from 'errand';
import type { ProxyServer } from '../core/proxy-server.js';
import { Upstream } from './upstream.js';

/** Connections of one visit at a time; browsers themselves keep to 32 for a proxy, WebSockets aside. */
const maxConnections = 96;
/** Failures that are remembered. */
const maxFailures = 200;
/** Milliseconds to resolve, connect and pass the upstream proxy. */
const connectTimeout = 10_000;

export interface PassageOptions {
  readonly session: Session;
  readonly proxy: ProxyServer | undefined;
  /** Bytes that may come in altogether. */
  readonly maxBytes: number;
  /** Told once, when more came. */
  readonly exceeded: () => void;
}

export class Passage {
  readonly username = randomBytes(8).toString('hex');
  readonly password = randomBytes(24).toString('hex');
  /** For plain http: connections that are kept and used again. */
  readonly agent: Upstream;
  readonly #options: PassageOptions;
  readonly #controller = new AbortController();
  readonly #held = new Set<Duplex>();
  readonly #failures = new Map<string, Error>();
  #bytes = 0;
  #opening = 0;

  constructor(options: PassageOptions) {
    this.#options = options;
    this.agent = new Upstream((host, port) => this.connect(host, port, false));
  }

  get proxy(): ProxyServer | undefined {
    return this.#options.proxy;
  }

  get closed(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Why the latest connection to host:port failed. */
  failureOf(host: string, port: number): Error | undefined {
    return this.#failures.get(keyOf(host, port));
  }

  /** How many connections were refused or failed. */
  get failures(): ReadonlyMap<string, Error> {
    return this.#failures;
  }

  /** A guarded connection towards the target. `tunnel`: through an HTTP proxy, not to it. */
  async connect(host: string, port: number, tunnel: boolean): Promise<Duplex> {
    const { session, proxy } = this.#options;
    if (this.#held.size + this.#opening >= maxConnections) throw new Error('the page has too many connections open');
    this.#opening++;
    try {
      const socket = await session.connect(
        { host, port },
        { proxy: proxy?.url ?? false, tunnel, signal: this.#controller.signal, timeout: connectTimeout },
      );
      this.hold(socket);
      this.#failures.delete(keyOf(host, port));
      return socket;
    } catch (error) {
      this.failed(host, port, error as Error);
      throw error;
    } finally {
      this.#opening--;
    }
  }

  failed(host: string, port: number, error: Error): void {
    if (this.#failures.size < maxFailures) this.#failures.set(keyOf(host, port), error);
  }

  /** Ends with the passage. */
  hold(stream: Duplex): void {
    stream.on('error', () => {});
    if (this.closed) {
      stream.destroy();
      return;
    }
    this.#held.add(stream);
    stream.once('close', () => this.#held.delete(stream));
  }

  close(): void {
    this.#controller.abort(new Error('the visit is over'));
    this.agent.destroy();
    for (const stream of this.#held) stream.destroy();
    this.#held.clear();
  }

  /** So many bytes came in. */
  count(bytes: number): void {
    const before = this.#bytes;
    this.#bytes += bytes;
    if (before <= this.#options.maxBytes && this.#bytes > this.#options.maxBytes) this.#options.exceeded();
  }
}

function keyOf(host: string, port: number): string {
  return `${host.replace(/^\[|\]$/g, '').toLowerCase()}:${port}`;
}
