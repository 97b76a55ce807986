// Everything that the gateways on one Redis share, opened at once. It is loaded only where a Redis is given.
import type { OpenLedger } from 'errand';
import type { SharedJobs } from '../jobs/jobs.js';
import { RedisBans } from './bans.js';
import { RedisConnection } from './connection.js';
import { RedisCopies } from './copies.js';
import { openHostLedger } from './hosts.js';
import { RedisJobs } from './jobs/records.js';
import { SharedRunner } from './jobs/runner.js';
import { RedisKeys } from './keys.js';
import { RedisSessions } from './sessions.js';
import { RedisSignIns } from './sign-ins.js';
import { RedisTraffic } from './traffic.js';

export interface Shared {
  readonly connection: RedisConnection;
  readonly keys: RedisKeys;
  readonly traffic: RedisTraffic;
  readonly signIns: RedisSignIns;
  readonly ledger: OpenLedger;
  readonly bans: RedisBans;
  readonly copies: RedisCopies;
  readonly sessions: RedisSessions;
  readonly jobs: SharedJobs;
}

export interface SharedOptions {
  readonly url: string;
  /** Told that Redis is away, and that it is back. */
  readonly changed: (reachable: boolean) => void;
  readonly copyLost: (error: unknown) => void;
}

/** @throws StoreError where nobody answers there; what was opened by then is in `closers`, too. */
export async function openShared(
  { url, changed, copyLost }: SharedOptions,
  closers: { add<T extends { close(): unknown }>(part: T): T },
): Promise<Shared> {
  const connection = closers.add(await RedisConnection.open({ url, changed }));
  const traffic = closers.add(new RedisTraffic({ connection })).open();
  const jobs = new RedisJobs({ connection });
  return {
    connection,
    keys: await closers.add(new RedisKeys({ connection, usedOf: (id) => traffic.usedOf(id) })).open(),
    traffic,
    signIns: new RedisSignIns({ connection }),
    ledger: closers.add(openHostLedger(connection)).ledger,
    bans: closers.add(await RedisBans.open({ connection })),
    copies: new RedisCopies({ connection, onError: copyLost }),
    sessions: new RedisSessions({ connection }),
    jobs: { records: jobs, work: (options) => new SharedRunner({ ...options, connection, jobs }) },
  };
}
