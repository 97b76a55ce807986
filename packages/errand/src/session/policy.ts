// Options to policies: the session's over the defaults, a call's over the session's. What a call does not change it shares.
import type { CacheMode, GuardPolicy, Policy, Timeouts } from '../core/policy.js';
import { parseDuration } from '../kit/duration.js';
import { parseSize } from '../kit/size.js';
import { readCallCookies } from '../middleware/cookies/options.js';
import { type GuardOptions, resolveGuard } from '../middleware/guard/policy.js';
import { resolveIdentity } from '../middleware/identity/options.js';
import { readProxyUrl } from '../middleware/proxy/proxy-url.js';
import { resolveRedirect } from '../middleware/redirect/options.js';
import { defaultRetry, resolveRetry } from '../middleware/retry/options.js';
import type { RequestOptions, SessionOptions, TimeoutOptions } from './options.js';

const defaultTimeouts: Timeouts = {
  total: 30_000,
  queue: Number.POSITIVE_INFINITY,
  connect: 5_000,
  headers: 10_000,
  idle: 10_000,
};

export const defaultPolicy: Policy = {
  timeouts: defaultTimeouts,
  redirect: resolveRedirect(undefined),
  maxBodySize: 10 * 1024 ** 2,
  throwHttpErrors: true,
  credentials: true,
  retry: defaultRetry,
  guard: undefined,
  cache: 'default',
  dedupe: false,
  proxy: undefined,
  identity: undefined,
  cookies: undefined,
};

/** The policy of a session. @throws TypeError naming the option that makes no sense. */
export function sessionPolicy(options: SessionOptions, base: Policy, baseUrl: URL | undefined): Policy {
  return {
    ...base,
    guard: guardOf(options.guard, baseUrl, options.connection?.unixSocket !== undefined),
    timeouts: resolveTimeouts(options.timeout, base.timeouts),
    redirect: resolveRedirect(options.redirect, base.redirect),
    retry: resolveRetry(options.retry, base.retry),
    dedupe: readBoolean(options.dedupe, base.dedupe, 'dedupe'),
    identity: options.identity === undefined ? base.identity : resolveIdentity(options.identity),
    maxBodySize: options.maxBodySize === undefined ? base.maxBodySize : parseSize(options.maxBodySize, 'maxBodySize'),
    throwHttpErrors: readBoolean(options.throwHttpErrors, base.throwHttpErrors, 'throwHttpErrors'),
  };
}

/** What an extended session has from the one that it was extended from. */
export interface Heritage {
  readonly policy: Policy;
  /** What the extension itself names. */
  readonly own: SessionOptions;
}

/** What an extension does not name is the very same as its parent's, so that caches and flights know it again. */
export function inherited(policy: Policy, { policy: parent, own }: Heritage): Policy {
  const sameGuard = own.guard === undefined && own.baseUrl === undefined && own.connection === undefined;
  return {
    ...policy,
    guard: sameGuard ? parent.guard : policy.guard,
    retry: own.retry === undefined ? parent.retry : policy.retry,
    identity: own.identity === undefined ? parent.identity : policy.identity,
  };
}

function resolveTimeouts(option: SessionOptions['timeout'], base: Timeouts): Timeouts {
  if (option === undefined) return base;
  const timeouts: TimeoutOptions = typeof option === 'object' && option !== null ? option : { total: option };
  const read = (name: keyof Timeouts) =>
    timeouts[name] === undefined ? base[name] : parseDuration(timeouts[name], `timeout.${name}`);
  return {
    total: read('total'),
    queue: read('queue'),
    connect: read('connect'),
    headers: read('headers'),
    idle: read('idle'),
  };
}

function guardOf(
  option: false | GuardOptions | undefined,
  baseUrl: URL | undefined,
  unixSocket: boolean,
): GuardPolicy | undefined {
  if (option === false) return undefined;
  return resolveGuard(option, { origins: baseUrl === undefined ? [] : [baseUrl], unixSocket });
}

/** @throws TypeError here, at the call, where it names no proxy. */
function readProxy(proxy: string | false): string | false {
  if (proxy !== false && proxy !== 'env') readProxyUrl(proxy, 'proxy');
  return proxy;
}

const cacheModes = new Set(['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached']);

function readCacheMode(mode: CacheMode | false): CacheMode {
  if (mode === false) return 'no-store';
  if (!cacheModes.has(mode))
    throw new TypeError(`cache: expected false or one of ${[...cacheModes].join(', ')}, got '${String(mode)}'`);
  return mode;
}

function readBoolean(value: boolean | undefined, fallback: boolean, option: string): boolean {
  if (value === undefined) return fallback;
  if (typeof value !== 'boolean') throw new TypeError(`${option}: expected true or false, got ${String(value)}`);
  return value;
}

/** The policy of one call. @throws TypeError naming the option that makes no sense. */
export function callPolicy(options: RequestOptions, base: Policy, baseUrl: URL | undefined): Policy {
  if (!changing.some((name) => options[name] !== undefined)) return base;
  const { timeout, retry, redirect, cache, dedupe, guard, proxy, identity, cookies } = options;
  const { credentials, maxBodySize, throwHttpErrors } = options;
  return {
    ...base,
    timeouts: resolveTimeouts(timeout, base.timeouts),
    retry: retry === undefined ? base.retry : resolveRetry(retry, base.retry),
    redirect: resolveRedirect(redirect, base.redirect),
    dedupe: readBoolean(dedupe, base.dedupe, 'dedupe'),
    guard: guard === undefined ? base.guard : guardOf(guard, baseUrl, false),
    cache: cache === undefined ? base.cache : readCacheMode(cache),
    proxy: proxy === undefined ? base.proxy : readProxy(proxy),
    identity: identity === undefined ? base.identity : resolveIdentity(identity),
    cookies: cookies === undefined ? base.cookies : readCallCookies(cookies),
    credentials: credentials === undefined ? base.credentials : false,
    maxBodySize: maxBodySize === undefined ? base.maxBodySize : parseSize(maxBodySize, 'maxBodySize'),
    throwHttpErrors: readBoolean(throwHttpErrors, base.throwHttpErrors, 'throwHttpErrors'),
  };
}

/** The options of a call that change what it is held to. */
const changing = [
  'timeout', 'retry', 'redirect', 'cache', 'dedupe', 'guard', 'proxy', 'identity', 'cookies', 'credentials', 'maxBodySize', 'throwHttpErrors',
] as const; // biome-ignore format: a list
