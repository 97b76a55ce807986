// Keys, what they may do and what they have done. A key's secret is known to its holder alone.
import type { KeyRow, State } from '../../src/dashboard/protocol.js';
import { Badge } from '../kit/badge.js';
import { type Column, More, Rows } from '../kit/rows.js';
import { count, distance } from '../kit/words.js';

const columns: readonly Column<KeyRow>[] = [
  { name: 'Key', cell: ({ name }) => <b class="break">{name}</b> },
  {
    name: 'State',
    cell: ({ revoked }) => <Badge word={revoked ? 'revoked' : 'in force'} tone={revoked ? 'plain' : 'good'} />,
  },
  {
    name: 'Scopes',
    cell: ({ scopes }) =>
      scopes.length === 0 ? (
        <span class="dim">pages</span>
      ) : (
        scopes.map((scope) => (
          <span key={scope} class="chip">
            {scope}
          </span>
        ))
      ),
  },
  {
    name: 'Used',
    wide: true,
    cell: ({ quota: { used, limit } }) => (
      <>
        {limit !== null && <meter class="bar" min={0} max={Math.max(1, limit)} value={used} aria-hidden="true" />}{' '}
        {count(used)} <span class="dim">{limit === null ? 'no quota' : `of ${count(limit)}`}</span>
      </>
    ),
  },
  {
    name: 'A minute',
    number: true,
    cell: ({ rate: { rpm, remaining } }) =>
      rpm === null ? <span class="dim">no limit</span> : `${remaining} of ${rpm} left`,
  },
  {
    name: 'At once',
    number: true,
    cell: ({ concurrency: { limit, inUse } }) => `${inUse}${limit === null ? '' : ` of ${limit}`}`,
  },
  { name: 'Made', cell: ({ created }) => distance(created) },
];

export function Keys({ keys }: { keys: State['keys'] }) {
  return (
    <>
      <Rows
        label="Keys"
        columns={columns}
        rows={keys.list}
        keyOf={({ id }) => id}
        empty={
          <>
            No key was made, so only this machine is served and asked for none. Make one with{' '}
            <code>page-gateway keys add NAME --rpm 60 --scope admin</code>.
          </>
        }
      />
      <More total={keys.total} shown={keys.list.length} what="keys" />
    </>
  );
}
