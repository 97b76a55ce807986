// What it takes to open one socket: where to, by which way, under whose guard, with which settings. Plain data, made by
// the session; nothing here opens anything.
import type { GuardPolicy } from '../../core/policy.js';
import type { ProxyRoute } from '../../core/route.js';
import type { Resolver } from './resolver.js';
import type { TlsSettings } from './tls-settings.js';

/** Whom the request is for. */
interface Target {
  readonly protocol: 'http:' | 'https:';
  /** As a URL gives it, without brackets; always the name, whatever address is connected to. */
  readonly hostname: string;
  readonly port: number;
}

/** The session's `connection` option, as far as it is about opening sockets. */
export interface ConnectionSettings {
  readonly localAddress: string | undefined;
  /** 0: both. */
  readonly family: 0 | 4 | 6;
  /** Milliseconds before the next address is tried beside the one under way; Infinity: only when that has failed. */
  readonly happyEyeballs: number;
  /** The path of a Unix socket that every connection of the session goes to. */
  readonly unixSocket: string | undefined;
  /** Whether HTTP/2 is offered. */
  readonly http2: boolean;
}

export interface ConnectPlan {
  readonly target: Target;
  readonly guard: GuardPolicy | undefined;
  /** undefined: directly. */
  readonly proxy: ProxyRoute | undefined;
  readonly connection: ConnectionSettings;
  readonly tls: TlsSettings;
  readonly resolver: Resolver;
}

/** Told what happens on the way. */
export interface ConnectReport {
  /** The addresses are known: of the target, or of the proxy where only the proxy's are needed. */
  resolved?(): void;
}
