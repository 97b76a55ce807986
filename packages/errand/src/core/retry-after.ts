// Moments at which a host wants to be asked again, in the ways in which hosts tell them: seconds from now, seconds or
// milliseconds since 1970, or a date. What cannot be read is as if it were not there.
import { type ResponseFields, responseField } from './headers.js';

/**
 * Milliseconds until the moment that Retry-After names (RFC 9110 10.2.3), never negative; undefined where there is none.
 * @param wallNow `Date.now()`, for dates in responses that have no Date of their own.
 */
export function readRetryAfter(fields: ResponseFields, wallNow: number): number | undefined {
  const text = responseField(fields, 'retry-after');
  return text === undefined ? undefined : readMoment(text, fields, wallNow);
}

/**
 * Milliseconds until a moment, never negative. A number too large to be seconds from now (thirty years) is a time of day.
 * Times of day are compared with the response's own Date: the host's clock may be wrong.
 */
export function readMoment(text: string, fields: ResponseFields, wallNow: number): number | undefined {
  const number = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
  if (number !== undefined && number < 1e9) return number * 1_000;
  const moment = number === undefined ? Date.parse(text) : number < 1e11 ? number * 1_000 : number;
  if (Number.isNaN(moment)) return undefined;
  const hostNow = Date.parse(responseField(fields, 'date') ?? '');
  return Math.max(0, moment - (Number.isNaN(hostNow) ? wallNow : hostNow));
}
