// The queue in which the keys of all gateways take turns, on BullMQ. An entry stands for no page but for the right of a key to
// have one more page under way; who takes it finds the next page of the key. What a gateway held that died comes back.
import { setTimeout as sleep } from 'node:timers/promises';
import { createNodeRedisClient, Queue, Worker } from 'bullmq';
import { createClient } from 'redis';
import type { RedisConnection } from '../connection.js';

export interface Times {
  /** A gateway that was not heard of for so long is dead, in milliseconds. */
  readonly lease: number;
  /** Between two looks for what has come, what has rested, and what the dead have left. */
  readonly sweepEvery: number;
}

/** What came of an entry: the key has more, has more that cannot be fetched here just now, or has none. */
export type Left = 'more' | 'crowded' | 'none';

interface Entry {
  readonly key: string;
}

export interface TurnsOptions {
  readonly connection: RedisConnection;
  readonly concurrency: number;
  readonly times: Times;
  /** One page of the key. */
  readonly work: (key: string) => Promise<Left>;
  readonly failed: (error: unknown) => void;
}

/** A key whose pages are at crowded hosts is asked again after so many milliseconds. */
const aMoment = 100;
const closeWithin = 2_000;
const name = 'turns';

export class KeyTurns {
  readonly #options: TurnsOptions;
  readonly #client: ReturnType<typeof createClient>;
  readonly #queue: Queue<Entry, Left>;
  readonly #worker: Worker<Entry, Left>;
  #closing = false;

  constructor(options: TurnsOptions) {
    const { connection, concurrency, times, work } = options;
    this.#options = options;
    this.#client = createClient({
      url: connection.url,
      socket: { reconnectStrategy: (tries) => Math.min(2_000, 50 * 2 ** tries) },
    });
    // BullMQ brings no client of its own; of this one it makes another to wait with.
    const client = createNodeRedisClient(this.#client as never);
    // Redis is away, or was: what is lost is put in again.
    client.on('error', () => {});
    const shared = { prefix: connection.key('jobs', 'bull'), connection: client, skipVersionCheck: true };
    this.#queue = new Queue(name, {
      ...shared,
      skipWaitingForReady: true,
      streams: { events: { maxLen: 100 } },
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    });
    this.#worker = new Worker(name, async ({ data }) => work(data.key), {
      ...shared,
      concurrency,
      autorun: false,
      lockDuration: times.lease,
      stalledInterval: Math.ceil(times.lease / 2),
      // To have stalled is no fault of the entry's.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      drainDelay: 1,
      runRetryDelay: times.sweepEvery,
    });
    this.#worker.on('completed', ({ id, data }, left) => {
      if (left !== 'none' && id !== undefined) void this.#putBack(id, data, left === 'crowded' ? aMoment : 0);
    });
    this.#queue.on('error', () => {});
    this.#worker.on('error', () => {});
  }

  start(): void {
    void this.#worker.run().catch((error: unknown) => {
      if (!this.#closing) this.#options.failed(error);
    });
  }

  /** Sees to it that the key has so many entries; those that are there stay as they are. */
  async give(key: string, count: number): Promise<void> {
    if (this.#closing) return;
    // One by one: what BullMQ adds in bulk, a Redis that was started anew refuses for good, as it has forgotten the scripts.
    const places = Array.from({ length: count }, (_, place) => `${key}.${place}`);
    await Promise.all(places.map((jobId) => this.#queue.add(name, { key }, { jobId })));
  }

  /** Entries of all keys. */
  async size(): Promise<number> {
    const counts = await this.#queue.getJobCounts('waiting', 'active', 'delayed');
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
  }

  async close(): Promise<void> {
    this.#closing = true;
    const closed = this.#worker.close().then(() => this.#queue.close());
    // A Redis that does not answer is not waited for.
    await Promise.race([closed.catch(() => {}), sleep(closeWithin, undefined, { ref: false })]);
    if (this.#client.isOpen) this.#client.destroy();
  }

  async #putBack(jobId: string, data: Entry, delay: number): Promise<void> {
    // Where this fails, the next sweep makes it good.
    if (!this.#closing) await this.#queue.add(name, data, { jobId, delay }).catch(() => {});
  }
}
