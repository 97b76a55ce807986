// What is asked of the place that a redirect names: method, fields and body by RFC 9110 15.4 and the Fetch standard, with
// nothing that was meant for one origin carried to another.
import type { Call } from '../../core/call.js';
import { type FieldList, mergeFields, withoutFields } from '../../core/headers.js';
import { HttpRequest } from '../../core/request.js';

/**
 * The fields that belong to `url`'s origin on behalf of a call: the session's own headers where they are bound to it, and
 * its credentials. The redirect asks for them when a hop comes to another origin than the one before, since nothing
 * else would bring them back: a chain that leaves the base origin and returns is signed in again.
 */
export type FieldsFor = (url: URL, call: Call) => FieldList;

/** The method of the next request; 301 and 302 turn POST into GET as every browser does, 303 all but HEAD. */
export function nextMethod(method: string, status: number): string {
  if (status === 303) return method === 'HEAD' ? method : 'GET';
  return (status === 301 || status === 302) && method === 'POST' ? 'GET' : method;
}

/** Whether the body goes along: 303 asks for another resource, and a changed method takes none. */
export function keepsBody(request: HttpRequest, status: number): boolean {
  return request.body !== undefined && status !== 303 && nextMethod(request.method, status) === request.method;
}

/** The request that follows a redirect to `url`. */
export function nextRequest(
  request: HttpRequest,
  status: number,
  url: URL,
  fieldsFor: FieldsFor | undefined,
): HttpRequest {
  const withBody = keepsBody(request, status);
  const method = nextMethod(request.method, status);
  let { fields } = request;
  if (method !== request.method || (request.body !== undefined && !withBody))
    fields = withoutFields(fields, describesBody);
  if (url.origin !== request.url.origin) {
    fields = withoutFields(fields, (lower) => !(isSafe(lower) || (withBody && describesBody(lower))));
    if (fieldsFor !== undefined) fields = mergeFields(fieldsFor(url, request.call), fields);
  }
  return new HttpRequest(method, url, fields, withBody ? request.body : undefined, request.call);
}

function describesBody(lower: string): boolean {
  return lower.startsWith('content-');
}

/** The only fields that another origin may see. A list of what may go: a list of secrets would always miss one. */
function isSafe(lower: string): boolean {
  return lower === 'accept' || lower.startsWith('accept-') || lower === 'user-agent' || lower === 'cache-control';
}
