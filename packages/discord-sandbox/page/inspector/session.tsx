// How the bot's sessions and its heartbeat are doing: figures, hosts with their queues and circuits, and live plots.
import { useMemo } from 'preact/hooks';
import type { Heartbeat, Sample, WatchView } from '../../src/playground/protocol.js';
import { useStore } from '../state/store.js';
import { Plot, type Series } from './plot.js';
import { type HostStats, readStats } from './stats.js';

const LOAD: readonly Series[] = [
  { name: 'In flight', color: 'plot-one' },
  { name: 'Queued', color: 'plot-two' },
];
const LATE: readonly Series[] = [{ name: 'Late', color: 'plot-three', unit: ' ms', points: true }];
const HOSTS_SHOWN = 50;

export function SessionPanel() {
  const samples = useStore((state) => state.samples);
  const heartbeats = useStore((state) => state.heartbeats);
  const newest = samples.at(-1);
  return (
    <>
      {newest ? (
        newest.sources.map((source, index) => (
          <SessionView key={index} source={source} samples={samples} index={index} only={newest.sources.length === 1} />
        ))
      ) : (
        <p class="panel-empty">
          Nothing is watched yet. Hand the session’s stats to the sandbox:{' '}
          <code>sandbox.watch(() =&gt; session.stats())</code>
        </p>
      )}
      <Heartbeats beats={heartbeats} />
    </>
  );
}

interface SessionProps {
  readonly source: WatchView;
  readonly samples: readonly Sample[];
  readonly index: number;
  readonly only: boolean;
}

function SessionView({ source, samples, index, only }: SessionProps) {
  const stats = readStats(source.stats);
  const data = useMemo(() => {
    const read = samples.map((sample) => readStats(sample.sources[index]?.stats));
    return [
      samples.map((sample) => sample.at / 1_000),
      read.map((each) => each.inFlight),
      read.map((each) => each.queued),
    ];
  }, [samples, index]);
  return (
    <section class="panel-section" aria-label={source.name}>
      {!only && <h3>{source.name}</h3>}
      {source.error !== undefined && <p class="interaction-problem">{source.error}</p>}
      <dl class="figures">
        <Figure name="In flight" value={stats.inFlight} />
        <Figure name="Queued" value={stats.queued} />
        <Figure name="Sockets" value={stats.open} more={`${stats.idle} idle`} />
      </dl>
      <Plot title="Requests in flight and queued" series={LOAD} data={data} />
      <dl class="totals">
        {stats.totals.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Hosts hosts={stats.hosts} />
    </section>
  );
}

function Figure({ name, value, more }: { readonly name: string; readonly value: number; readonly more?: string }) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>
        {value}
        {more && <span class="figure-more">{more}</span>}
      </dd>
    </div>
  );
}

function Hosts({ hosts }: { readonly hosts: readonly HostStats[] }) {
  if (hosts.length === 0) return <p class="panel-empty">No host has been asked yet.</p>;
  return (
    <table class="hosts">
      <thead>
        <tr>
          <th scope="col">Host</th>
          <th scope="col">In flight</th>
          <th scope="col">Queued</th>
          <th scope="col">Circuit</th>
        </tr>
      </thead>
      <tbody>
        {hosts.slice(0, HOSTS_SHOWN).map((each) => (
          <tr key={each.host}>
            <th scope="row" title={each.host}>
              {each.host}
              {each.tokens !== undefined && <span class="figure-more">{Math.floor(each.tokens)} tokens</span>}
            </th>
            <td>{each.inFlight}</td>
            <td>{each.queued}</td>
            <td>
              <span class={`state circuit-${each.circuit}`}>{each.circuit}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Heartbeats({ beats }: { readonly beats: readonly Heartbeat[] }) {
  const data = useMemo(() => [beats.map((beat) => beat.at / 1_000), beats.map((beat) => beat.late)], [beats]);
  const last = beats.at(-1);
  return (
    <section class="panel-section" aria-label="Heartbeat">
      <h3>Heartbeat</h3>
      {last ? (
        <>
          <p class="interaction-facts">
            The last of {beats.length} came {last.late.toFixed(last.late < 10 ? 1 : 0)} ms late.
          </p>
          <Plot title="Lateness of the bot’s heartbeats" series={LATE} data={data} />
        </>
      ) : (
        <p class="panel-empty">No heartbeat yet: the first comes within the gateway’s interval.</p>
      )}
    </section>
  );
}
