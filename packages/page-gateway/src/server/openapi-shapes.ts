// Shapes that the API's description uses in many places.
import { problems } from '../core/problem.js';

const attempt = {
  type: 'object',
  properties: {
    engine: { enum: ['http', 'browser'] },
    proxy: { type: 'string' },
    identity: { type: 'string' },
    status: { type: 'integer' },
    verdict: { type: 'string' },
    ms: { type: 'number' },
  },
};

function problemSchema(codes: readonly string[]) {
  return {
    type: 'object',
    required: ['type', 'title', 'status', 'detail', 'code', 'retryable', 'attempts'],
    properties: {
      type: { type: 'string' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      code: { enum: codes },
      retryable: { type: 'boolean' },
      attempts: { type: 'array', items: attempt },
      requestId: { type: 'string' },
    },
  };
}

/** The problems of these statuses, by the table of codes. */
export function problemAnswers(statuses: readonly number[]): Record<number, unknown> {
  return Object.fromEntries(
    statuses.map((status) => {
      const rows = Object.entries(problems).filter(([, [own]]) => own === status);
      const description = rows.map(([code, [, title]]) => `\`${code}\`: ${title}.`).join(' ');
      const schema = problemSchema(rows.map(([code]) => code));
      return [status, { description, content: { 'application/problem+json': { schema } } }];
    }),
  );
}

/** An answer in JSON. */
export function jsonAnswer(description: string, schema: Record<string, unknown>) {
  return { description, content: { 'application/json': { schema } } };
}
