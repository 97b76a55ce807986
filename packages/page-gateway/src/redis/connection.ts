// The connection to the Redis that several gateways share: commands, scripts and messages, none of which is waited for in
// vain. What it says of failures never shows the URL's password.
import { createHash } from 'node:crypto';
import { createClient, RESP_TYPES } from 'redis';
import { Problem } from '../core/problem.js';
import { StoreError } from '../store/store-error.js';

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
}

/** Milliseconds. */
const connectWithin = 3_000;
const answerWithin = 2_000;
const longestPause = 2_000;

export class RedisConnection {
  readonly prefix: string;
  readonly url: string;
  readonly #client: Client;
  #ears: Promise<Client> | undefined;
  #closed = false;

  private constructor(client: Client, url: string, prefix: string) {
    this.#client = client;
    this.url = url;
    this.prefix = prefix;
  }

  /** @throws TypeError where the URL is none; StoreError where nobody answers there. */
  static async open({ url, prefix = 'page-gateway:' }: RedisOptions): Promise<RedisConnection> {
    if (!/^rediss?:\/\/./.test(url) || !URL.canParse(url)) {
      // It may hold a password, so it is not shown.
      throw new TypeError('redis: expected redis://host:port or rediss://host:port');
    }
    const client = makeClient(url, { patient: false });
    try {
      await client.connect();
      await client.ping();
    } catch (error) {
      destroy(client);
      const why = error instanceof Error ? error.message : 'unknown';
      throw new StoreError(
        'unreachable',
        `redis: ${new URL(url).host} cannot be used (${why}): start Redis there, or correct --redis`,
        error,
      );
    }
    return new RedisConnection(client, url, prefix);
  }

  /** False while there is no connection; it comes back by itself. */
  get reachable(): boolean {
    return this.#client.isReady && !this.#closed;
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

  /** @throws Problem overloaded where Redis is away. */
  async run({ source, sha }: Script, keys: readonly string[], args: ReadonlyArray<string | Buffer>): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...args] as string[];
    return this.#ask(async () => {
      try {
        return await this.#client.sendCommand(['EVALSHA', sha, ...rest]);
      } catch (error) {
        if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
        return this.#client.sendCommand(['EVAL', source, ...rest]);
      }
    });
  }

  /** Hears a channel until the returned function is called, also after Redis was away; what was said meanwhile is lost. */
  async hear(channel: string, listener: (message: string) => void): Promise<() => void> {
    this.#ears ??= openEars(this.url);
    const ears = await this.#ears;
    await ears.subscribe(channel, listener);
    return () => {
      if (!this.#closed) void ears.unsubscribe(channel, listener).catch(() => {});
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const ears = await this.#ears?.catch(() => undefined);
    if (ears !== undefined) destroy(ears);
    if (this.#client.isReady) await Promise.race([this.#client.close().catch(() => {}), later(answerWithin)]);
    destroy(this.#client);
  }

  async #ask<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      // What Redis itself says of a command is a mistake of ours; everything else is that it did not say anything.
      if (error instanceof Error && /^[A-Z]+ /.test(error.message)) throw error;
      throw new Problem('overloaded', 'The store that the gateways share is out of reach; ask again in a moment.', {
        retryAfter: 1,
        cause: error,
      });
    }
  }
}

/** A patient one keeps what it is asked while there is no connection. */
function makeClient(url: string, { patient }: { patient: boolean }): Client {
  let connected = false;
  const client = createClient({
    url,
    disableOfflineQueue: !patient,
    commandOptions: { timeout: answerWithin },
    socket: {
      connectTimeout: connectWithin,
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
  await client.connect();
  return client;
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
    setTimeout(resolve, delay).unref();
  });
}
