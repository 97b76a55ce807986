// What a caller sends along to the target: his own fields, cookies and referer. What frames the message or belongs to a
// connection is not his to say.
import { notForwarded } from '../core/connection-fields.js';
import type { PageRequest } from '../core/page-request.js';
import { Problem } from '../core/problem.js';

/** @throws Problem bad_parameter naming a field that cannot be forwarded. */
export function forwardedFields(request: PageRequest): Array<[string, string]> {
  const { headers, body, cookies, referer } = request;
  const fields: Array<[string, string]> = [];
  const cookieLines = cookies === undefined ? [] : [cookies];
  let typed = false;
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (notForwarded.has(lower)) {
      throw new Problem(
        'bad_parameter',
        `X-Forward-${name} cannot be forwarded: that field belongs to a connection; leave it out.`,
        { members: { parameter: 'use_headers' } },
      );
    }
    if (lower === 'cookie') cookieLines.push(value);
    else if (lower !== 'referer' || referer === undefined) fields.push([name, value]);
    typed ||= lower === 'content-type';
  }
  if (body?.contentType !== undefined && !typed) fields.push(['Content-Type', body.contentType]);
  if (referer !== undefined) fields.push(['Referer', referer]);
  if (cookieLines.length > 0) fields.push(['Cookie', cookieLines.join('; ')]);
  return fields;
}
