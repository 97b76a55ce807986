// The body of a question of the page: one JSON object, or nothing.
import type { FastifyRequest } from 'fastify';
import { Problem } from '../core/problem.js';

/** @throws Problem bad_parameter */
export function fieldsOf({ body }: FastifyRequest): Readonly<Record<string, unknown>> {
  if (!(body instanceof Uint8Array) || body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    // It is told below.
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Problem('bad_parameter', 'The body is no JSON object.');
}
