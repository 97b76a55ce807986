// What a session and those extended from it have in common: gates, names, counters, the calls under way, and how all of it
// ends.
import type { Call } from '../core/call.js';
import type { HttpRequest } from '../core/request.js';
import { Circuits } from '../middleware/breaker/circuits.js';
import { resolveBreaker } from '../middleware/breaker/options.js';
import { SharedCircuits } from '../middleware/breaker/shared-circuits.js';
import type { HttpCache } from '../middleware/cache/http-cache.js';
import { resolveCache } from '../middleware/cache/options.js';
import type { Hidden } from '../middleware/cache/variant.js';
import { CookieJar, type CookieStore } from '../middleware/cookies/jar.js';
import { resolveCookies } from '../middleware/cookies/options.js';
import { Identities } from '../middleware/identity/identities.js';
import { type Gates, LocalGates } from '../middleware/limit/gates.js';
import { resolveLimits } from '../middleware/limit/options.js';
import { SharedGates } from '../middleware/limit/shared-gates.js';
import { observe, observeEnd } from '../middleware/observe/observe.js';
import { connectionEvents } from '../middleware/observe/watchers.js';
import { RetryBudgets } from '../middleware/retry/budget.js';
import { LoopMonitor } from '../parse/loop.js';
import { createReadings, type SessionReadings } from '../parse/readings.js';
import type { Resolver } from '../transport/connect/resolver.js';
import { acceptedCodings } from '../transport/decode.js';
import { Transport } from '../transport/transport.js';
import { Drain } from './drain.js';
import type { SessionOptions } from './options.js';
import { partsOf, type SharedParts } from './shared-state.js';
import { Counters, type SessionStats } from './stats.js';
import { resolverFor, transportOptions } from './transport-options.js';
import { type Seamed, type TransportLike, transportSeam } from './transport-seam.js';

export class Foundation {
  readonly gates: Gates;
  readonly resolver: Resolver;
  readonly readings: SessionReadings;
  readonly circuits: Circuits | undefined;
  readonly cookies: CookieStore | undefined;
  readonly cache: HttpCache | undefined;
  readonly identities = new Identities(acceptedCodings);
  readonly budgets = new RetryBudgets();
  readonly loop = new LoopMonitor();
  readonly counters = new Counters();
  readonly drain = new Drain();
  readonly #transports = new Set<TransportLike>();
  /** Those of sessions that were extended with limits of their own. */
  readonly #otherGates = new Set<Gates>();
  readonly #shared: SharedParts | undefined;

  constructor(options: SessionOptions) {
    const breaker = resolveBreaker(options.breaker);
    const shared = partsOf(options.shared);
    this.#shared = shared;
    this.gates = gatesFor(options, shared);
    this.circuits = breaker && (shared ? new SharedCircuits(breaker, shared.openBoard) : new Circuits(breaker));
    this.cookies = resolveCookies(options.cookies);
    const hidden: Hidden = (name, request) => this.#sentBelow(name, request);
    this.cache = resolveCache(options.cache, hidden, Date.now, shared?.cacheStore);
    this.resolver = resolverFor(options);
    this.readings = createReadings(options.parse);
  }

  /** A set of connections; closed with the foundation, or before. */
  openTransport(options: SessionOptions): TransportLike {
    const open = () => new Transport({ ...transportOptions(options, this.resolver), watch: connectionEvents });
    const transport = (options as Seamed)[transportSeam]?.(open) ?? open();
    this.#transports.add(transport);
    return transport;
  }

  /** Gates of an extended session's own. */
  openGates(options: SessionOptions): Gates {
    const gates = gatesFor(options, this.#shared);
    this.#otherGates.add(gates);
    return gates;
  }

  async closeGates(gates: Gates): Promise<void> {
    this.#otherGates.delete(gates);
    await gates.close();
  }

  async closeTransport(transport: TransportLike): Promise<void> {
    await transport.close();
    this.#transports.delete(transport);
  }

  /** What is attached to a request behind the cache: null where it cannot be told beforehand. */
  #sentBelow(name: string, request: HttpRequest): string | null | undefined {
    const store = request.call.policy.cookies ?? this.cookies;
    if (name !== 'cookie' || store === undefined || store === false) return undefined;
    return store instanceof CookieJar ? store.header(request.url) : null;
  }

  /** Work on behalf of a call that no caller waits for: it counts as under way, and ends with the session. */
  inBackground(call: Call, owner: unknown, work: () => Promise<unknown>): void {
    if (this.closing) return;
    call.owner = owner;
    this.drain.enter(call);
    observe(call, this);
    call.begin();
    const done = (error?: unknown) => {
      call.end();
      this.drain.leave(call);
      if (call.observation !== undefined) observeEnd(call, call.attempt?.status, false, error);
    };
    work().then(() => done(), done);
  }

  /** The open connections, by origin. */
  countConnections() {
    return [...this.#transports].flatMap((transport) => transport.countConnections());
  }

  get closing(): boolean {
    return this.drain.closing;
  }

  async close(grace: number): Promise<void> {
    const closedAt = performance.now() + grace;
    await this.drain.close(grace);
    await Promise.all([...this.#transports].map((transport) => transport.close()));
    await this.readings.close(Math.max(0, closedAt - performance.now()));
    this.loop.close();
    await Promise.all([this.gates, ...this.#otherGates].map((gates) => gates.close()));
    this.circuits?.close();
  }

  stats(): SessionStats {
    const { gates, counters, drain } = this;
    const connections = { open: 0, idle: 0 };
    for (const transport of this.#transports) {
      const { open, idle } = transport.stats();
      connections.open += open;
      connections.idle += idle;
    }
    return {
      inFlight: Math.max(0, drain.size - gates.queued),
      queued: gates.queued,
      connections,
      requests: counters.requests,
      succeeded: counters.succeeded,
      failed: counters.failed,
      retried: this.budgets.retried,
      cacheHits: counters.cacheHits,
      deduped: counters.deduped,
      hosts: this.#hosts(),
      offloaded: this.readings.offloaded,
    };
  }

  #hosts(): SessionStats['hosts'] {
    const now = performance.now();
    const hosts: SessionStats['hosts'] = {};
    for (const [host, gate] of Object.entries(this.gates.stats(now))) {
      hosts[host] = { ...gate, circuit: this.circuits?.state(host, now) ?? 'closed' };
    }
    return hosts;
  }
}

function gatesFor(options: SessionOptions, shared: SharedParts | undefined): Gates {
  const { maxQueued = 10_000 } = options;
  if (!(maxQueued >= 0)) throw new TypeError(`maxQueued: expected a number of requests, got ${String(maxQueued)}`);
  const limitOf = resolveLimits(options.limits);
  return shared ? new SharedGates(limitOf, maxQueued, shared.openLedger) : new LocalGates(limitOf, maxQueued);
}
