// Which connection carries which request. One pool a session: it knows every socket, idle ones included, never has more
// than it may, and makes room by closing the one that has idled longest. It opens sockets; it never speaks HTTP.
import type { HttpRequest } from '../core/request.js';
import type { ErrandError } from '../errors.js';
import { SessionClosedError, TimeoutError } from '../errors.js';
import { longestDelay } from '../kit/duration.js';
import { LinkedList } from '../kit/linked-list.js';
import { openSocket } from './connect/connect.js';
import type { ConnectPlan } from './connect/plan.js';
import { Connection, type ConnectionLimits } from './connection.js';
import { Patience } from './patience.js';
import type { Opening, Route, Waiter } from './route.js';
import { countByOrigin, keyOf, mayCarry, nth, sharedFor, waits } from './route.js';

export interface PoolOptions extends ConnectionLimits {
  /** Sockets over all hosts, idle and opening ones included. */
  readonly maxConnections: number;
  /** Whether one HTTP/2 connection is awaited before more are opened. */
  readonly http2: boolean;
  /** What is needed to open a socket for a request. */
  plan(request: HttpRequest): ConnectPlan;
  readonly watch?: ConnectionWatch;
}

/** Told of every connection. */
export interface ConnectionWatch {
  opened(connection: Connection): void;
  closed(connection: Connection): void;
}

