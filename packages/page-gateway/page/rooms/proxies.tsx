// The ways out, how they are, and where they are not wanted.
import type { Host, State } from '../../src/dashboard/protocol.js';
import { Badge } from '../kit/badge.js';
import { type Column, Rows } from '../kit/rows.js';
import { count, distance, duration } from '../kit/words.js';

type Proxy = State['proxies'][number];

const columns = (hosts: readonly Host[]): readonly Column<Proxy>[] => [
  { name: 'Proxy', cell: ({ id }) => <b class="break">{id}</b> },
  { name: 'State', cell: ({ state }) => <Badge word={state} /> },
  { name: 'Address', wide: true, cell: ({ url }) => <span class="break">{url}</span> },
  {
    name: 'Labels',
    cell: ({ labels }) =>
      Object.entries(labels)
        .filter(([name]) => name !== 'id')
        .map(([name, value]) => (
          <span key={name} class="chip">
            {name}={value}
          </span>
        )),
  },
  { name: 'Carried', number: true, cell: ({ successes }) => count(successes) },
  { name: 'Failed', number: true, cell: ({ failures }) => count(failures) },
  { name: 'Latency', number: true, cell: ({ latencyMs }) => (latencyMs === null ? '–' : duration(latencyMs)) },
  {
    name: 'Trouble',
    wide: true,
    cell: ({ id, lastError }) => (
      <>
        {lastError !== null && <span class="break">{lastError}</span>}
        {bansOf(id, hosts).map(({ host, until }) => (
          <span key={host} class="chip">
            banned at {host}, ends {distance(until)}
          </span>
        ))}
      </>
    ),
  },
];

function bansOf(id: string, hosts: readonly Host[]): Array<{ host: string; until: string }> {
  return hosts.flatMap(({ host, bans }) =>
    bans.filter(({ proxy }) => proxy === id).map(({ until }) => ({ host, until })),
  );
}

export function Proxies({ proxies, hosts }: { proxies: State['proxies']; hosts: readonly Host[] }) {
  return (
    <Rows
      label="Proxies"
      columns={columns(hosts)}
      rows={proxies}
      keyOf={({ id }) => id}
      empty={
        <>
          There are no proxies: pages are asked for directly. List some in a file, one URL a line, and start with{' '}
          <code>--proxies FILE</code>.
        </>
      }
    />
  );
}
