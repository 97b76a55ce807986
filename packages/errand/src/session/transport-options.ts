// The options about connections, resolved: `connection`, `tls`, `dns`, `maxConnections`, `maxHeaderSize`.
import { isIP } from 'node:net';
import { type Duration, parseDuration } from '../kit/duration.js';
import { parseSize } from '../kit/size.js';
import { type LookupFunction, Resolver } from '../transport/connect/resolver.js';
import { TlsSettings } from '../transport/connect/tls-settings.js';
import type { TransportOptions } from '../transport/transport.js';
import type { SessionOptions } from './options.js';

/** How connections are made and how long they are kept. */
export interface ConnectionOptions {
  /** How long a connection may idle; a server's own `Keep-Alive: timeout` makes it shorter. @default '4s' */
  keepAlive?: Duration;
  /** After how long a connection takes no further request. @default '5m' */
  maxAge?: Duration;
  /** After how many requests. @default no limit */
  maxRequests?: number;
  /** The address of this machine that connections leave from. */
  localAddress?: string;
  /** 4 or 6: only that family. @default 0, both */
  family?: 0 | 4 | 6;
  /** How long one address may take before the next is tried beside it (RFC 8305); false: only when it has failed. @default 250 */
  happyEyeballs?: Duration | false;
  /** A Unix socket that every connection goes to, e.g. '/var/run/docker.sock'. */
  unixSocket?: string;
  /** Offer HTTP/2 to https origins; one connection carries all requests of an origin. @default false */
  http2?: boolean;
}

/** How names are resolved. */
export interface DnsOptions {
  /** How long an answer is kept. @default '10s' */
  ttl?: Duration;
  /** In place of the operating system's resolver. */
  lookup?: LookupFunction;
}

/** @throws TypeError naming the option that makes no sense. */
export function transportOptions(options: SessionOptions, resolver: Resolver): TransportOptions {
  const { connection = {}, maxConnections = 256 } = options;
  const { localAddress, family = 0, happyEyeballs = 250, unixSocket, http2 = false } = connection;
  if (localAddress !== undefined && isIP(localAddress) === 0) {
    throw new TypeError(`connection.localAddress: expected an IP address, got '${String(localAddress)}'`);
  }
  if (family !== 0 && family !== 4 && family !== 6)
    throw new TypeError(`connection.family: expected 0, 4 or 6, got ${String(family)}`);
  if (unixSocket !== undefined && (typeof unixSocket !== 'string' || unixSocket === '')) {
    throw new TypeError('connection.unixSocket: expected the path of a socket');
  }
  if (typeof http2 !== 'boolean') throw new TypeError(`connection.http2: expected true or false, got ${String(http2)}`);
  return {
    resolver,
    tls: new TlsSettings(options.tls ?? {}),
    connection: {
      localAddress,
      family,
      unixSocket,
      http2,
      happyEyeballs:
        happyEyeballs === false ? Number.POSITIVE_INFINITY : parseDuration(happyEyeballs, 'connection.happyEyeballs'),
    },
    keepAlive: parseDuration(connection.keepAlive ?? 4_000, 'connection.keepAlive'),
    maxAge: parseDuration(connection.maxAge ?? 300_000, 'connection.maxAge'),
    maxRequests: atLeastOne(connection.maxRequests, 'connection.maxRequests'),
    maxConnections: atLeastOne(maxConnections, 'maxConnections'),
    maxHeaderSize: parseSize(options.maxHeaderSize ?? '16kb', 'maxHeaderSize'),
  };
}

export function resolverFor(options: SessionOptions): Resolver {
  const { ttl = 10_000, lookup } = options.dns ?? {};
  if (lookup !== undefined && typeof lookup !== 'function') throw new TypeError('dns.lookup: expected a function');
  return new Resolver({ ttl: parseDuration(ttl, 'dns.ttl'), lookup });
}

function atLeastOne(value: number | undefined, option: string): number {
  if (value === undefined || value === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  if (!Number.isInteger(value) || value < 1)
    throw new TypeError(`${option}: expected a whole number of at least 1, got ${String(value)}`);
  return value;
}
