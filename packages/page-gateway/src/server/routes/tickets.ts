// `/v1/tickets`: captchas that wait for a person. The list is for admins; whoever got a ticket may see how it fares. They are
// dealt with on the dashboard.
import type { TicketView } from '../../tickets/ticket.js';
import { callerOf, callerWith } from '../access.js';
import { ticketApi, ticketsApi } from '../openapi-tickets.js';
import type { Caller, Routes } from '../parts.js';

export interface TicketDesk {
  list(): readonly TicketView[];
  get(id: string, caller: Caller): TicketView;
}

export const ticketRoutes =
  (tickets: TicketDesk): Routes =>
  (app, parts) => {
    app.get('/v1/tickets', { schema: ticketsApi }, async (request) => {
      await callerWith('admin', request, parts);
      return { tickets: tickets.list() };
    });
    app.get('/v1/tickets/:id', { schema: ticketApi }, async (request) => {
      const caller = await callerOf(request, parts);
      return tickets.get((request.params as { id: string }).id, caller);
    });
  };
