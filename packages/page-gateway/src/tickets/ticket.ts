// A captcha that waits for a person, as it is kept and as it is told. What is told holds no cookies, credentials or proxies.
import { showUrl } from 'errand';
import type { PageRequest } from '../core/page-request.js';
import type { Visitor } from '../core/visitor.js';
import type { LiveView } from './live-view.js';

/** `waiting`: nobody is at it; `open`: a person is; the others are final. */
export type TicketState = 'waiting' | 'open' | 'solved' | 'dismissed' | 'expired';

export interface TicketView {
  readonly id: string;
  readonly url: string;
  readonly vendor: string | null;
  readonly created: string;
  readonly expires: string;
  readonly state: TicketState;
}

/** What the dashboard shows beside it. */
export interface TicketReport extends TicketView {
  /** The sticky session that keeps the clearance; `null`: there is none. */
  readonly session: string | null;
  readonly evidence: readonly string[];
  readonly proxy: string | null;
}

export interface Ticket {
  readonly id: string;
  /** Calls that stand before the same captcha share a ticket. */
  readonly sameAs: string;
  /** The page that the captcha stands on. */
  readonly url: string;
  readonly vendor: string | undefined;
  readonly evidence: readonly string[];
  readonly request: PageRequest;
  /** The id of the key that asked. */
  readonly owner: string;
  readonly visitor: Visitor;
  readonly created: number;
  expires: number;
  state: TicketState;
  timer: NodeJS.Timeout | undefined;
  view: Promise<LiveView> | undefined;
  /** Settles when the visitor of the last view is out of the person's hands. */
  free: Promise<void> | undefined;
  readonly listeners: Set<(how: 'solved' | 'expired') => void>;
}

/** Those of other gateways: what is solved at one is told to all. */
export interface OtherDesks {
  tell(captcha: string): Promise<void>;
  hear(listener: (captcha: string) => void): Promise<() => void>;
}

export function isOver({ state }: Pick<Ticket, 'state'>): boolean {
  return state !== 'waiting' && state !== 'open';
}

export function viewOf({ id, url, vendor, created, expires, state }: Ticket): TicketView {
  const times = { created: new Date(created).toISOString(), expires: new Date(expires).toISOString() };
  return { id, url: showUrl(new URL(url)), vendor: vendor ?? null, ...times, state };
}

export function reportOf(ticket: Ticket): TicketReport {
  const { request, evidence, visitor } = ticket;
  return { ...viewOf(ticket), session: request.session ?? null, evidence, proxy: visitor.proxy?.id ?? null };
}

/** What the person is shown: the page itself where it can be asked for again, with all its pictures. */
export function liveRequest({ request, url }: Ticket): PageRequest {
  const again = request.method === 'GET' && request.body === undefined;
  return {
    ...request,
    ...{ url: again ? request.url : url, method: 'GET', body: undefined, render: true },
    rendering: { ...request.rendering, blocked: [], waitUntil: 'domcontentloaded' },
  };
}

/** Settles when the ticket, which is not over yet, is. @throws the signal's reason. */
export function endOf(ticket: Ticket, signal: AbortSignal): Promise<'solved' | 'expired'> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      ticket.listeners.delete(listener);
      signal.removeEventListener('abort', aborted);
    };
    const listener = (how: 'solved' | 'expired') => {
      settle();
      resolve(how);
    };
    const aborted = () => {
      settle();
      reject(signal.reason);
    };
    ticket.listeners.add(listener);
    signal.addEventListener('abort', aborted, { once: true });
  });
}
