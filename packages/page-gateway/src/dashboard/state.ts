// Everything that the dashboard shows beside calls, read from the rooms in one go. It holds no secret: no cookies, keys or
// credentials, only how many there are and how they fare.
import type { Calls } from '../answers/calls.js';
import { jobView } from '../jobs/views.js';
import type { KeyReport } from '../keys/keys.js';
import type { HostReport as Politeness } from '../politeness/hosts.js';
import type { HostReport, ProxyReport } from '../proxies/proxies.js';
import type { BrowsersReport } from '../render/browsers.js';
import type { VisitorReport } from '../sessions/visitors.js';
import type { JobRow as StoredJob } from '../store/job-store.js';
import type { Awaitable } from '../store/key-store.js';
import type { TicketReport } from '../tickets/ticket.js';
import type { Minutes } from './minutes.js';
import type { Cut, Host, State } from './protocol.js';

export interface StateParts {
  readonly calls: Pick<Calls, 'inFlight'>;
  readonly keys: { list(): Promise<readonly KeyReport[]> };
  readonly proxies: { report(): ProxyReport[]; hosts(): HostReport[] };
  readonly hosts: { readonly waiting: number; report(): Politeness[] };
  readonly visitors: { report(): VisitorReport[] };
  readonly browser: { readonly missing: string | undefined; report(): BrowsersReport | undefined };
  readonly jobs: { load(): Awaitable<{ readonly queued: number; readonly running: number }> };
  /** The newest first. */
  readonly recentJobs: (limit: number) => Awaitable<readonly StoredJob[]>;
  readonly tickets: { report(): TicketReport[] };
}

/** Rows of a long list. */
const most = 100;
const began = Date.now() - process.uptime() * 1000;

export async function readState(parts: StateParts, minutes: Minutes): Promise<State> {
  const { calls, keys, proxies, hosts, visitors, browser, jobs, tickets } = parts;
  return {
    service: { began, memory: process.memoryUsage.rss(), inFlight: calls.inFlight, waitingForHost: hosts.waiting },
    browser: browser.report() ?? null,
    renderingOff: browser.missing ?? null,
    queue: await jobs.load(),
    minutes: minutes.list(Date.now()),
    hosts: cut(hostsOf(proxies.hosts(), hosts.report())),
    proxies: proxies.report(),
    sessions: cut(visitors.report()),
    keys: cut(
      (await keys.list()).map(({ created, revoked, ...usage }) => ({
        ...usage,
        created: new Date(created).toISOString(),
        revoked: revoked !== undefined,
      })),
    ),
    jobs: (await parts.recentJobs(most)).map((row) => ({ ...jobView(row), key: row.key.name })),
    tickets: tickets.report().slice(0, most),
  };
}

/** What became of the tries there, and who waits there now. */
function hostsOf(records: readonly HostReport[], waiting: readonly Politeness[]): Host[] {
  const now = new Map(waiting.map((each) => [each.host, each]));
  const known = records.map((record) => ({ ...record, ...now.get(record.host) }));
  const names = new Set(records.map(({ host }) => host));
  const fresh = waiting.filter(({ host }) => !names.has(host));
  return [...fresh.map((each) => ({ requests: 0, ok: 0, blocked: 0, bans: [], ...each })), ...known];
}

function cut<T>(list: readonly T[]): Cut<T> {
  return { total: list.length, list: list.slice(0, most) };
}
