// Captchas that wait for a person, and the one that is being dealt with.
import type { TicketReport } from '../../src/dashboard/protocol.js';
import { Address } from '../kit/address.js';
import { Badge } from '../kit/badge.js';
import { type Column, Rows } from '../kit/rows.js';
import { distance } from '../kit/words.js';
import { addressOf } from '../state/place.js';
import { LivePage } from './live-page.js';

const isOver = ({ state }: TicketReport): boolean => state !== 'waiting' && state !== 'open';

const columns: readonly Column<TicketReport>[] = [
  { name: 'Page', wide: true, cell: ({ url }) => <Address url={url} /> },
  { name: 'State', cell: ({ state }) => <Badge word={state} /> },
  { name: 'Of', cell: ({ vendor }) => vendor ?? 'unknown' },
  {
    name: 'Session',
    cell: ({ session }) => (session === null ? <span class="dim">none</span> : <span class="break">{session}</span>),
  },
  { name: 'Proxy', cell: ({ proxy }) => <span class="break">{proxy ?? 'directly'}</span> },
  { name: 'Came', cell: ({ created }) => distance(created) },
  { name: 'Ends', cell: (ticket) => (isOver(ticket) ? '–' : distance(ticket.expires)) },
  {
    name: '',
    cell: (ticket) =>
      !isOver(ticket) && (
        <a class="button main" href={addressOf('tickets', ticket.id)} aria-label={`Open the ticket of ${ticket.url}`}>
          Open
        </a>
      ),
  },
];

interface TicketsProps {
  readonly tickets: readonly TicketReport[];
  /** The id of the one that is looked at. */
  readonly item: string | undefined;
  readonly renderingOff: string | null;
}

export function Tickets({ tickets, item, renderingOff }: TicketsProps) {
  const chosen = tickets.find(({ id }) => id === item);
  if (item !== undefined && (chosen === undefined || isOver(chosen))) {
    return (
      <div class="empty">
        <p role="status">
          {chosen === undefined ? 'There is no such ticket any more.' : `This ticket is ${chosen.state}.`}
        </p>
        <a class="button" href={addressOf('tickets')}>
          All tickets
        </a>
      </div>
    );
  }
  if (chosen !== undefined && renderingOff === null) return <LivePage key={chosen.id} ticket={chosen} />;
  return (
    <>
      {renderingOff !== null && (
        <p class="notice">Rendering is off here ({renderingOff}), so there is no live page for a person to act on.</p>
      )}
      <Rows
        label="Tickets"
        columns={columns}
        rows={tickets}
        keyOf={({ id }) => id}
        empty={
          <>
            Nothing waits for a person. A call with <code>on_captcha=handoff</code> and a <code>session</code> leaves
            its captchas here.
          </>
        }
      />
    </>
  );
}
