// Hosts that were asked lately: how they took us, who waits for them, and which proxies they have turned away.
import type { Cut, Host } from '../../src/dashboard/protocol.js';
import { type Column, More, Rows } from '../kit/rows.js';
import { clock, count, distance, share } from '../kit/words.js';

const columns: readonly Column<Host>[] = [
  { name: 'Host', wide: true, cell: ({ host }) => <b class="break">{host}</b> },
  { name: 'Tries', number: true, cell: ({ requests }) => count(requests) },
  {
    name: 'Pages',
    number: true,
    cell: ({ ok, requests }) => (
      <>
        <meter class="bar" min={0} max={Math.max(1, requests)} value={ok} aria-hidden="true" /> {count(ok)}{' '}
        <span class="dim">{share(ok, requests)}</span>
      </>
    ),
  },
  { name: 'Blocked', number: true, cell: ({ blocked }) => count(blocked) },
  {
    name: 'Now',
    cell: ({ running = 0, waiting = 0, pausedUntil }) =>
      running + waiting === 0 && pausedUntil === undefined ? (
        <span class="dim">idle</span>
      ) : (
        `${running} under way, ${waiting} wait${pausedUntil ? `, paused until ${clock(pausedUntil)}` : ''}`
      ),
  },
  {
    name: 'Bans',
    cell: ({ bans }) =>
      bans.length === 0 ? (
        <span class="dim">none</span>
      ) : (
        bans.map(({ proxy, until }) => (
          <span key={proxy} class="chip">
            {proxy} {distance(until)}
          </span>
        ))
      ),
  },
];

export function Hosts({ hosts }: { hosts: Cut<Host> }) {
  return (
    <>
      <Rows
        label="Hosts"
        columns={columns}
        rows={hosts.list}
        keyOf={({ host }) => host}
        empty="No host was asked yet. What becomes of the tries at each host will be told here."
      />
      <More total={hosts.total} shown={hosts.list.length} what="hosts" />
    </>
  );
}
