// How the routes of a page are described.
import type { FastifySchema } from 'fastify';
import { describeParameters } from '../parameters/describe.js';
import { problemAnswers } from './openapi-shapes.js';

const got = {
  description:
    'The page was got, also where the target said 404 or 410. X-Gateway-* tells how, X-Target-* are the headers of the target.',
  headers: Object.fromEntries(
    Object.entries({
      'X-Gateway-Status': "The target's status.",
      'X-Gateway-Final-Url': 'After redirects.',
      'X-Gateway-Attempts': 'How many tries it took.',
      'X-Gateway-Engine': 'http or browser.',
      'X-Gateway-Identity': 'The identity that went.',
      'X-Gateway-Proxy': 'The id of the proxy; absent: directly.',
      'X-Gateway-Session': 'The sticky session.',
      'X-Gateway-Cache': 'hit or miss.',
      'X-Gateway-Blocked': 'true where a challenge is returned as it is.',
      'X-Gateway-Robots': 'allowed, disallowed or ignored.',
      'X-Gateway-Truncated': 'Whether the page was cut at max_bytes.',
      'X-Gateway-Elapsed-Ms': 'Milliseconds in all.',
      'X-Gateway-Request-Id': 'Finds the call in the log.',
      'X-Gateway-Meta': 'What meta said.',
    }).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
  ),
  content: Object.fromEntries(
    ['text/html', 'text/plain', 'text/markdown', 'application/json', 'image/png', 'application/pdf', '*/*'].map(
      (type) => [type, { schema: type === 'application/json' ? {} : { type: 'string' } }],
    ),
  ),
};

export function pageApi(url: string): FastifySchema {
  const described = describeParameters();
  return {
    tags: ['pages'],
    summary: url === '/' ? 'The page at `url`; as /v1/page' : 'The page at `url`',
    description:
      'The method and the body pass through to the target. Every parameter may also come as the header X-Gateway-<Name>.',
    querystring: {
      type: 'object',
      required: described.filter(({ required }) => required).map(({ name }) => name),
      properties: Object.fromEntries(described.map(({ name, schema }) => [name, schema])),
    },
    response: { 200: got, ...problemAnswers([400, 401, 402, 403, 409, 413, 422, 423, 424, 429, 500, 502, 503, 504]) },
  };
}
