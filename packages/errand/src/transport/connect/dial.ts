// Happy Eyeballs (RFC 8305) over addresses that are resolved and checked already: families in turn, the next address a
// quarter of a second later or as soon as one has failed, the first connection wins. Only ever connects to addresses.
import { connect, isIP, type Socket } from 'node:net';
import { ConnectError } from '../../errors.js';
import { longestDelay } from '../../kit/duration.js';
import type { ConnectionSettings } from './plan.js';
import type { ResolvedAddress } from './resolver.js';
import type { Scope } from './scope.js';

/** Addresses that are tried for one connection. */
const maxTried = 16;
/** Milliseconds of silence after which the operating system asks whether the peer is still there. */
const probeAfter = 60_000;

/** The order in which addresses are tried: as they came, the families in turn (RFC 8305, section 4). */
export function interleave(addresses: readonly ResolvedAddress[]): ResolvedAddress[] {
  const first = addresses.filter(({ family }) => family === addresses[0]?.family);
  const second = addresses.filter(({ family }) => family !== addresses[0]?.family);
  const order: ResolvedAddress[] = [];
  for (let index = 0; index < Math.max(first.length, second.length); index++) {
    for (const each of [first[index], second[index]]) if (each !== undefined) order.push(each);
  }
  return order;
}

/**
 * Connects to the first of the addresses that answers. `name` is how the host is called in errors.
 * @throws ConnectError
 */
export function dial(
  scope: Scope,
  addresses: readonly ResolvedAddress[],
  port: number,
  settings: ConnectionSettings,
  name: string,
): Promise<Socket> {
  const { localAddress } = settings;
  const localFamily = localAddress === undefined ? 0 : isIP(localAddress);
  const usable = addresses.filter(({ family }) => localFamily === 0 || family === localFamily);
  if (usable.length === 0) {
    return Promise.reject(
      new ConnectError(`cannot connect to ${name}: it has no IPv${localFamily} address to reach from ${localAddress}`),
    );
  }
  const order = interleave(usable).slice(0, maxTried);
  return scope.wait((resolve, reject) => {
    const race = new Race(scope, order, port, settings, name, resolve, reject);
    race.next();
    return () => race.end();
  });
}

class Race {
  readonly #scope: Scope;
  readonly #order: readonly ResolvedAddress[];
  readonly #port: number;
  readonly #settings: ConnectionSettings;
  readonly #name: string;
  readonly #resolve: (socket: Socket) => void;
  readonly #reject: (error: ConnectError) => void;
  readonly #running = new Set<Socket>();
  readonly #tried: string[] = [];
  readonly #failures: Error[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(
    scope: Scope,
    order: readonly ResolvedAddress[],
    port: number,
    settings: ConnectionSettings,
    name: string,
    resolve: (socket: Socket) => void,
    reject: (error: ConnectError) => void,
  ) {
    this.#scope = scope;
    this.#order = order;
    this.#port = port;
    this.#settings = settings;
    this.#name = name;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Tries the next address; the ones under way go on. */
  next(): void {
    clearTimeout(this.#timer);
    const each = this.#order[this.#tried.length];
    if (each === undefined) return;
    const { localAddress, happyEyeballs } = this.#settings;
    this.#tried.push(each.address);
    const socket = this.#scope.own(
      connect({
        host: each.address,
        port: this.#port,
        family: each.family,
        autoSelectFamily: false,
        ...(localAddress !== undefined && { localAddress }),
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: probeAfter,
      }),
    );
    this.#running.add(socket);
    socket.once('connect', () => {
      this.#running.delete(socket);
      this.#resolve(socket);
    });
    socket.once('error', (error) => this.#failed(socket, error));
    if (this.#tried.length < this.#order.length && happyEyeballs <= longestDelay) {
      this.#timer = setTimeout(() => this.next(), happyEyeballs);
    }
  }

  #failed(socket: Socket, error: Error): void {
    if (!this.#running.delete(socket)) return;
    this.#scope.release(socket);
    this.#failures.push(error);
    if (this.#tried.length < this.#order.length) this.next();
    else if (this.#running.size === 0) this.#reject(connectError(this.#name, this.#tried, this.#failures));
  }

  /** Lets go of everything but the winner. */
  end(): void {
    clearTimeout(this.#timer);
    for (const socket of this.#running) {
      this.#scope.release(socket);
      socket.destroy();
    }
    this.#running.clear();
  }
}

const texts: Record<string, string> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EHOSTUNREACH: 'the host is unreachable',
  ENETUNREACH: 'the network is unreachable',
  ETIMEDOUT: 'no answer',
  EADDRNOTAVAIL: 'the local address cannot be used',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files',
  EACCES: 'not permitted',
  EPERM: 'not permitted',
  ENOENT: 'there is no such socket',
};

function why(error: Error): string {
  const code = String((error as NodeJS.ErrnoException).code ?? '');
  return `${texts[code] ?? (code === '' ? error.message : 'failed')}${code === '' ? '' : ` (${code})`}`;
}

/** The addresses were tried and failed, in this order. */
function connectError(name: string, addresses: string[], failures: readonly Error[]): ConnectError {
  const reasons = [...new Set(failures.map(why))].join(', ');
  const cause = failures.length === 1 ? failures[0] : new AggregateError(failures, reasons);
  const tried = addresses.length === 1 && addresses[0] === name ? '' : ` (tried ${addresses.join(', ')})`;
  return new ConnectError(`cannot connect to ${name}: ${reasons}${tried}`, { addresses, cause });
}

/**
 * Connects to a Unix socket.
 * @throws ConnectError
 */
export function dialPath(scope: Scope, path: string): Promise<Socket> {
  const socket = scope.own(connect({ path }));
  return scope.wait((resolve, reject) => {
    const connected = () => resolve(socket);
    const failed = (error: Error) => reject(connectError(path, [path], [error]));
    socket.once('connect', connected);
    socket.once('error', failed);
    return () => {
      socket.off('connect', connected);
      socket.off('error', failed);
    };
  });
}
