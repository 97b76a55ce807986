// A real Redis for the tests of what gateways share: a server of the test's own on loopback that can be stopped, killed and
// started again. Where there is no redis-server the tests are skipped aloud; on CI that is a failure.
import { onTestFinished } from 'vitest';
import { RedisServer, redisIsHere } from '../../../redis/test/redis-server.js';

export { RedisServer, until } from '../../../redis/test/redis-server.js';

if (!redisIsHere && process.env.CI) throw new Error('redis-server is not here: node scripts/install-servers.mjs');

/** For `describe.skipIf`. */
export const withoutRedis = !redisIsHere;

/** One that ends after everything else of the test, which may say goodbye to it. */
export async function ownRedis(): Promise<RedisServer> {
  const redis = await RedisServer.start();
  onTestFinished(() => redis.kill());
  return redis;
}
