// From the words of a call to a request: URL, query, fields, body, policy. Whatever is wrong with them throws TypeError
// here, at the call, before anything is promised.
import { Call } from '../core/call.js';
import { type FieldList, fieldOf, isToken, mergeFields, readHeaders, withField } from '../core/headers.js';
import type { Policy } from '../core/policy.js';
import { HttpRequest } from '../core/request.js';
import type { Readings } from '../core/response.js';
import { readUrl } from '../core/url.js';
import { credentialFields, type SessionFields, takeUserinfo } from './fields.js';
import type { QueryInput, RequestOptions } from './options.js';
import { callPolicy } from './policy.js';
import { isPlain, readBody } from './request-body.js';

/** What a session gives to every request of its own. */
export interface Defaults {
  readonly baseUrl: URL | undefined;
  readonly fields: SessionFields;
  /** The same without what the session says of itself: an identity says it. */
  undressed(): SessionFields;
  readonly policy: Policy;
  readonly streamPolicy: Policy;
  readonly readings: Readings;
}

const noOptions: RequestOptions = {};

export function prepare(
  method: string,
  input: string | URL,
  options: RequestOptions = noOptions,
  defaults: Defaults,
  streaming: boolean,
): HttpRequest {
  const url = readTarget(input, defaults.baseUrl);
  let own = options.headers === undefined ? undefined : readHeaders(options.headers);
  const userinfo = takeUserinfo(url);
  if (userinfo !== undefined) own = mergeFields(credentialFields({ basic: userinfo }, 'url'), own ?? []);
  if (options.query !== undefined) appendQuery(url, options.query);
  const general = streaming ? defaults.streamPolicy : defaults.policy;
  const policy = options === noOptions ? general : callPolicy(options, general, defaults.baseUrl);
  const { signal, lane, priority, onProgress } = options;
  checkSignal(signal);
  const { readings } = defaults;
  const call = new Call({
    method: checkMethod(method),
    url,
    policy,
    readings,
    streaming,
    lane,
    priority,
    signal,
    onProgress,
  });
  const dress = policy.identity === undefined ? defaults.fields : defaults.undressed();
  let fields = dress.direct(url, policy.credentials);
  if (options.credentials) fields = mergeFields(fields, credentialFields(options.credentials, 'credentials'));
  if (own !== undefined) fields = mergeFields(fields, own);
  const body = readBody(options);
  if (body !== undefined) {
    if (call.method === 'GET' || call.method === 'HEAD')
      throw new TypeError(`body: a ${call.method} request takes none`);
    if (body.type !== undefined && fieldOf(fields, 'content-type') === undefined)
      fields = withField(fields, 'content-type', body.type);
    checkLength(fields, body.length);
  } else {
    checkLength(fields, 0);
  }
  return new HttpRequest(call.method, url, fields, body, call);
}

function readTarget(input: string | URL, base: URL | undefined): URL {
  const url = readUrl(input, base);
  // Only text that says so itself leads elsewhere: '//evil.example' and '\\evil.example' would too.
  if (base !== undefined && typeof input === 'string' && url.origin !== base.origin && !/^\s*https?:/i.test(input)) {
    throw new TypeError(
      'url: a relative URL led to another origin than baseUrl; name the other origin with an absolute URL',
    );
  }
  return url;
}

const usualMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE']);

function checkMethod(method: string): string {
  if (usualMethods.has(method)) return method;
  if (typeof method !== 'string' || !isToken(method))
    throw new TypeError('method: expected an HTTP method such as GET (RFC 9110 9.1)');
  const upper = method.toUpperCase();
  if (upper === 'CONNECT' || upper === 'TRACE')
    throw new TypeError(`method: ${upper} is not a request that a session makes`);
  return usualMethods.has(upper) ? upper : method;
}

function checkSignal(signal: unknown): void {
  if (signal === undefined || signal instanceof AbortSignal) return;
  throw new TypeError(`signal: expected an AbortSignal, got ${typeof signal}`);
}

function checkLength(fields: FieldList, length: number | undefined): void {
  const said = fieldOf(fields, 'content-length');
  if (said === undefined || length === undefined || Number(said) === length) return;
  throw new TypeError(`headers: content-length says ${said}, but the body has ${length} bytes`);
}

function appendQuery(url: URL, query: QueryInput): void {
  const params = query instanceof URLSearchParams ? query : new URLSearchParams();
  if (params !== query) {
    if (!isPlain(query)) throw new TypeError('query: expected an object of names and values, or URLSearchParams');
    for (const [name, value] of Object.entries(query)) {
      for (const item of Array.isArray(value) ? value : [value]) {
        if (item === undefined || item === null) continue;
        if (typeof item === 'object')
          throw new TypeError(
            `query: the value of '${name}' is an object; expected text, a number, a boolean or a list of them`,
          );
        params.append(name, String(item));
      }
    }
  }
  const added = params.toString();
  if (added !== '') url.search = url.search === '' ? added : `${url.search}&${added}`;
}
