// Gives a request the headers of one browser, in that browser's order. What the caller says himself stays as he says it, in
// the place where the browser would have it.
import type { Middleware } from '../../core/handler.js';
import { type FieldList, indexOfField, readHeaders } from '../../core/headers.js';
import { isLocalhost, plainHost } from '../../core/hosts.js';
import type { WornIdentity } from '../../core/policy.js';
import type { Identities } from './identities.js';
import { isWorn } from './options.js';

export function identity(identities: Identities): Middleware {
  return (next) => (request) => {
    const wanted = request.call.policy.identity;
    if (wanted === undefined) return next(request);
    const fields = isWorn(wanted)
      ? fieldsOf(wanted, request.url)
      : fieldsFor(identities.of(request, wanted), request.url);
    return next(request.withFields(dressed(fields, request.fields)));
  };
}

/** The fields that the identity shows to the URL's origin. */
export function fieldsFor<T>(shown: { readonly secure: T; readonly plain: T }, url: URL): T {
  return isTrustworthy(url) ? shown.secure : shown.plain;
}

/** Lists that were read before: an identity gives the same ones again and again. */
const read = new WeakMap<object, FieldList>();

/** @throws TypeError where what it gives is not fit to be sent. */
function fieldsOf(worn: WornIdentity, url: URL): FieldList {
  const pairs = worn.headersFor(url);
  let fields = read.get(pairs);
  if (fields === undefined) {
    fields = readHeaders(pairs.map(([name, value]): [string, string] => [name, value]));
    read.set(pairs, fields);
  }
  return fields;
}

/** The browser's fields with the caller's values in them, and whatever else the caller sends after them. */
export function dressed(browser: FieldList, own: FieldList): FieldList {
  const fields: string[] = [];
  for (let index = 0; index < browser.length; index += 2) {
    const name = browser[index] as string;
    const at = indexOfField(own, name.toLowerCase());
    if (at < 0) fields.push(name, browser[index + 1] as string);
    else pushAll(fields, own, name.toLowerCase());
  }
  for (let index = 0; index < own.length; index += 2) {
    const name = own[index] as string;
    if (indexOfField(browser, name.toLowerCase()) < 0) fields.push(name, own[index + 1] as string);
  }
  return fields;
}

function pushAll(fields: string[], own: FieldList, lower: string): void {
  for (let index = 0; index < own.length; index += 2) {
    const name = own[index] as string;
    if (name.toLowerCase() === lower) fields.push(name, own[index + 1] as string);
  }
}

/** Whether a browser tells this origin its client hints and where a request comes from: others could read them on the way. */
function isTrustworthy(url: URL): boolean {
  if (url.protocol === 'https:') return true;
  const host = plainHost(url.hostname);
  return isLocalhost(host) || host === '::1' || /^127(?:\.\d+){3}$/.test(host);
}
