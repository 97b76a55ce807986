// What a session gives to each of its requests, made once from its options.
import type { Readings } from '../core/response.js';
import { readUrl } from '../core/url.js';
import { acceptedCodings } from '../transport/decode.js';
import { SessionFields } from './fields.js';
import type { SessionOptions } from './options.js';
import { defaultPolicy, sessionPolicy } from './policy.js';
import type { Defaults } from './prepare.js';
import { version } from './version.js';

/** @throws TypeError naming the option that makes no sense. */
export function defaultsOf(options: SessionOptions, readings: Readings): Defaults {
  const { baseUrl, headers, credentials, userAgent = `errand/${version}` } = options;
  const base = baseUrl === undefined ? undefined : readUrl(baseUrl);
  const policy = sessionPolicy(options, defaultPolicy, base);
  const own = ['accept', '*/*', 'accept-encoding', acceptedCodings, 'user-agent', userAgent];
  let undressed: SessionFields | undefined;
  return {
    baseUrl: base,
    fields: new SessionFields(own, headers, base?.origin, credentials),
    undressed() {
      const { userAgent: agent } = options;
      undressed ??= new SessionFields(
        agent === undefined ? [] : ['user-agent', agent],
        headers,
        base?.origin,
        credentials,
      );
      return undressed;
    },
    policy,
    streamPolicy: { ...policy, maxBodySize: Number.POSITIVE_INFINITY },
    readings,
  };
}

const known = new Set<string>([
  'baseUrl', 'headers', 'credentials', 'limits', 'maxConnections', 'maxQueued', 'timeout', 'retry', 'breaker', 'redirect',
  'guard', 'cookies', 'cache', 'dedupe', 'proxy', 'identity', 'maxBodySize', 'maxHeaderSize', 'throwHttpErrors', 'parse',
  'middleware', 'shared', 'tls', 'connection', 'dns', 'userAgent',
]); // biome-ignore format: a list

/** @throws TypeError for what is no object of options, and for a name that no option has. */
export function checkOptions(options: SessionOptions): void {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`options: expected an object, got ${String(options)}`);
  for (const name of Object.keys(options)) {
    if (!known.has(name)) throw new TypeError(`options: there is no option '${name}'`);
  }
}
