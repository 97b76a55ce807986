// One Set-Cookie line, read as RFC 6265bis 5.6 tells user agents to: lenient about form, strict about what could be
// smuggled. It decides nothing about whether the cookie may be kept.
import { parseDate } from 'tough-cookie';

/** Name and value together, in bytes (RFC 6265bis 5.6). */
const maxPair = 4096;
/** One attribute's value, in bytes; a longer one is left out (RFC 6265bis 5.6). */
const maxAttribute = 1024;
/** No cookie is kept for longer (RFC 6265bis 5.5): 400 days. */
const maxLifetime = 400 * 24 * 60 * 60 * 1000;

/** What a Set-Cookie line says. */
export interface SetCookie {
  /** Empty for a nameless cookie. */
  readonly name: string;
  readonly value: string;
  /** Lower case, without its first dot; empty where none is named. */
  readonly domain: string;
  /** undefined: the default path of the URL that set it. */
  readonly path: string | undefined;
  /** Milliseconds since the epoch, at the latest 400 days from now; undefined: as long as the session. */
  readonly expiresAt: number | undefined;
  readonly secure: boolean;
  readonly httpOnly: boolean;
}

/** Reads a line; undefined where it holds controls, is too long, or names nothing. `now` is in milliseconds. */
export function parseSetCookie(line: string, now: number): SetCookie | undefined {
  if (/[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]/.test(line)) return undefined;
  const [pair, ...attributes] = line.split(';') as [string, ...string[]];
  const equals = pair.indexOf('=');
  const name = equals < 0 ? '' : trim(pair.slice(0, equals));
  const value = trim(pair.slice(equals + 1));
  if ((name === '' && value === '') || name.length + value.length > maxPair) return undefined;
  return { name, value, ...readAttributes(attributes, now) };
}

function readAttributes(attributes: readonly string[], now: number): Omit<SetCookie, 'name' | 'value'> {
  let domain = '';
  let path: string | undefined;
  let expires: number | undefined;
  let maxAge: number | undefined;
  let secure = false;
  let httpOnly = false;
  for (const attribute of attributes) {
    const equals = attribute.indexOf('=');
    const key = trim(equals < 0 ? attribute : attribute.slice(0, equals)).toLowerCase();
    const value = equals < 0 ? '' : trim(attribute.slice(equals + 1));
    if (value.length > maxAttribute) continue;
    if (key === 'expires') expires = parseDate(value)?.getTime() ?? expires;
    else if (key === 'max-age') maxAge = readMaxAge(value, now) ?? maxAge;
    else if (key === 'domain') domain = value.replace(/^\./, '').toLowerCase();
    else if (key === 'path') path = value.startsWith('/') ? value : undefined;
    else if (key === 'secure') secure = true;
    else if (key === 'httponly') httpOnly = true;
  }
  const end = maxAge ?? expires;
  return { domain, path, expiresAt: end === undefined ? end : Math.min(end, now + maxLifetime), secure, httpOnly };
}

/** The moment that a Max-Age means; undefined where it is not a whole number. */
function readMaxAge(value: string, now: number): number | undefined {
  if (!/^-?\d+$/.test(value)) return undefined;
  const seconds = Number(value);
  return seconds <= 0 ? Number.NEGATIVE_INFINITY : now + seconds * 1000;
}

/** Space and tab only, as the RFC says: other white space is part of the value. */
function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
