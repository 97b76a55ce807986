// `--redis`, which every command has that knows keys or fetches. Its value may hold a password, so no error shows it.
import { isRedisUrl, redisUrls } from '../redis/url.js';
import type { Flag, Given, Io } from './command.js';
import { UsageError } from './usage-error.js';

export const redisFlag: Flag = {
  type: 'string',
  description: 'The Redis that several gateways share: redis://HOST:PORT, or rediss:// for TLS.',
  valueHint: 'URL',
  otherwise: 'none: this one is alone',
  env: 'PAGE_GATEWAY_REDIS',
};

export function redisUrl(value: string, source: string): string {
  if (isRedisUrl(value)) return value;
  throw new UsageError(`${source}: expected ${redisUrls}`);
}

export function redisUrlOf(given: Given, { env }: Io): string | undefined {
  const typed = given.text('redis');
  if (typed !== undefined) return redisUrl(typed, '--redis');
  return env.PAGE_GATEWAY_REDIS ? redisUrl(env.PAGE_GATEWAY_REDIS, 'PAGE_GATEWAY_REDIS') : undefined;
}
