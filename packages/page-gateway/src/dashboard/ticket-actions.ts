// Tickets in a person's hands: the pictures of the live page, what is done on it, and how it ends.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Act, readActs } from '../tickets/acts.js';
import type { Picture } from '../tickets/live-view.js';
import { fieldsOf } from './fields.js';

export interface TicketWork {
  picture(id: string, after: number, signal: AbortSignal): Promise<Picture | undefined>;
  act(id: string, acts: readonly Act[]): Promise<void>;
  solve(id: string, sure: boolean): Promise<unknown>;
  dismiss(id: string): Promise<void>;
  leave(id: string): Promise<void>;
}

const hidden = { schema: { hide: true }, bodyLimit: 64 * 1024 } as const;

export function ticketActions(app: FastifyInstance, tickets: TicketWork): void {
  app.get('/dashboard/tickets/:id/picture', hidden, async (request, reply) => {
    const after = Number((request.query as { after?: string }).after ?? 0);
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    try {
      const picture = await tickets.picture(idOf(request), Number.isSafeInteger(after) ? after : 0, gone.signal);
      if (picture === undefined) return await reply.code(204).send();
      return await reply
        .type('image/png')
        .header('x-picture', picture.number)
        .send(Buffer.from(picture.png.buffer, picture.png.byteOffset, picture.png.byteLength));
    } catch (error) {
      if (gone.signal.aborted) return reply.hijack();
      throw error;
    }
  });
  app.post('/dashboard/tickets/:id/acts', hidden, async (request, reply) => {
    await tickets.act(idOf(request), readActs(fieldsOf(request).acts));
    return reply.code(204).send();
  });
  app.post('/dashboard/tickets/:id/solved', hidden, async (request) =>
    tickets.solve(idOf(request), fieldsOf(request).sure === true),
  );
  app.post('/dashboard/tickets/:id/dismiss', hidden, async (request, reply) => {
    await tickets.dismiss(idOf(request));
    return reply.code(204).send();
  });
  app.post('/dashboard/tickets/:id/leave', hidden, async (request, reply) => {
    await tickets.leave(idOf(request));
    return reply.code(204).send();
  });
}

function idOf({ params }: FastifyRequest): string {
  return (params as { id: string }).id;
}
