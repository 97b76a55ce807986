// What one call is held to: the session's options resolved to numbers, with the call's own on top. Shared by reference by
// every call that changes nothing, and never changed once made.
import type { ErrandError } from '../errors.js';
import type { CookieStore } from '../middleware/cookies/jar.js';

export interface Timeouts {
  /** Milliseconds; Infinity is no limit. */
  readonly total: number;
  readonly queue: number;
  readonly connect: number;
  readonly headers: number;
  readonly idle: number;
}

export interface RetryPolicy {
  readonly attempts: number;
  readonly methods: ReadonlySet<string>;
  readonly statuses: ReadonlySet<number>;
  /** Milliseconds. */
  readonly backoff: { readonly base: number; readonly max: number };
  readonly respectRetryAfter: boolean;
  readonly budget: number;
  readonly shouldRetry: ((error: ErrandError, attempt: number) => boolean | undefined) | undefined;
}

export interface RedirectPolicy {
  readonly mode: 'follow' | 'manual' | 'error';
  readonly max: number;
  readonly allowDowngrade: boolean;
  /** Whether a body that can be sent again may go to another origin; where left out, it may not. */
  readonly crossOriginBody?: boolean;
}

/** Who may be asked. `undefined` in a policy is no guard at all. */
export interface GuardPolicy {
  /** A reason why the URL's host or port may not be asked; undefined where it may, as far as the name tells. */
  refuseUrl(url: URL): string | undefined;
  /** A reason why this address may not be connected to on behalf of host:port; undefined where it may. */
  refuseAddress(address: string, host: string, port: number): string | undefined;
  /** Whether every address of host:port may be connected to, so that nobody needs to know them. */
  trustsHost(host: string, port: number): boolean;
}

/** The ways of `RequestOptions.cache`; `no-store` also stands for `false`. */
export type CacheMode = 'default' | 'no-store' | 'reload' | 'no-cache' | 'force-cache' | 'only-if-cached';

export interface Basic {
  readonly username: string;
  readonly password: string;
}

/** One coherent set of browser headers. */
export interface IdentityOptions {
  browser?: 'chrome' | 'firefox' | 'safari' | 'edge';
  platform?: 'windows' | 'macos' | 'linux' | 'android' | 'ios';
  /** What it is held in. @default any */
  device?: 'desktop' | 'mobile' | 'tablet';
  /** @default 'en-US' */
  locale?: string;
  /** How long one identity is kept. @default 'session' */
  sticky?: 'session' | 'host' | 'request';
}

/** An identity that was drawn before, by `drawIdentity` or by the caller's own means. */
export interface WornIdentity {
  /** The fields of a first navigation to the URL, in the browser's order; without host, connection and cookies. */
  headersFor(url: URL): ReadonlyArray<readonly [name: string, value: string]>;
}

export interface Policy {
  readonly timeouts: Timeouts;
  /** undefined: one attempt. */
  readonly retry: RetryPolicy | undefined;
  readonly redirect: RedirectPolicy;
  readonly guard: GuardPolicy | undefined;
  readonly cache: CacheMode;
  readonly dedupe: boolean;
  /** undefined: as the session's proxies say; false: none; a string: that one. */
  readonly proxy: string | false | undefined;
  readonly identity: IdentityOptions | WornIdentity | undefined;
  /** undefined: the session's; false: none. */
  readonly cookies: CookieStore | false | undefined;
  /** Bytes after decoding; Infinity is no limit. For a stream only where the call names it. */
  readonly maxBodySize: number;
  readonly throwHttpErrors: boolean;
  /** Whether the session's credentials go along. */
  readonly credentials: boolean;
}
