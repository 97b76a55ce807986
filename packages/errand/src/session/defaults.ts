// What a session gives to each of its requests, made once from its options.
import { readHeaders } from '../core/headers.js';
import type { Readings } from '../core/response.js';
import { readUrl } from '../core/url.js';
import { acceptedCodings } from '../transport/decode.js';
import { type Credentials, SessionFields, takeUserinfo } from './fields.js';
import type { SessionOptions } from './options.js';
import { defaultPolicy, type Heritage, inherited, sessionPolicy } from './policy.js';
import type { Defaults } from './prepare.js';
import { version } from './version.js';

/** @throws TypeError naming the option that makes no sense. */
export function defaultsOf(options: SessionOptions, readings: Readings, heritage?: Heritage): Defaults {
  const { baseUrl, headers, credentials, userAgent = `errand/${version}` } = options;
  const base = baseUrl === undefined ? undefined : readUrl(baseUrl);
  const resolved = sessionPolicy(options, defaultPolicy, base);
  const policy = heritage === undefined ? resolved : inherited(resolved, heritage);
  const secrets = withUserinfo(base, credentials);
  const agentField = readHeaders({ 'user-agent': userAgent });
  const own = ['accept', '*/*', 'accept-encoding', acceptedCodings, ...agentField];
  let undressed: SessionFields | undefined;
  return {
    baseUrl: base,
    fields: new SessionFields(own, headers, base?.origin, secrets),
    undressed() {
      const agent = options.userAgent === undefined ? [] : agentField;
      undressed ??= new SessionFields(agent, headers, base?.origin, secrets);
      return undressed;
    },
    policy,
    streamPolicy: { ...policy, maxBodySize: Number.POSITIVE_INFINITY },
    readings,
  };
}

/** Userinfo of the base URL is Basic credentials of its origin, where none are given for that. */
function withUserinfo(base: URL | undefined, credentials: SessionOptions['credentials']): typeof credentials {
  const basic = base === undefined ? undefined : takeUserinfo(base);
  return basic === undefined
    ? credentials
    : { [(base as URL).origin]: { basic } satisfies Credentials, ...credentials };
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
