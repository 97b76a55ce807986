// Where a redirect leads: the Location header read as browsers read it (RFC 9110 10.2.2), without ever taking over
// credentials that a stranger wrote into it.
import type { ResponseFields } from '../../core/headers.js';

/** What the Location header says: nothing, a place, or something that cannot be followed. */
export type Destination = URL | 'none' | 'unusable';

/** Reads Location against the URL that was asked. Several that differ, other schemes and what is no URL are unusable. */
export function readLocation(fields: ResponseFields, asked: URL): Destination {
  if (!Object.hasOwn(fields, 'location')) return 'none';
  const text = onlyValue(fields.location as string | string[]);
  if (text === undefined) return 'unusable';
  let url: URL;
  try {
    url = new URL(asText(text), asked);
  } catch {
    return 'unusable';
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'unusable';
  url.username = '';
  url.password = '';
  // RFC 9110 10.2.2: a Location without a fragment inherits that of the URL that was asked.
  if (url.hash === '' && asked.hash !== '' && !text.includes('#')) url.hash = asked.hash;
  return url;
}

function onlyValue(value: string | string[]): string | undefined {
  if (typeof value === 'string') return value.trim();
  const [first, ...others] = value.map((each) => each.trim());
  return others.every((each) => each === first) ? first : undefined;
}

/** Header bytes come as ISO-8859-1; servers that write other characters into Location mean UTF-8. */
function asText(value: string): string {
  if (!/[\x80-\xff]/.test(value) || /[^\x00-\xff]/.test(value)) return value;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(value, 'latin1'));
  } catch {
    return value;
  }
}
