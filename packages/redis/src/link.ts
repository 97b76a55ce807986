// The way to Redis: two connections of its own, one to ask and one to hear. No answer is waited for longer than `timeout`;
// after one failure nobody waits at all until Redis answers again, which is found out here and told once.
import { createClient, RESP_TYPES } from 'redis';
import type { Script } from './scripts.js';

/** A client of node-redis, of whatever modules and settings. */
export interface RedisClient {
  duplicate(overrides?: object): unknown;
}

type Client = ReturnType<typeof createClient>;

/** Between two looks whether Redis is back, give or take half; milliseconds. */
const lookEvery = 300;
/** A connection that has not answered for so long is replaced. */
const givenUpAfter = 10_000;
/** The first connection is waited for no longer; milliseconds. */
const firstConnection = 2_000;
/** A timer that is later than this was held up by this process, not by Redis. */
const tolerable = 20;
/** A Redis that comes and goes is told of once in so many milliseconds. */
const warnEvery = 60_000;

export class Link {
  readonly #make: (patient: boolean) => Client;
  readonly #timeout: number;
  readonly #recovered = new Set<() => void>();
  readonly #channels = new Map<string, (message: string) => void>();
  #client: Client;
  #connecting: Promise<unknown>;
  #ears: Promise<Client | undefined> | undefined;
  #reachable = true;
  /** Until when nobody is warned again. */
  #quietUntil = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #greeting: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  constructor(source: string | RedisClient, timeout: number) {
    const socket = { connectTimeout: 2_000, reconnectStrategy: () => lookEvery * (0.5 + Math.random()) };
    this.#timeout = timeout;
    this.#make = (patient) => {
      // What is asked while Redis is away is of no use later; what is to be heard is.
      const own = { disableOfflineQueue: !patient };
      const client = (
        typeof source === 'string' ? createClient({ url: source, socket, ...own }) : source.duplicate(own)
      ) as Client;
      let met = false;
      client.on('ready', () => {
        met = true;
      });
      // What fails is seen where it is asked for; but a Redis that went and came back unasked may have forgotten all.
      return client.on('error', (error) => {
        if (met && client === this.#client) this.#lost(error as Error);
      });
    };
    this.#client = this.#make(false);
    this.#connecting = this.#greet(this.#client);
  }

  /** False from a failure until Redis has answered again. */
  get reachable(): boolean {
    return this.#reachable && this.#closing === undefined;
  }

  onRecovered(listener: () => void): () => void {
    this.#recovered.add(listener);
    return () => this.#recovered.delete(listener);
  }

  /** @throws where Redis is out of reach, or does not answer in time: then it counts as out of reach. */
  async run(script: Script, key: string, args: readonly string[]): Promise<unknown> {
    if (!this.reachable) throw new Error('Redis is out of reach');
    const rest = ['1', key, ...args];
    try {
      return await this.#inTime(async () => {
        try {
          return await this.#client.sendCommand(['EVALSHA', script.sha, ...rest]);
        } catch (error) {
          if (!String((error as Error).message).startsWith('NOSCRIPT')) throw error;
          return await this.#client.sendCommand(['EVAL', script.source, ...rest]);
        }
      });
    } catch (error) {
      this.#lost(error as Error);
      throw error;
    }
  }

  /** A command about bytes. @throws where it fails or takes too long. */
  async bytes(command: ReadonlyArray<string | Buffer>): Promise<unknown> {
    if (!this.reachable) throw new Error('Redis is out of reach');
    return this.#inTime(() =>
      this.#client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer }).sendCommand([...command]),
    );
  }

  hear(channel: string, listener: (message: string) => void): () => void {
    this.#channels.set(channel, listener);
    this.#ears ??= this.#openEars();
    void this.#ears.then((client) => client?.subscribe(channel, listener).catch(() => {}));
    return () => {
      this.#channels.delete(channel);
      if (this.#closing === undefined) {
        void this.#ears?.then((client) => client?.unsubscribe(channel).catch(() => {}));
      }
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearTimeout(this.#timer);
    clearTimeout(this.#greeting);
    const ears = await this.#ears;
    ears?.destroy();
    const client = this.#client;
    if (!client.isReady) return destroy(client);
    await Promise.race([client.close().catch(() => {}), later(this.#timeout)]);
    destroy(client);
  }

  async #openEars(): Promise<Client | undefined> {
    const client = this.#make(true);
    // It goes on trying by itself, and subscribes anew to what was subscribed.
    void client.connect().catch(() => {});
    return client;
  }

  /** A program that starts may take its time, once: it is connected, or has been refused, or given up. */
  #greet(client: Client): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined;
    return new Promise<void>((resolve) => {
      timer = setTimeout(resolve, firstConnection);
      this.#greeting = timer;
      client.once('error', () => resolve());
      client.connect().then(
        () => resolve(),
        () => resolve(),
      );
    }).finally(() => clearTimeout(timer));
  }

  async #inTime<T>(work: () => Promise<T>): Promise<T> {
    if (!this.#client.isReady) await this.#connecting;
    const asked = work();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const end = performance.now() + this.#timeout;
      const giveUp = () => reject(new Error(`Redis did not answer within ${this.#timeout} ms`));
      timer = setTimeout(() => {
        // Where this process was busy itself, the answer may be here and not read yet.
        if (performance.now() - end < tolerable) giveUp();
        else timer = setTimeout(giveUp, this.#timeout);
      }, this.#timeout);
    });
    try {
      return await Promise.race([asked, late]);
    } finally {
      clearTimeout(timer);
      asked.catch(() => {});
    }
  }

  #lost(error: Error): void {
    if (!this.reachable) return;
    this.#reachable = false;
    this.#lookLater();
    const now = performance.now();
    if (now < this.#quietUntil) return;
    this.#quietUntil = now + warnEvery;
    process.emitWarning(
      `Redis is out of reach (${error.message}). This process keeps to its share of the limits until it is back.`,
      { type: 'ErrandWarning', code: 'ERRAND_SHARED_AWAY' },
    );
  }

  #lookLater(): void {
    if (this.#closing !== undefined) return;
    this.#timer = setTimeout(() => void this.#look(), lookEvery * (0.5 + Math.random()));
  }

  async #look(): Promise<void> {
    const client = this.#client;
    let timer: NodeJS.Timeout | undefined;
    const silent = new Promise<'silent'>((resolve) => {
      timer = setTimeout(() => resolve('silent'), givenUpAfter);
      this.#timer = timer;
    });
    const outcome = await Promise.race([client.sendCommand(['PING']).catch(() => 'failed'), silent]);
    clearTimeout(timer);
    if (this.#closing !== undefined) return;
    if (outcome === 'PONG') {
      this.#reachable = true;
      for (const each of [...this.#recovered]) each();
      return;
    }
    if (outcome === 'silent' || !client.isOpen) {
      destroy(client);
      this.#client = this.#make(false);
      this.#connecting = this.#greet(this.#client);
    }
    this.#lookLater();
  }
}

function destroy(client: Client): void {
  try {
    client.destroy();
  } catch {
    // It was closed already.
  }
}

function later(delay: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delay);
  });
}
