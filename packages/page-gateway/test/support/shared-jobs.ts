// Jobs of gateways that share a Redis, with pages that the test makes itself: one gateway more with each call.
import { Session } from 'errand';
import { onTestFinished } from 'vitest';
import { Jobs, type JobsOptions } from '../../src/jobs/jobs.js';
import type { FetchPage } from '../../src/jobs/work.js';
import { type Key, Keys, type NewKey } from '../../src/keys/keys.js';
import { RedisConnection } from '../../src/redis/connection.js';
import type { Times } from '../../src/redis/jobs/queue.js';
import { RedisJobs } from '../../src/redis/jobs/records.js';
import { SharedRunner } from '../../src/redis/jobs/runner.js';
import { RedisKeys } from '../../src/redis/keys.js';
import { RedisTraffic } from '../../src/redis/traffic.js';
import { openStore } from '../../src/store/store.js';
import { temporaryFolder } from './folder.js';

/** A gateway that died is known to be dead soon. */
export const quick: Times = { lease: 1_500, sweepEvery: 200 };

export interface Gateway {
  readonly jobs: Jobs;
  readonly keys: Keys;
  readonly connection: RedisConnection;
  readonly logged: Array<{ readonly event: string; readonly facts: object }>;
  key(options: Partial<NewKey> & { name: string }): Promise<Key>;
  end(): Promise<void>;
}

export async function gatewayOn(
  url: string,
  fetchPage: FetchPage,
  { times = quick, ...options }: Partial<JobsOptions> & { times?: Times } = {},
): Promise<Gateway> {
  const connection = await RedisConnection.open({ url });
  const traffic = new RedisTraffic({ connection }).open();
  const redisKeys = await new RedisKeys({ connection, usedOf: (id) => traffic.usedOf(id) }).open();
  const keys = new Keys({ store: redisKeys, traffic });
  const store = openStore({ folder: temporaryFolder() });
  const records = new RedisJobs({ connection });
  const session = new Session({ guard: { allow: ['127.0.0.1'] }, breaker: false });
  const logged: Gateway['logged'] = [];
  const log = (_level: string, event: string, facts: object) => void logged.push({ event, facts });
  const shared = {
    records,
    work: (work: object) => new SharedRunner({ ...work, connection, jobs: records, times } as never),
  };
  const jobs = new Jobs({ store, keys, fetchPage, session, shared, log, ...options });
  let ended: Promise<void> | undefined;
  const end = () => {
    ended ??= (async () => {
      await jobs.close();
      await session.close({ grace: 0 });
      redisKeys.close();
      await traffic.close();
      await connection.close();
      store.close();
    })();
    return ended;
  };
  onTestFinished(end);
  jobs.start();
  const key = async (made: Partial<NewKey> & { name: string }) => keys.identify((await keys.add(made))?.secret);
  return { jobs, keys, connection, logged, key, end };
}
