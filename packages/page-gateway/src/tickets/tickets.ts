// Captchas that wait for a person. A ticket is opened by a page that ran into one; a person sees the live page as that very
// visitor, and what they earn stays with the visitor's session. Tickets live in memory: their pages do not outlive it either.
import { randomBytes } from 'node:crypto';
import type { PageRequest } from '../core/page-request.js';
import { Problem } from '../core/problem.js';
import type { Verdict } from '../core/verdict.js';
import type { Visitor } from '../core/visitor.js';
import type { Act } from './acts.js';
import { LiveView, type Picture, type ShownPage } from './live-view.js';
import {
  endOf,
  isOver,
  liveRequest,
  type OtherDesks,
  reportOf,
  type Ticket,
  type TicketReport,
  type TicketState,
  type TicketView,
  viewOf,
} from './ticket.js';

export interface TicketsOptions {
  /** Opens a page for a person; undefined: rendering is off. */
  readonly livePage:
    | ((
        visitor: Visitor,
        request: PageRequest,
        options: { readonly signal: AbortSignal; readonly timeout: number },
      ) => Promise<ShownPage>)
    | undefined;
  readonly visitors: {
    visitorFor(request: PageRequest, owner: string): Promise<Visitor>;
    handOff(visitor: Visitor): Promise<() => Promise<void> | void>;
  };
  readonly judge: (answer: {
    readonly status: number;
    readonly headers: ReadonlyArray<readonly [string, string]>;
    readonly body: Uint8Array;
    readonly url: string;
  }) => Verdict;
  /** Other gateways with the same sessions: what is solved at one is solved at all. @default there are none */
  readonly others?: OtherDesks | undefined;
  /** Milliseconds that a ticket waits, and that a person has from opening it. @default 15 minutes */
  readonly lifetime?: number;
  /** Milliseconds that nobody looks at a live page before it is closed. @default 60_000 */
  readonly patience?: number;
  /** Tickets that wait at once; the oldest one expires before its time for one more. @default 500 */
  readonly limit?: number;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

export interface NewTicket {
  readonly url: string;
  readonly request: PageRequest;
  readonly owner: string;
  readonly visitor: Visitor;
  readonly verdict: Verdict;
}

const openTimeout = 30_000;
/** Those that are over are told for this long, and no more of them than this. */
const rememberedFor = 60 * 60_000;
const remembered = 200;

export class Tickets {
  readonly #options: TicketsOptions;
  readonly #tickets = new Map<string, Ticket>();
  readonly #closing = new AbortController();
  readonly #now: () => number;
  /** Hears of what other gateways solve. */
  #ears: Promise<() => void> | undefined;

