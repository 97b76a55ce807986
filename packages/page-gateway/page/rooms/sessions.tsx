// Sticky sessions: one proxy, one identity and their cookies each.
import type { State } from '../../src/dashboard/protocol.js';
import { type Column, More, Rows } from '../kit/rows.js';
import { distance } from '../kit/words.js';

type Session = State['sessions']['list'][number];

const columns: readonly Column<Session>[] = [
  { name: 'Session', cell: ({ session }) => <b class="break">{session}</b> },
  { name: 'Proxy', cell: ({ proxy }) => <span class="break">{proxy ?? 'directly'}</span> },
  { name: 'Identity', wide: true, cell: ({ identity }) => <code>{identity}</code> },
  { name: 'Cookies', number: true, cell: ({ cookies }) => cookies },
  { name: 'Score', number: true, cell: ({ score }) => (score > 0 ? `+${score}` : score) },
  { name: 'Last used', cell: ({ lastUsed }) => distance(lastUsed) },
];

export function Sessions({ sessions }: { sessions: State['sessions'] }) {
  return (
    <>
      <Rows
        label="Sessions"
        columns={columns}
        rows={sessions.list}
        keyOf={({ session, identity }) => `${session} ${identity}`}
        empty={
          <>
            No session is kept. A call with <code>session=NAME</code> begins one: the same proxy, identity and cookies
            for as long as it is used, and 15 minutes more.
          </>
        }
      />
      <More total={sessions.total} shown={sessions.list.length} what="sessions" />
    </>
  );
}
