// The caller's own headers for the target: `X-Forward-<Name>`. Names that belong to the connection, to the body's framing or
// to somebody else's cookies are refused, not dropped in silence.

import type { IncomingHttpHeaders } from 'node:http';
import { notForwarded } from '../core/connection-fields.js';
import { Problem } from '../core/problem.js';

const prefix = 'x-forward-';

export function forwarded(headers: IncomingHttpHeaders): Array<readonly [name: string, value: string]> {
  const found: Array<readonly [string, string]> = [];
  for (const [header, value] of Object.entries(headers)) {
    if (!header.startsWith(prefix) || value === undefined) continue;
    const name = header.slice(prefix.length);
    if (name === '' || notForwarded.has(name)) {
      throw new Problem(
        'bad_parameter',
        `${header}: this field belongs to the connection, which is the gateway's own; leave it out.`,
        { members: { parameter: header } },
      );
    }
    for (const each of Array.isArray(value) ? value : [value]) found.push([name, each]);
  }
  return found;
}
