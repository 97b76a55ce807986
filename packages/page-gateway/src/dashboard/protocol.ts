// What the dashboard and its page say to each other; both are checked against it.
import type { CallReport } from '../answers/calls.js';
import type { JobView } from '../jobs/views.js';
import type { Usage } from '../keys/keys.js';
import type { HostReport as Politeness } from '../politeness/hosts.js';
import type { HostReport, ProxyReport } from '../proxies/proxies.js';
import type { BrowsersReport } from '../render/browsers.js';
import type { VisitorReport } from '../sessions/visitors.js';
import type { TicketReport } from '../tickets/ticket.js';
import type { Minute } from './minutes.js';

export type { Described } from '../parameters/describe.js';
export type { Act } from '../tickets/acts.js';
export type { TicketReport } from '../tickets/ticket.js';

/** The header that every question of the page carries: what no other site can make a browser send. */
export const ownHeader = 'x-page-gateway-dashboard';

/** Who looks. */
export interface Me {
  /** No key is configured: this machine is served without one. */
  readonly open: boolean;
  /** The name of the key; `null`: nobody signed in. */
  readonly name: string | null;
  readonly version: string;
}

/** A call as JSON has it: what is undefined is not there. */
export type Call = Omit<CallReport, 'ended'> & { readonly ended?: CallReport['ended'] };

export interface Host extends HostReport, Partial<Omit<Politeness, 'host'>> {}

export interface KeyRow extends Usage {
  readonly id: string;
  readonly created: string;
  readonly revoked: boolean;
}

export interface JobRow extends JobView {
  /** The name of its key. */
  readonly key: string;
}

/** Long lists are cut; `total` says how many there are. */
export interface Cut<T> {
  readonly total: number;
  readonly list: readonly T[];
}

export interface State {
  readonly service: {
    readonly began: number;
    readonly memory: number;
    readonly inFlight: number;
    readonly waitingForHost: number;
  };
  /** `null`: rendering is off, and why. */
  readonly browser: BrowsersReport | null;
  readonly renderingOff: string | null;
  readonly queue: { readonly queued: number; readonly running: number };
  readonly minutes: readonly Minute[];
  readonly hosts: Cut<Host>;
  readonly proxies: readonly ProxyReport[];
  readonly sessions: Cut<VisitorReport>;
  readonly keys: Cut<KeyRow>;
  readonly jobs: readonly JobRow[];
  readonly tickets: readonly TicketReport[];
}

/** What the stream of events carries, by the event's name. */
export interface Events {
  /** Everything that is known of calls, at the beginning. */
  readonly calls: readonly Call[];
  /** Calls that have changed since. */
  readonly changed: readonly Call[];
  readonly state: State;
}

/** A page to be tried. */
export interface Trial {
  readonly parameters: Readonly<Record<string, string>>;
  /** The caller's own headers, one a line, for `use_headers`. */
  readonly headers?: string;
}
