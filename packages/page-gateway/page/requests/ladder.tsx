// The tries of one call, in order: who went, how, what it was judged to be, and how long it took.
import type { Call } from '../../src/dashboard/protocol.js';
import { Badge } from '../kit/badge.js';
import { type Column, Rows } from '../kit/rows.js';
import { duration } from '../kit/words.js';

type Attempt = Call['attempts'][number];
type Try = Attempt & { readonly turn: number };

const columns = (most: number): readonly Column<Try>[] => [
  { name: 'Try', number: true, cell: ({ turn }) => turn },
  { name: 'Engine', cell: ({ engine }) => engine },
  { name: 'Proxy', cell: ({ proxy }) => <span class="break">{proxy ?? 'directly'}</span> },
  { name: 'Identity', wide: true, cell: ({ identity }) => <code>{identity}</code> },
  { name: 'Status', number: true, cell: ({ status }) => status ?? '–' },
  { name: 'Verdict', cell: ({ verdict }) => <Badge word={verdict} /> },
  {
    name: 'Time',
    number: true,
    cell: ({ ms }) => (
      <>
        <meter class="bar" min={0} max={most} value={ms} aria-hidden="true" /> {duration(ms)}
      </>
    ),
  },
];

export function Ladder({ attempts, live }: { attempts: readonly Attempt[]; live: boolean }) {
  const most = Math.max(1, ...attempts.map(({ ms }) => ms));
  return (
    <Rows
      label="Tries"
      columns={columns(most)}
      rows={attempts.map((attempt, index) => ({ ...attempt, turn: index + 1 }))}
      keyOf={({ turn }) => String(turn)}
      empty={live ? 'The first try is under way.' : 'Nobody had to go: a copy, or a refusal before the first try.'}
    />
  );
}
