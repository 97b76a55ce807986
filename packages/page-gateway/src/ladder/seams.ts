// What the ladder needs of the rooms below it, and no more.
import type { PageRequest } from '../core/page-request.js';
import type { ProxyServer } from '../core/proxy-server.js';
import type { Verdict } from '../core/verdict.js';
import type { Visitor } from '../core/visitor.js';

export interface RobotsRules {
  check(
    url: URL,
    userAgentToken: string,
    signal: AbortSignal,
  ): Promise<{
    readonly allowed: boolean;
    /** Milliseconds. */
    readonly crawlDelay: number | undefined;
    /** `failing`: the file itself could not be had. */
    readonly state?: string;
    /** The line that decided. */
    readonly rule?: string | undefined;
  }>;
}

export interface Politeness {
  /**
   * Waits for a slot at the URL's host.
   * @throws Problem target_rate_limited where it will not come within `timeout`.
   */
  turn(
    url: URL,
    signal: AbortSignal,
    options: { readonly timeout: number; readonly crawlDelay: number | undefined },
  ): Promise<() => void>;
  /** Nobody goes there for so many milliseconds. */
  slowDown(url: URL, ms: number): void;
}

export interface ProxyRecords {
  succeeded(proxy: ProxyServer, ms: number): void;
  failed(proxy: ProxyServer, error: string): void;
  ban(proxy: ProxyServer, host: string, vendor?: string): void;
  record(host: string, outcome: 'ok' | 'blocked' | 'other', proxy: ProxyServer | undefined): void;
  isDead(proxy: ProxyServer): boolean;
}

export interface VisitorDesk {
  visitorFor(request: PageRequest, owner: string, avoid?: ReadonlySet<string>): Promise<Visitor>;
  /** The sticky visitor is not wanted any more; the next call of that name gets another. */
  drop(visitor: Visitor): Promise<void> | void;
  score(visitor: Visitor, good: boolean): void;
  /** What the call has changed of him is kept for the next one. Never fails. */
  save(visitor: Visitor): Promise<void> | void;
  lease(visitor: Visitor, patience: number, signal: AbortSignal): Promise<() => Promise<void> | void>;
}

export type Judge = (answer: {
  readonly status: number;
  readonly headers: ReadonlyArray<readonly [string, string]>;
  readonly body: Uint8Array;
  readonly url: string;
}) => Verdict;