  constructor(options: TicketsOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Whether a person can be shown a page. */
  get live(): boolean {
    return this.#options.livePage !== undefined;
  }

  async open({ url, request, owner, visitor, verdict }: NewTicket): Promise<{ readonly id: string }> {
    const { session } = request;
    const sameAs = JSON.stringify([owner, session ?? null, session === undefined ? url : new URL(url).host]);
    const alive = [...this.#tickets.values()].filter((each) => !isOver(each));
    const known = alive.find((each) => each.sameAs === sameAs);
    if (known !== undefined) return { id: known.id };
    const { limit = 500 } = this.#options;
    const oldest = alive[0];
    if (oldest !== undefined && alive.length >= limit) await this.#end(oldest, 'expired');
    const { vendor, evidence } = verdict;
    const created = this.#now();
    const ticket: Ticket = {
      id: `tkt_${randomBytes(12).toString('base64url')}`,
      ...{ sameAs, url, vendor, evidence, request, owner, visitor, created },
      ...{ expires: created, state: 'waiting', timer: undefined, view: undefined, free: undefined },
      listeners: new Set(),
    };
    this.#tickets.set(ticket.id, ticket);
    this.#listen();
    this.#extend(ticket, created);
    return { id: ticket.id };
  }

  /** The ticket by which a person has the session in hand. */
  atSession(owner: string, session: string): string | undefined {
    const has = ({ state, owner: own, request }: Ticket) =>
      state === 'open' && own === owner && request.session === session;
    return [...this.#tickets.values()].find(has)?.id;
  }

  /** The newest first. */
  list(): TicketView[] {
    return this.#all().map(viewOf);
  }

  report(): TicketReport[] {
    return this.#all().map(reportOf);
  }

  /** @throws Problem not_found, also where it is another key's and the caller no admin. */
  get(id: string, caller: { readonly id: string; readonly scopes: readonly string[] }): TicketView {
    const ticket = this.#tickets.get(id);
    if (ticket === undefined || (ticket.owner !== caller.id && !caller.scopes.includes('admin'))) throw noSuchTicket();
    return viewOf(ticket);
  }

  /**
   * The next picture of the live page, which is opened where it is not.
   * @throws Problem; the signal's reason.
   */
  async picture(id: string, after: number, signal: AbortSignal): Promise<Picture | undefined> {
    const view = await this.#viewOf(this.#waitingOne(id));
    signal.throwIfAborted();
    return view.picture(after, signal);
  }

  async act(id: string, acts: readonly Act[]): Promise<void> {
    const ticket = this.#waitingOne(id);
    if (ticket.view === undefined)
      throw new Problem('bad_parameter', 'acts: the live page of this ticket is not open.');
    await (await ticket.view).act(acts);
  }

  /**
   * A person says that it is done: the cookies stay with the session.
   * @param sure Also where the page still looks like a captcha.
   */
  async solve(id: string, sure: boolean): Promise<{ readonly state: TicketState; readonly still: string | null }> {
    const ticket = this.#waitingOne(id);
    const view = await ticket.view;
    if (view !== undefined && !sure) {
      const { page } = view;
      const body = Buffer.from(await page.html());
      const verdict = this.#options.judge({ status: page.status(), headers: htmlOnly, body, url: page.url() });
      if (['captcha', 'challenge', 'block'].includes(verdict.kind)) return { state: ticket.state, still: verdict.kind };
    }
    await this.#end(ticket, 'solved');
    const { sameAs, request } = ticket;
    if (request.session !== undefined) await this.#options.others?.tell(sameAs).catch(() => {});
    return { state: ticket.state, still: null };
  }

  /** Nobody is going to solve it. */
  async dismiss(id: string): Promise<void> {
    await this.#end(this.#waitingOne(id), 'dismissed');
  }

  /** The person goes, and the ticket waits again. */
  async leave(id: string): Promise<void> {
    const ticket = this.#waitingOne(id);
    await this.#shut(ticket);
    if (ticket.state === 'open') ticket.state = 'waiting';
  }

  /** Settles when a person has dealt with it, or nobody did in time. @throws the signal's reason. */
  ended(id: string, signal: AbortSignal): Promise<'solved' | 'expired'> {
    signal.throwIfAborted();
    const ticket = this.#tickets.get(id);
    if (ticket === undefined || isOver(ticket))
      return Promise.resolve(ticket?.state === 'solved' ? 'solved' : 'expired');
    return endOf(ticket, signal);
  }

  /** Ends every live page. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(
      [...this.#tickets.values()].filter((each) => !isOver(each)).map((each) => this.#end(each, 'expired')),
    );
    (await this.#ears?.catch(() => undefined))?.();
  }

  #all(): Ticket[] {
    return [...this.#tickets.values()].reverse();
  }

  #waitingOne(id: string): Ticket {
    const ticket = this.#tickets.get(id);
    if (ticket === undefined) throw noSuchTicket();
    if (isOver(ticket)) throw new Problem('not_found', `This ticket is over: it is ${ticket.state}.`);
    return ticket;
  }

  #viewOf(ticket: Ticket): Promise<LiveView> {
    if (ticket.view !== undefined) return ticket.view;
    const opening = this.#openView(ticket);
    ticket.view = opening;
    ticket.state = 'open';
    this.#extend(ticket);
    opening.catch(() => this.#viewEnded(ticket, opening));
    return opening;
  }

  async #openView(ticket: Ticket): Promise<LiveView> {
    const { livePage, visitors, patience } = this.#options;
    if (livePage === undefined) {
      throw new Problem('bad_parameter', 'Rendering is off here, so there is no live page: start with a Chromium.');
    }
    const request = liveRequest(ticket);
    const sticky = request.session !== undefined;
    const visitor = sticky ? await visitors.visitorFor(request, ticket.owner) : ticket.visitor;
    const giveBack = await visitors.handOff(visitor);
    try {
      const page = await livePage(visitor, request, { signal: this.#closing.signal, timeout: openTimeout });
      const view = new LiveView({ page, patience, abandoned: () => void this.leave(ticket.id).catch(() => {}) });
      ticket.free = page.closed.then(giveBack);
      void page.closed.then(() => {
        if (ticket.view !== undefined)
          void ticket.view.then((now) => now === view && this.#viewEnded(ticket, ticket.view));
      });
      return view;
    } catch (error) {
      await giveBack();
      throw error;
    }
  }

  /** A page that went without being closed by us: the ticket waits again. */
  #viewEnded(ticket: Ticket, view: Ticket['view']): void {
    if (ticket.view !== view) return;
    ticket.view = undefined;
    if (ticket.state === 'open') ticket.state = 'waiting';
  }

  async #shut(ticket: Ticket): Promise<void> {
    const view = await ticket.view?.catch(() => undefined);
    ticket.view = undefined;
    await view?.close();
    // What was earned is the session's, and it is free again, when this resolves.
    await ticket.free;
  }

  #extend(ticket: Ticket, from = this.#now()): void {
    const { lifetime = 15 * 60_000 } = this.#options;
    ticket.expires = from + lifetime;
    clearTimeout(ticket.timer);
    ticket.timer = setTimeout(() => void this.#end(ticket, 'expired').catch(() => {}), lifetime).unref();
  }

  async #end(ticket: Ticket, how: 'solved' | 'dismissed' | 'expired'): Promise<void> {
    if (isOver(ticket)) return;
    clearTimeout(ticket.timer);
    ticket.state = how;
    await this.#shut(ticket);
    for (const listener of ticket.listeners) listener(how === 'solved' ? 'solved' : 'expired');
    this.#forget();
  }

  /** From the first ticket on. Whoever cannot be heard is heard from the next one on. */
  #listen(): void {
    this.#ears ??= this.#options.others?.hear((captcha) => {
      const same = [...this.#tickets.values()].filter(({ sameAs }) => sameAs === captcha);
      for (const each of same) void this.#end(each, 'solved').catch(() => {});
    });
    this.#ears?.catch(() => {
      this.#ears = undefined;
    });
  }

  #forget(): void {
    const over = [...this.#tickets.values()].filter(isOver);
    const old = this.#now() - rememberedFor;
    for (const [index, { id, expires }] of over.entries()) {
      if (expires < old || index < over.length - remembered) this.#tickets.delete(id);
    }
  }
}

const htmlOnly = [['content-type', 'text/html; charset=utf-8']] as const;

function noSuchTicket(): Problem {
  return new Problem('not_found', "There is no such ticket, or it is another key's, or it ended long ago.");
}
