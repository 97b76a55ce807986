// The connections of one origin by one way, and the requests that wait for one.
import type { HttpRequest } from '../core/request.js';
import { inAbsoluteForm } from '../core/route.js';
import { portOf } from '../core/url.js';
import type { ErrandError } from '../errors.js';
import type { Linked, LinkedList } from '../kit/linked-list.js';
import type { Connecting } from './connect/connect.js';
import type { ConnectReport } from './connect/plan.js';
import type { Connection } from './connection.js';

/** A request that needs a connection. */
export interface Waiter extends Linked<Waiter>, ConnectReport {
  readonly request: HttpRequest;
  assign(connection: Connection): void;
  fail(error: ErrandError): void;
}

/** A connection that is being opened. */
export interface Opening {
  readonly initiator: Waiter;
  readonly connecting: Connecting;
  readonly timer: NodeJS.Timeout | undefined;
}

/** The connections of one origin by one way. */
export interface Route {
  readonly key: string;
  readonly idle: Connection[];
  readonly shared: Set<Connection>;
  readonly waiters: LinkedList<Waiter>;
  readonly opening: Set<Opening>;
  connections: number;
}

/** What tells routes apart: the origin, and the proxy with the credentials and in the manner that it is used with. */
export function keyOf({ request }: Waiter): string {
  const { url, route } = request;
  if (route === undefined) return url.origin;
  const manner = inAbsoluteForm(route, url.protocol) ? 'told' : 'tunnelled';
  return `${url.origin} ${manner} ${route.show} ${route.username ?? ''}:${route.password ?? ''}`;
}

/** Whether the connection may carry the waiter's request, as far as the request's guard is concerned. */
export function mayCarry(connection: Connection, { request }: Waiter): boolean {
  const { guard } = request.call.policy;
  // Behind a proxy the peer says nothing about the target: only the guard that saw its addresses will do.
  if (request.route !== undefined) return guard === undefined || connection.guard === guard;
  return guard === connection.guard || connection.accepts(guard, request.url.hostname, portOf(request.url));
}

/** An HTTP/2 connection of the route, fit for one more exchange. */
export function sharedFor(route: Route, waiter: Waiter): Connection | undefined {
  if (route.shared.size === 0) return undefined;
  const now = performance.now();
  for (const connection of route.shared) {
    if (!connection.reusable(now)) {
      route.shared.delete(connection);
      if (connection.active === 0) connection.destroy();
    } else if (mayCarry(connection, waiter)) {
      return connection;
    }
  }
  return undefined;
}

/** Whether the request still waits on the route. */
export function waits(route: Route, waiter: Waiter): boolean {
  return waiter.previous !== undefined || waiter.next !== undefined || route.waiters.first === waiter;
}

/** The waiter behind the first `index` ones: those have a connection under way already. */
export function nth(waiters: LinkedList<Waiter>, index: number): Waiter {
  let waiter = waiters.first as Waiter;
  for (let step = 0; step < index && waiter.next !== undefined; step++) waiter = waiter.next;
  return waiter;
}

export function countByOrigin(connections: Iterable<Connection>): Array<{ origin: URL; idle: number; active: number }> {
  const counts = new Map<string, { origin: URL; idle: number; active: number }>();
  for (const { origin, idle } of connections) {
    const count = counts.get(origin) ?? { origin: new URL(origin), idle: 0, active: 0 };
    count[idle ? 'idle' : 'active']++;
    counts.set(origin, count);
  }
  return [...counts.values()];
}