export class Pool {
  readonly #options: PoolOptions;
  readonly #routes = new Map<string, Route>();
  readonly #idle = new LinkedList<Connection>();
  readonly #connections = new Map<Connection, Route>();
  /** Connections that are closed for the sake of others. */
  readonly #evicted = new Set<Connection>();
  /** Routes that wait for room, first come first. */
  readonly #starved = new Set<Route>();
  readonly #patience = new Patience((waiter, error) => {
    this.leave(waiter);
    waiter.fail(error);
  });
  #opening = 0;
  #closed = false;
  #onEmpty: (() => void) | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get open(): number {
    return this.#connections.size + this.#opening;
  }

  get idleCount(): number {
    return this.#idle.size;
  }

  /** The open connections, by origin. */
  countConnections(): Array<{ origin: URL; idle: number; active: number }> {
    return countByOrigin(this.#connections.keys());
  }

  /** Assigns a connection to the waiter: at once where one idles, else when one is open. */
  acquire(waiter: Waiter): void {
    if (this.#closed) {
      waiter.fail(new SessionClosedError());
      return;
    }
    const route = this.#routeOf(waiter);
    const connection = this.#takeIdle(route, waiter) ?? this.#share(route, waiter);
    if (connection !== undefined) {
      waiter.assign(connection);
      return;
    }
    route.waiters.push(waiter);
    this.#grow(route);
    if (this.#starved.has(route) && waits(route, waiter)) this.#patience.begin(waiter);
  }

  /** The waiter needs no connection any more. */
  leave(waiter: Waiter): void {
    const route = this.#routes.get(keyOf(waiter));
    if (route === undefined) return;
    this.#patience.end(waiter);
    route.waiters.remove(waiter);
    if (route.waiters.size === 0) this.#starved.delete(route);
    for (const opening of route.opening) {
      if (opening.initiator !== waiter || route.opening.size <= route.waiters.size) continue;
      opening.connecting.cancel(new SessionClosedError('nobody needs the connection any more'));
    }
    this.#forget(route);
  }

  /** An exchange is over; the connection may be gone by now. */
  release(connection: Connection): void {
    const route = this.#connections.get(connection);
    if (route === undefined || connection.destroyed) return;
    if (connection.multiplexed) {
      if (connection.active === 0) this.#rest(route, connection);
      this.#feedStarved();
    } else if (this.#closed || !connection.reusable(performance.now())) {
      connection.destroy();
    } else {
      this.#rest(route, connection);
      // Only after the parser has had its say is it known whether the connection lives on.
      if (route.waiters.size > 0 || this.#starved.size > 0) queueMicrotask(() => this.#serve(route));
    }
  }

  /** Closes everything; resolves when every socket is closed. */
  close(): Promise<void> {
    this.#closed = true;
    for (const route of this.#routes.values()) {
      for (const opening of route.opening) opening.connecting.cancel(new SessionClosedError());
    }
    for (const connection of this.#connections.keys()) connection.destroy();
    if (this.open === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onEmpty = resolve;
    });
  }

  #routeOf(waiter: Waiter): Route {
    const key = keyOf(waiter);
    let route = this.#routes.get(key);
    if (route === undefined) {
      route = { key, idle: [], shared: new Set(), waiters: new LinkedList(), opening: new Set(), connections: 0 };
      this.#routes.set(key, route);
    }
    return route;
  }

  #forget(route: Route): void {
    if (route.connections === 0 && route.opening.size === 0 && route.waiters.size === 0) this.#routes.delete(route.key);
  }

  /** The idle connection used last that is still fit; those that are not are closed. */
  #takeIdle(route: Route, waiter: Waiter): Connection | undefined {
    if (route.idle.length === 0) return undefined;
    const now = performance.now();
    for (let index = route.idle.length - 1; index >= 0; index--) {
      const connection = route.idle[index] as Connection;
      if (!connection.reusable(now)) {
        this.#wake(route, connection);
        connection.destroy();
      } else if (mayCarry(connection, waiter)) {
        this.#wake(route, connection);
        return connection;
      }
    }
    return undefined;
  }

  #share(route: Route, waiter: Waiter): Connection | undefined {
    const connection = sharedFor(route, waiter);
    if (connection !== undefined) this.#wake(route, connection);
    return connection;
  }

  #rest(route: Route, connection: Connection): void {
    if (connection.idle) return;
    connection.idle = true;
    if (!connection.multiplexed) route.idle.push(connection);
    this.#idle.push(connection);
  }

  #wake(route: Route, connection: Connection): void {
    if (!connection.idle) return;
    connection.idle = false;
    this.#idle.remove(connection);
    if (connection.multiplexed) return;
    const index = route.idle.lastIndexOf(connection);
    if (index === route.idle.length - 1) route.idle.pop();
    else route.idle.splice(index, 1);
  }

  /** Gives idle connections to those who wait. */
  #serve(route: Route): void {
    for (const waiter of route.waiters) {
      const connection = this.#takeIdle(route, waiter) ?? this.#share(route, waiter);
      if (connection === undefined) break;
      this.#patience.end(waiter);
      route.waiters.remove(waiter);
      waiter.assign(connection);
    }
    this.#grow(route);
    this.#feedStarved();
  }

  /** Opens as many connections as there are waiters without one under way, as far as there is room. */
  #grow(route: Route): void {
    while (!this.#closed && route.waiters.size > route.opening.size) {
      if (this.#options.http2 && route.opening.size > 0) return;
      if (this.open >= this.#options.maxConnections) {
        this.#starved.add(route);
        this.#makeRoom(route.waiters.size - route.opening.size);
        return;
      }
      this.#open(route, nth(route.waiters, route.opening.size));
    }
    this.#starved.delete(route);
    this.#forget(route);
  }

  /** Closes those that have idled longest: `wanted` for one route, and one for each other route that waits. */
  #makeRoom(wanted: number): void {
    while (this.#evicted.size < this.#starved.size - 1 + wanted) {
      const connection = this.#idle.first;
      if (connection === undefined) return;
      const route = this.#connections.get(connection) as Route;
      this.#wake(route, connection);
      route.shared.delete(connection);
      this.#evicted.add(connection);
      connection.destroy();
    }
  }

  #feedStarved(): void {
    if (this.#starved.size === 0) return;
    // Those that find no room again keep their places.
    for (const route of [...this.#starved]) {
      if (this.open >= this.#options.maxConnections && this.#idle.size === 0) return;
      this.#grow(route);
    }
  }

  #open(route: Route, initiator: Waiter): void {
    const { call, url } = initiator.request;
    this.#patience.end(initiator);
    const connecting = openSocket(this.#options.plan(initiator.request), initiator);
    const limit = call.policy.timeouts.connect;
    const timer =
      limit <= longestDelay
        ? setTimeout(() => connecting.cancel(new TimeoutError('connect', limit)), limit)
        : undefined;
    const opening: Opening = { initiator, connecting, timer };
    route.opening.add(opening);
    this.#opening++;
    connecting.socket.then(
      (socket) => {
        this.#opened(route, opening);
        const connection = new Connection(socket, url, call.policy.guard, this.#options);
        connection.proxy = initiator.request.route?.show;
        this.#admit(route, connection);
      },
      (error: ErrandError) => {
        this.#opened(route, opening);
        if (waits(route, initiator)) {
          route.waiters.remove(initiator);
          initiator.fail(error);
        }
        this.#grow(route);
        this.#feedStarved();
        this.#checkEmpty();
      },
    );
  }

  #opened(route: Route, opening: Opening): void {
    clearTimeout(opening.timer);
    route.opening.delete(opening);
    this.#opening--;
  }

  #admit(route: Route, connection: Connection): void {
    this.#connections.set(connection, route);
    route.connections++;
    this.#options.watch?.opened(connection);
    connection.onClose(() => this.#closedByPeer(route, connection));
    if (this.#closed || connection.destroyed) {
      connection.destroy();
      return;
    }
    if (connection.multiplexed) route.shared.add(connection);
    else this.#rest(route, connection);
    this.#serve(route);
  }

  #closedByPeer(route: Route, connection: Connection): void {
    this.#connections.delete(connection);
    this.#evicted.delete(connection);
    this.#options.watch?.closed(connection);
    route.connections--;
    route.shared.delete(connection);
    this.#wake(route, connection);
    // The room is for those that waited first.
    if (this.#starved.size > 0 && route.waiters.size > 0) this.#starved.add(route);
    this.#feedStarved();
    this.#grow(route);
    this.#forget(route);
    this.#checkEmpty();
  }

  #checkEmpty(): void {
    if (this.open === 0) this.#onEmpty?.();
  }
}
