// Pages in the background: how far each job is, and the way to end it.
import type { JobRow, State } from '../../src/dashboard/protocol.js';
import { Badge } from '../kit/badge.js';
import { Doing } from '../kit/doing.js';
import { type Column, Rows } from '../kit/rows.js';
import { count, distance, plural, share } from '../kit/words.js';
import { ask } from '../state/ask.js';

const live = new Set(['queued', 'running', 'waiting_human']);

const columns: readonly Column<JobRow>[] = [
  { name: 'Job', wide: true, cell: ({ id }) => <code class="break">{id}</code> },
  { name: 'Key', cell: ({ key }) => key },
  { name: 'State', cell: ({ state }) => <Badge word={state} /> },
  {
    name: 'Progress',
    wide: true,
    cell: ({ id, done, failed, total }) => (
      <>
        <progress max={total} value={done + failed} aria-label={`Progress of ${id}`} /> {count(done + failed)} of{' '}
        {count(total)} <span class="dim">{share(done + failed, total)}</span>
      </>
    ),
  },
  { name: 'Failed', number: true, cell: ({ failed }) => count(failed) },
  { name: 'Created', cell: ({ created }) => distance(created) },
  { name: 'Changed', cell: ({ updated }) => distance(updated) },
  {
    name: '',
    cell: ({ id, state }) =>
      live.has(state) && (
        <Doing look="danger" label={`Cancel ${id}`} run={() => ask(`jobs/${id}/cancel`, { method: 'POST' })}>
          Cancel
        </Doing>
      ),
  },
];

export function Jobs({ jobs, queue }: { jobs: readonly JobRow[]; queue: State['queue'] }) {
  return (
    <>
      <p class="dim">
        {plural(queue.queued, 'page')} wait, {queue.running} under way.
      </p>
      <Rows
        label="Jobs"
        columns={columns}
        rows={jobs}
        keyOf={({ id }) => id}
        empty={
          <>
            No job was given. Send up to 50 000 URLs to <code>POST /v1/jobs</code>, or run{' '}
            <code>page-gateway batch FILE</code>.
          </>
        }
      />
    </>
  );
}
