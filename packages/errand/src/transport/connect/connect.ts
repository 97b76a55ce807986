// Opens one socket: resolves, lets the guard see every address, connects, passes the proxy, secures. The only place of
// the library that connects anything; what it hands out may be spoken over at once.
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { isLocalhost, plainHost } from '../../core/hosts.js';
import type { GuardPolicy } from '../../core/policy.js';
import { inAbsoluteForm, type ProxyRoute } from '../../core/route.js';
import { BlockedAddressError, ConnectError, DnsError, type ErrandError, ProxyError } from '../../errors.js';
import { readAddress, showAddress } from '../../kit/ip-address.js';
import { dial, dialPath } from './dial.js';
import type { ConnectPlan, ConnectReport } from './plan.js';
import { reachFailure, silence, tunnel } from './proxy.js';
import type { ResolvedAddress } from './resolver.js';
import { Scope } from './scope.js';
import { secure } from './secure.js';

/** Addresses of a target that a proxy is asked to connect to, one after another. */
const maxAsked = 4;

export interface Connecting {
  /** A socket that is connected and, for https, authenticated. Rejects with what went wrong. */
  readonly socket: Promise<Socket | TLSSocket>;
  /** Lets go of everything under way, at once; `socket` rejects with `error`. After the socket came it does nothing. */
  cancel(error: ErrandError): void;
}

/** Opens the socket that the plan asks for. */
export function openSocket(plan: ConnectPlan, report: ConnectReport): Connecting {
  const scope = new Scope();
  const socket = open(plan, report, scope).then(
    (opened) => {
      scope.release(opened);
      return opened;
    },
    (error) => {
      scope.end(error);
      throw error;
    },
  );
  return { socket, cancel: (error) => scope.end(error) };
}

async function open(plan: ConnectPlan, report: ConnectReport, scope: Scope): Promise<Socket> {
  const socket = await reach(plan, report, scope);
  if (plan.target.protocol === 'http:') return socket;
  const { tls, target, connection } = plan;
  return secure(scope, socket, {
    host: tls.servername ?? plainHost(target.hostname),
    port: target.port,
    context: tls.context,
    settings: tls,
    pinned: true,
    protocols: connection.http2 ? ['h2', 'http/1.1'] : ['http/1.1'],
  });
}

/** A socket over which the target is spoken to. */
async function reach(plan: ConnectPlan, report: ConnectReport, scope: Scope): Promise<Socket> {
  const { connection, proxy } = plan;
  if (connection.unixSocket !== undefined) {
    report.resolved?.();
    return dialPath(scope, connection.unixSocket);
  }
  return proxy === undefined ? direct(plan, report, scope) : viaProxy(plan, proxy, report, scope);
}

async function direct(plan: ConnectPlan, report: ConnectReport, scope: Scope): Promise<Socket> {
  const { target, guard, connection } = plan;
  const addresses = await addressesOf(plan, scope);
  report.resolved?.();
  const socket = await dial(scope, addresses, target.port, connection, `${target.hostname}:${target.port}`);
  // What the socket is connected to has the last word, whatever was asked of it.
  if (guard !== undefined) {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined) throw new ConnectError(`${target.hostname} closed the connection at once`);
    refuse(guard, remoteAddress, plan);
  }
  return socket;
}

/** The target's addresses, every one of which the guard lets through; one that it does not refuses them all. */
async function addressesOf(plan: ConnectPlan, scope: Scope): Promise<readonly ResolvedAddress[]> {
  const { target, guard } = plan;
  const addresses = await resolve(plan, target.hostname, scope);
  if (guard === undefined) return addresses;
  if (isLocalhost(plainHost(target.hostname))) {
    // Nobody else has a say in what these names mean, and one family of this machine may well be allowed alone.
    const allowed = addresses.filter(
      ({ address }) => guard.refuseAddress(address, target.hostname, target.port) === undefined,
    );
    if (allowed.length > 0) return allowed;
  }
  for (const { address } of addresses) refuse(guard, address, plan);
  return addresses;
}

async function resolve(plan: ConnectPlan, hostname: string, scope: Scope): Promise<readonly ResolvedAddress[]> {
  const { family } = plan.connection;
  const literal = readAddress(plainHost(hostname));
  if (literal === undefined) {
    return scope.wait((done, failed) => {
      plan.resolver.resolve(hostname, family).then(done, failed);
      return () => {};
    });
  }
  if (family !== 0 && family !== literal.family) {
    throw new DnsError(`${hostname} is no IPv${family} address (connection.family)`, { retryable: false });
  }
  return [{ address: showAddress(literal), family: literal.family }];
}

function refuse(guard: GuardPolicy, address: string, { target }: ConnectPlan): void {
  const reason = guard.refuseAddress(address, target.hostname, target.port);
  if (reason === undefined) return;
  const name = plainHost(target.hostname);
  throw new BlockedAddressError(address, name === address ? reason : `${name} resolves to it, and ${reason}`);
}

/** The proxy itself is configured, and so trusted; what it is asked to connect to is not. */
async function viaProxy(plan: ConnectPlan, proxy: ProxyRoute, report: ConnectReport, scope: Scope): Promise<Socket> {
  const hosts = await hostsToAskFor(plan, proxy, scope);
  scope.stage = () => silence(proxy);
  const direct = inAbsoluteForm(proxy, plan.target.protocol);
  for (let index = 0; ; index++) {
    const socket = await reachProxy(plan, proxy, report, scope);
    try {
      if (!direct) await tunnel(scope, socket, proxy, hosts[index] as string, plan.target.port);
      scope.stage = undefined;
      return socket;
    } catch (error) {
      const another = error instanceof ProxyError && error.reason === 'target' && index + 1 < hosts.length;
      if (!another) throw error;
      scope.release(socket);
      socket.destroy();
    }
  }
}

/** A connection to the proxy, secured where it is to be. */
async function reachProxy(plan: ConnectPlan, proxy: ProxyRoute, report: ConnectReport, scope: Scope): Promise<Socket> {
  const { tls } = plan;
  try {
    const addresses = await resolve(plan, proxy.host, scope);
    report.resolved?.();
    const socket = await dial(scope, addresses, proxy.port, plan.connection, proxy.show);
    if (proxy.kind !== 'https') return socket;
    const handshake = { host: proxy.host, port: proxy.port, context: tls.proxyContext, settings: tls, pinned: false };
    return await secure(scope, socket, { ...handshake, protocols: ['http/1.1'] });
  } catch (error) {
    throw reachFailure(proxy, error);
  }
}

/**
 * What a proxy is asked to connect to, best first. Under a guard these are addresses that it has let through, so that the
 * proxy cannot be made to connect elsewhere by a name that means something else to it.
 */
async function hostsToAskFor(plan: ConnectPlan, proxy: ProxyRoute, scope: Scope): Promise<string[]> {
  const { target, guard } = plan;
  const name = plainHost(target.hostname);
  const guarded = guard !== undefined && !guard.trustsHost(name, target.port);
  if (!guarded && proxy.kind !== 'socks5') return [name];
  const addresses = await addressesOf(plan, scope);
  return addresses.slice(0, maxAsked).map(({ address }) => address);
}
