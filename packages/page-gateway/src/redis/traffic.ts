// Quota, rate and places at once of a key for all gateways together: one script takes all three or none, by Redis's own clock.
// Places belong to the gateway that took them, and are free again soon after it died.
import { randomUUID } from 'node:crypto';
import { type Admission, admission, type Refusal, type Traffic, type TrafficState } from '../keys/traffic.js';
import type { KeyRow } from '../store/key-store.js';
import type { RedisConnection } from './connection.js';
import {
  admitCall,
  countCalls,
  leaveCalls,
  readCounts,
  refundPages,
  releaseCall,
  undoCall,
} from './traffic-scripts.js';

/** Milliseconds. The places of a gateway that was not heard of for `lease` are free. */
const lease = 12_000;

interface Own {
  inUse: number;
  /** Asked for, and not answered yet. */
  asked: number;
}

export class RedisTraffic implements Traffic {
  readonly #connection: RedisConnection;
  readonly #gateway = randomUUID();
  readonly #beatEvery: number;
  /** What this gateway has under way, by key: what Redis shall think of it. */
  readonly #own = new Map<string, Own>();
  /** What each key had used when it was last heard of here. */
  readonly #used = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  /** @param options.beatEvery Milliseconds between two signs of life. */
  constructor({ connection, beatEvery = lease / 3 }: { connection: RedisConnection; beatEvery?: number }) {
    this.#connection = connection;
    this.#beatEvery = beatEvery;
  }

  /** Tells Redis from now on that this gateway lives. */
  open(): this {
    this.#timer ??= setInterval(() => void this.#beat().catch(() => {}), this.#beatEvery).unref();
    return this;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    const keys = [this.#key('gateways'), ...[...this.#own.keys()].map((id) => this.#key('busy', id))];
    await this.#connection.run(leaveCalls, keys, [this.#gateway]).catch(() => {});
  }

  async admit(row: KeyRow, pages: number): Promise<Admission | Refusal> {
    const own = this.#ownOf(row.id);
    const limits = [row.rpm, row.concurrency, row.quota].map((limit) => (limit === undefined ? '' : String(limit)));
    const args = [row.id, this.#gateway, String(lease), String(pages), ...limits];
    own.asked += 1;
    let answer: unknown;
    try {
      answer = await this.#connection.run(admitCall, this.#callKeys(row.id), args, (late) =>
        this.#undo(row, pages, late),
      );
    } finally {
      own.asked -= 1;
    }
    const refusal = refusalOf(answer);
    if (refusal !== undefined) return refusal;
    this.#used.set(row.id, Number((answer as unknown[])[1]));
    own.inUse += 1;
    return admission(() => {
      own.inUse -= 1;
      // Whatever becomes of this, the next beat tells how many there are.
      void this.#connection.run(releaseCall, [this.#key('busy', row.id)], [this.#gateway]).catch(() => {});
    });
  }

  async refund(id: string, count: number): Promise<void> {
    this.#used.set(id, Number(await this.#connection.run(refundPages, [this.#key('used')], [id, String(count)])));
  }

  /** As far as it is known here. */
  usedOf(id: string): number {
    return this.#used.get(id) ?? 0;
  }

  async states(rows: readonly KeyRow[]): Promise<TrafficState[]> {
    if (rows.length === 0) return [];
    const keys = rows.flatMap(({ id }) => [this.#key('rate', id), this.#key('busy', id)]);
    const args = rows.flatMap(({ id, rpm }) => [id, rpm === undefined ? '' : String(rpm)]);
    const counts = (await this.#connection.run(
      readCounts,
      [this.#key('used'), this.#key('gateways'), ...keys],
      [String(lease), ...args],
    )) as number[];
    return rows.map(({ rpm }, index) => {
      const [used = 0, tokens = 0, inUse = 0] = counts.slice(3 * index, 3 * index + 3);
      return { used, tokens: rpm === undefined ? undefined : tokens, inUse };
    });
  }

  /** Says that it lives, and how many calls it has: those whose end was not heard, or that were forgotten, are set right. */
  async #beat(): Promise<void> {
    const settled = [...this.#own].filter(([, { asked }]) => asked === 0);
    const keys = [this.#key('gateways'), ...settled.map(([id]) => this.#key('busy', id))];
    const counts = settled.map(([, { inUse }]) => String(inUse));
    await this.#connection.run(countCalls, keys, [this.#gateway, String(lease), ...counts]);
    for (const [id, own] of settled) if (own.inUse === 0 && own.asked === 0) this.#own.delete(id);
  }

  /** Redis let a call in whose caller had been sent away by then. */
  #undo({ id, rpm }: KeyRow, pages: number, answer: unknown): void {
    if (refusalOf(answer) !== undefined) return;
    const args = [id, this.#gateway, String(pages), rpm === undefined ? '' : String(rpm)];
    const keys = [this.#key('used'), this.#key('rate', id), this.#key('busy', id)];
    void this.#connection.run(undoCall, keys, args).catch(() => {});
  }

  #ownOf(id: string): Own {
    let own = this.#own.get(id);
    if (own === undefined) {
      own = { inUse: 0, asked: 0 };
      this.#own.set(id, own);
    }
    return own;
  }

  #callKeys(id: string): string[] {
    const whole = ['used', 'revoked', 'gateways'].map((name) => this.#key(name));
    return [...whole, this.#key('rate', id), this.#key('busy', id)];
  }

  #key(...parts: readonly string[]): string {
    return this.#connection.key('keys', ...parts);
  }
}

function refusalOf(answer: unknown): Refusal | undefined {
  const [refused, value] = answer as [string, number | undefined];
  switch (refused) {
    case 'in':
      return undefined;
    case 'quota':
      return { refused, used: Number(value) };
    case 'rate':
      return { refused, wait: Number(value) };
    default:
      return { refused: refused === 'revoked' ? 'revoked' : 'concurrency' };
  }
}
