// The connection to the Redis that several gateways share: commands, scripts and messages, none of which is waited for in
// vain. What it says of failures never shows the URL's password.
import { createHash } from 'node:crypto';
import { createClient, RESP_TYPES } from 'redis';
import { Problem } from '../core/problem.js';
import { StoreError } from '../store/store-error.js';
import { isRedisUrl, redisHost, redisUrls } from './url.js';

type Client = ReturnType<typeof createClient>;

/** A program that Redis runs in one step. */
export interface Script {
  readonly source: string;
  readonly sha: string;
}

export function script(source: string): Script {
  return { source, sha: createHash('sha1').update(source).digest('hex') };
}

export interface RedisOptions {
  /** `redis://…` or `rediss://…`. */
  readonly url: string;
  /** Before every key and channel; gateways with the same one are one. @default 'page-gateway:' */
  readonly prefix?: string;
  /** Told that Redis is away, and that it is back. */
  readonly changed?: ((reachable: boolean) => void) | undefined;
}

/** Milliseconds. */
const connectWithin = 3_000;
const answerWithin = 2_000;
const longestPause = 2_000;
const probeEvery = 1_000;
/** A connection that has said nothing for so long is replaced; until then a late answer is still heard. */
const deadAfter = 20_000;

/** What Redis says when it cannot do anything for now, whatever it is asked. */
const unable = /^(?:LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|READONLY|OOM|MISCONF|NOREPLICAS|NOAUTH) /;

export class RedisConnection {
  readonly prefix: string;
  readonly url: string;
  readonly #client: Client;
  readonly #changed: (reachable: boolean) => void;
  readonly #watchers = new Set<() => void>();
  readonly #probes: NodeJS.Timeout;
  /** The scripts that Redis was told on this connection; the order of what is asked never depends on it. */
  readonly #told = new Set<string>();
  #ears: Promise<Client> | undefined;
  #closed = false;
  /** Connected, but it does not answer: nobody waits for it until it does. */
  #silent = false;
  #reachable = true;
  #probing = false;

