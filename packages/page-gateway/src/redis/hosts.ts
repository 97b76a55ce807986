// The ledger in which the gateways of one Redis agree on the turns at hosts. Beside it is counted how many gateways there
// are, so that each knows its share of the limits for as long as Redis is away.
import { randomUUID } from 'node:crypto';
import { redisState } from '@errand/redis';
import { type OpenLedger, sharedParts } from 'errand';
import { type RedisConnection, type Script, script } from './connection.js';

export interface HostLedgerOptions {
  /** After how many milliseconds the turns of a gateway that died are given to others. @default 10_000 */
  readonly lease?: number;
}

/** Milliseconds. */
const answerWithin = 500;
const beatEvery = 2_000;
const deadAfter = 10_000;

/**
 * One gateway is here, or leaves. KEYS: the gateways, by when each is counted no more. ARGV: its id, for how many
 * milliseconds it counts (0: it leaves). Answers how many there are.
 */
const beat: Script = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lasts = tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if lasts > 0 then
  redis.call('ZADD', KEYS[1], now + lasts, ARGV[1])
  redis.call('PEXPIRE', KEYS[1], lasts)
else redis.call('ZREM', KEYS[1], ARGV[1]) end
return redis.call('ZCARD', KEYS[1])
`);

/** How many gateways there are, as Redis last said. */
class Gateways {
  readonly #connection: RedisConnection;
  readonly #id = randomUUID();
  readonly #timer: NodeJS.Timeout;
  /** The last two answers: a Redis that came back empty has not heard of all yet. */
  #counts: [number, number] = [1, 1];
  #leaving = false;

  constructor(connection: RedisConnection) {
    this.#connection = connection;
    this.#timer = setInterval(() => void this.#tell(deadAfter), beatEvery).unref();
    void this.#tell(deadAfter);
  }

  get count(): number {
    return Math.max(1, ...this.#counts);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#leaving = true;
    await this.#tell(0);
  }

  async #tell(lasts: number): Promise<void> {
    try {
      const count = await this.#connection.run(beat, [this.#connection.key('gateways')], [this.#id, String(lasts)]);
      if (!this.#leaving) this.#counts = [this.#counts[1], Number(count)];
    } catch {
      // As many as there were.
    }
  }
}

/** @example const { ledger, close } = openHostLedger(connection); const hosts = new Hosts({ ledger }); */
export function openHostLedger(
  connection: RedisConnection,
  { lease = 10_000 }: HostLedgerOptions = {},
): { readonly ledger: OpenLedger; close(): Promise<void> } {
  const gateways = new Gateways(connection);
  const { url } = connection;
  const state = redisState({ url, prefix: connection.key('hosts', ''), timeout: answerWithin, lease });
  return {
    ledger: (watcher) => {
      const inner = state[sharedParts].openLedger(watcher);
      return {
        get reachable() {
          return inner.reachable;
        },
        lease: inner.lease,
        get share() {
          return 1 / gateways.count;
        },
        claim: (claim) => inner.claim(claim),
        close: () => inner.close(),
      };
    },
    close: async () => {
      await gateways.close();
      await state.close();
    },
  };
}
