// One page for whoever looks at the dashboard: the same call, limits and answer as at /v1/page, on their own key.
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../core/problem.js';
import { readPageRequest } from '../parameters/read.js';
import { mustHave } from '../server/access.js';
import type { Drain } from '../server/drain.js';
import type { Caller, Parts } from '../server/parts.js';
import { fetchPage } from '../server/routes/page.js';
import { fieldsOf } from './fields.js';

export function tryPage(app: FastifyInstance, parts: Parts & { readonly drain: Drain }): void {
  app.post('/dashboard/try', { schema: { hide: true }, bodyLimit: 256 * 1024 }, async (request, reply) => {
    const { parameters, headers } = fieldsOf(request);
    const caller = request.caller as Caller;
    parts.drain.mustTake();
    const call = readPageRequest({
      fields: (parameters ?? {}) as Record<string, unknown>,
      headers: headersOf(headers),
      defaults: parts.defaults,
    });
    if (call.async || call.callback !== undefined) {
      throw new Problem('bad_parameter', 'async: a page that is tried here is waited for.', {
        members: { parameter: 'async' },
      });
    }
    if (call.request.robots === 'ignore') mustHave('ignore-robots', caller);
    const admission = await parts.keys.admit(caller);
    try {
      return await fetchPage(call, { request, reply, parts });
    } finally {
      admission.release();
    }
  });
}

/** `name: value` a line, as they would be sent with the prefix. */
function headersOf(text: unknown): IncomingHttpHeaders {
  const lines = typeof text === 'string' ? text.split('\n').map((line) => line.trim()) : [];
  const headers: Record<string, string> = {};
  for (const line of lines.filter((each) => each !== '')) {
    const [, name, value] = /^([!#$%&'*+\-.^_`|~\w]+):\s*(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      throw new Problem(
        'bad_parameter',
        `headers: expected "Name: value" in each line, got ${JSON.stringify(line.slice(0, 60))}.`,
      );
    }
    headers[`x-forward-${name.toLowerCase()}`] = value;
  }
  return headers;
}