  private constructor(client: Client, { url, prefix, changed }: Required<RedisOptions>) {
    this.#client = client;
    this.url = url;
    this.prefix = prefix;
    this.#changed = changed as (reachable: boolean) => void;
    client.on('ready', () => {
      this.#told.clear();
      this.#heard(true);
    });
    client.on('error', () => this.#heard(!this.#silent));
    this.#probes = setInterval(() => this.#probe(), probeEvery).unref();
  }

  /** @throws TypeError where the URL is none; StoreError where nobody answers there. */
  static async open({ url, prefix = 'page-gateway:', changed }: RedisOptions): Promise<RedisConnection> {
    if (!isRedisUrl(url)) throw new TypeError(`redis: expected ${redisUrls}`);
    const client = makeClient(url, { patient: false });
    try {
      await within(
        connectWithin,
        client.connect().then(() => client.ping()),
      );
    } catch (error) {
      destroy(client);
      throw new StoreError(
        'unreachable',
        `redis: ${redisHost(url)} cannot be used (${reasonOf(error)}): start Redis there, or correct --redis`,
        error,
      );
    }
    return new RedisConnection(client, { url, prefix, changed: changed ?? (() => {}) });
  }

  /** Where it is, without credentials. */
  get host(): string {
    return redisHost(this.url);
  }

  /** False while there is no connection, or no answer; it comes back by itself. */
  get reachable(): boolean {
    return this.#client.isReady && !this.#silent && !this.#closed;
  }

  /** Told whenever Redis is back, perhaps without its data, until the returned function is called. */
  watch(back: () => void): () => void {
    this.#watchers.add(back);
    return () => this.#watchers.delete(back);
  }

  /** A key or channel of the gateways. Those with the same text in braces lie on the same server. */
  key(...parts: readonly string[]): string {
    return this.prefix + parts.join(':');
  }

  /** One command, its texts as strings. @throws Problem overloaded where Redis is away. */
  async command(...words: ReadonlyArray<string | Buffer>): Promise<unknown> {
    return this.#ask(() => this.#client.sendCommand(words as string[]));
  }

  /** One command, its texts as bytes. @throws Problem overloaded where Redis is away. */
  async bytes(...words: ReadonlyArray<string | Buffer>): Promise<unknown> {
    const client = this.#client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
    return this.#ask(() => client.sendCommand(words as string[]));
  }

  /**
   * @param late Told the answer when it comes after all, though the caller was told that Redis is away.
   * @throws Problem overloaded where Redis is away.
   */
  async run(
    { source, sha }: Script,
    keys: readonly string[],
    args: ReadonlyArray<string | Buffer>,
    late?: (answer: unknown) => void,
  ): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...args] as string[];
    return this.#ask<unknown>(async () => {
      try {
        if (this.#told.has(sha)) return await this.#client.sendCommand(['EVALSHA', sha, ...rest]);
        this.#told.add(sha);
        return await this.#client.sendCommand(['EVAL', source, ...rest]);
      } catch (error) {
        if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
        return this.#client.sendCommand(['EVAL', source, ...rest]);
      }
    }, late);
  }

  /** Hears a channel until the returned function is called, also after Redis was away; what was said meanwhile is lost. */
  async hear(channel: string, listener: (message: string) => void): Promise<() => void> {
    this.#ears ??= openEars(this.url);
    const ears = await this.#ears.catch((error: unknown) => {
      this.#ears = undefined;
      throw away(error);
    });
    await ears.subscribe(channel, listener);
    return () => {
      if (!this.#closed) void ears.unsubscribe(channel, listener).catch(() => {});
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#probes);
    const ears = await this.#ears?.catch(() => undefined);
    if (ears !== undefined) destroy(ears);
    if (this.#client.isReady) await within(answerWithin, this.#client.close()).catch(() => {});
    destroy(this.#client);
  }

  async #ask<T>(work: () => Promise<T>, late?: (answer: T) => void): Promise<T> {
    if (this.#silent) throw away();
    return new Promise<T>((resolve, reject) => {
      let waiting = true;
      const timer = setTimeout(() => {
        waiting = false;
        this.#heard(false);
        reject(away());
      }, answerWithin);
      const answered = (told: () => void) => {
        clearTimeout(timer);
        this.#heard(true);
        told();
      };
      work().then(
        (answer) => answered(() => (waiting ? resolve(answer) : late?.(answer))),
        (error: unknown) => {
          clearTimeout(timer);
          reject(meaningOf(error));
        },
      );
    });
  }

  #heard(answers: boolean): void {
    this.#silent = !answers;
    if (this.reachable === this.#reachable || this.#closed) return;
    this.#reachable = this.reachable;
    this.#changed(this.#reachable);
    if (this.#reachable) for (const back of this.#watchers) back();
  }

  /** Whether it answers, also while nobody asks it anything. */
  #probe(): void {
    if (this.#probing || !this.#client.isReady) return;
    this.#probing = true;
    const timer = setTimeout(() => this.#heard(false), answerWithin).unref();
    void this.#client
      .ping()
      .then(() => this.#heard(true))
      .catch(() => {})
      .finally(() => {
        clearTimeout(timer);
        this.#probing = false;
      });
  }
}

function away(cause?: unknown): Problem {
  return new Problem('overloaded', 'The store that the gateways share is out of reach; ask again in a moment.', {
    retryAfter: 1,
    ...(cause !== undefined && { cause }),
  });
}

/** What Redis itself says of a command is a mistake of ours; everything else is that it could not say anything. */
function meaningOf(error: unknown): unknown {
  const said = error instanceof Error ? error.message : '';
  return /^[A-Z]+ /.test(said) && !unable.test(said) ? error : away(error);
}

/** Several addresses that all refuse have one error without words. */
function reasonOf(error: unknown): string {
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  return first instanceof Error && first.message !== '' ? first.message : 'unknown';
}

/** A patient one keeps what it is asked while there is no connection. */
function makeClient(url: string, { patient }: { patient: boolean }): Client {
  let connected = false;
  const client = createClient({
    url,
    disableOfflineQueue: !patient,
    // One that only hears would else be taken for dead.
    ...(patient && { pingInterval: deadAfter / 4 }),
    commandOptions: { timeout: answerWithin },
    socket: {
      connectTimeout: connectWithin,
      socketTimeout: deadAfter,
      // The first connection is there or not; one that was lost is tried for again and again.
      reconnectStrategy: (tries) => (connected ? Math.min(longestPause, 50 * 2 ** tries) : false),
    },
  });
  client.on('ready', () => {
    connected = true;
  });
  // What fails is seen where it is asked for.
  client.on('error', () => {});
  return client as Client;
}

async function openEars(url: string): Promise<Client> {
  const client = makeClient(url, { patient: true });
  try {
    await within(connectWithin, client.connect());
    return client;
  } catch (error) {
    destroy(client);
    throw error;
  }
}

function destroy(client: Client): void {
  try {
    client.destroy();
  } catch {
    // It was closed already.
  }
}

async function within<T>(limit: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it does not answer')), limit);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {});
  }
}
