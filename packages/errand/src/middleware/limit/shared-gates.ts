// All gates of a session whose limits other processes share. What is told here is as with the gates of one process; only
// nobody gets a turn without asking the ledger first.
import { QueueFullError } from '../../errors.js';
import { IdleMap } from '../../kit/idle-map.js';
import type { Applicant, Turn } from './gate.js';
import { type GateStats, type Gates, rateLimited } from './gates.js';
import type { Ledger, LedgerWatcher, OpenLedger } from './ledger.js';
import type { LimitOf } from './options.js';
import { SharedGate, type SharedGateKeeper } from './shared-gate.js';

export class SharedGates implements Gates, SharedGateKeeper, LedgerWatcher {
  queued = 0;
  readonly ledger: Ledger;
  readonly #maxQueued: number;
  readonly #gates: IdleMap<SharedGate>;

  constructor(limitOf: LimitOf, maxQueued: number, open: OpenLedger) {
    this.#maxQueued = maxQueued;
    this.#gates = new IdleMap((host) => new SharedGate(host, limitOf(host), this));
    this.ledger = open(this);
  }

  enter(): Turn | undefined {
    return undefined;
  }

  wait(host: string, applicant: Applicant, now: number): void {
    const gate = this.#gates.of(host, now);
    const opensAt = gate.opensAt(now, applicant.lane, applicant.priority);
    if (opensAt > now && opensAt > applicant.deadline) throw rateLimited(host, opensAt, now);
    if (this.queued >= this.#maxQueued) throw new QueueFullError(this.#maxQueued);
    gate.wait(applicant);
  }

  withdraw(host: string, applicant: Applicant): void {
    this.#gates.peek(host)?.withdraw(applicant);
  }

  stats(): Record<string, GateStats> {
    const stats: Record<string, GateStats> = {};
    for (const [host, { inFlight, queued, tokens }] of this.#gates.entries()) {
      stats[host] = tokens === undefined ? { inFlight, queued } : { inFlight, queued, tokens };
    }
    return stats;
  }

  wake(host: string): void {
    this.#gates.peek(host)?.wake();
  }

  recovered(): void {
    for (const [, gate] of this.#gates.entries()) gate.recovered();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#gates.entries()].map(([, gate]) => gate.settled()));
    this.ledger.close();
  }
}
