// The header fields that a session adds to a request, by where it goes: its defaults to everybody, its `headers` to the
// origin they are meant for, and secrets to the origin they belong to and to no other.
import { type FieldList, type HeadersInput, mergeFields, readHeaders } from '../core/headers.js';
import type { Basic } from '../core/policy.js';
import { hostOf } from '../core/url.js';
import { PatternTable } from '../middleware/limit/patterns.js';

/** Secrets for one origin. */
export interface Credentials {
  headers?: HeadersInput;
  basic?: Basic;
  bearer?: string;
}

/** How many origins' fields are kept ready. */
const keptOrigins = 256;

export class SessionFields {
  readonly #defaults: FieldList;
  readonly #headers: FieldList;
  readonly #baseOrigin: string | undefined;
  readonly #origins = new Map<string, FieldList>();
  readonly #patterns: PatternTable<FieldList> | undefined;
  readonly #ready = new Map<string, FieldList>();

  /** @throws TypeError where a header or a credential is not fit to be sent. */
  constructor(
    defaults: FieldList,
    headers: HeadersInput | undefined,
    baseOrigin: string | undefined,
    credentials: Record<string, Credentials> | undefined,
  ) {
    this.#defaults = defaults;
    this.#headers = readHeaders(headers);
    this.#baseOrigin = baseOrigin;
    const patterns: Record<string, FieldList> = {};
    for (const [key, value] of Object.entries(credentials ?? {})) {
      const fields = credentialFields(value, `credentials['${key}']`);
      if (key.includes('://')) this.#origins.set(originOf(key), fields);
      else patterns[key] = fields;
    }
    if (Object.keys(patterns).length > 0) this.#patterns = new PatternTable(patterns, 'credentials');
  }

  /** What goes with a request that the caller makes to this URL. */
  direct(url: URL, credentials: boolean): FieldList {
    if (credentials && this.#baseOrigin === undefined && this.#origins.size === 0 && this.#patterns === undefined) {
      return this.#everywhere();
    }
    const key = `${credentials ? '+' : '-'}${url.origin}`;
    let fields = this.#ready.get(key);
    if (fields === undefined) {
      const base =
        this.#baseOrigin === undefined || this.#baseOrigin === url.origin ? this.#everywhere() : this.#defaults;
      fields = credentials ? mergeFields(base, this.#secretsFor(url)) : base;
      if (this.#ready.size >= keptOrigins) this.#ready.clear();
      this.#ready.set(key, fields);
    }
    return fields;
  }

  /** What is added when a redirect leads to this URL on another origin than it came from. */
  redirected(url: URL, credentials: boolean): FieldList {
    const own = this.#baseOrigin === url.origin ? this.#headers : [];
    return credentials ? mergeFields(own, this.#secretsFor(url)) : own;
  }

  #all: FieldList | undefined;
  #everywhere(): FieldList {
    this.#all ??= mergeFields(this.#defaults, this.#headers);
    return this.#all;
  }

  #secretsFor(url: URL): FieldList {
    return this.#origins.get(url.origin) ?? this.#patterns?.find(hostOf(url)) ?? [];
  }
}

/** @throws TypeError naming the option that holds no such thing. */
export function credentialFields(credentials: Credentials, option: string): FieldList {
  if (typeof credentials !== 'object' || credentials === null) {
    throw new TypeError(`${option}: expected { headers, basic, bearer }`);
  }
  const { headers, basic, bearer } = credentials;
  if (basic !== undefined && bearer !== undefined)
    throw new TypeError(`${option}: expected one of basic and bearer, got both`);
  const fields = readHeaders(headers);
  if (bearer !== undefined) return mergeFields(fields, readHeaders({ authorization: `Bearer ${bearer}` }));
  if (basic !== undefined)
    return mergeFields(fields, ['authorization', basicAuthorization(basic.username, basic.password)]);
  return fields;
}

/** Takes the userinfo out of a URL: it is shown and sent nowhere as such. */
export function takeUserinfo(url: URL): Basic | undefined {
  if (!url.href.includes('@')) return undefined;
  const { username, password } = url;
  if (username === '' && password === '') return undefined;
  url.username = '';
  url.password = '';
  return { username: decode(username), password: decode(password) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** RFC 7617, in UTF-8. */
export function basicAuthorization(username: string, password: string): string {
  if (username.includes(':')) throw new TypeError('credentials: a user name cannot hold a colon (RFC 7617 2)');
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function originOf(key: string): string {
  if (!URL.canParse(key))
    throw new TypeError(`credentials: '${key}' is neither an origin such as 'https://api.example' nor a host pattern`);
  return new URL(key).origin;
}
