// What can be said to be wrong with the options before anything is made of them.
import { parseDuration } from 'errand';
import { isRedisUrl, redisUrls } from '../redis/url.js';
import type { PageGatewayServiceOptions } from './options.js';

/** @throws TypeError naming the option, what it was, and what was expected. */
export function checkOptions(options: PageGatewayServiceOptions): void {
  const { port, redis, hostConcurrency, renderConcurrency, hostDelay, robotsDefault } = options;
  if (port !== undefined && port !== false) whole('port', port, 0, 65_535);
  // It may hold a password, so it is not shown.
  if (redis !== undefined && !isRedisUrl(redis)) throw new TypeError(`redis: expected ${redisUrls}`);
  if (hostConcurrency !== undefined) whole('hostConcurrency', hostConcurrency, 1, 10_000);
  if (renderConcurrency !== undefined) whole('renderConcurrency', renderConcurrency, 1, 1_000);
  if (hostDelay !== undefined) parseDuration(hostDelay, 'hostDelay');
  if (robotsDefault !== undefined && !['obey', 'report', 'ignore'].includes(robotsDefault)) {
    throw new TypeError(`robotsDefault: expected obey, report or ignore, got ${String(robotsDefault)}`);
  }
}

function whole(name: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new TypeError(`${name}: expected a whole number from ${min} to ${max}, got ${String(value)}`);
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
