// The query as the caller wrote it. What cannot be decoded is refused, never guessed at.
import type { FastifyRequest } from 'fastify';
import { Problem } from '../core/problem.js';

/** @throws Problem where a percent sign is not followed by two hex digits, or the bytes are no UTF-8. */
export function queryOf(request: FastifyRequest): URLSearchParams {
  const { url = '' } = request.raw;
  const at = url.indexOf('?');
  const text = at < 0 ? '' : url.slice(at + 1);
  for (const part of text.includes('%') ? text.split('&') : []) {
    try {
      decodeURIComponent(part);
    } catch {
      const [name = ''] = part.split('=', 1);
      throw new Problem(
        'bad_parameter',
        `${printable(name)}: its percent-encoding is broken; expected UTF-8 as encodeURIComponent writes it.`,
        {
          members: { parameter: printable(name) },
        },
      );
    }
  }
  return new URLSearchParams(text);
}

function printable(name: string): string {
  return name.slice(0, 60).replace(/[^\x20-\x7e]/g, '·');
}
