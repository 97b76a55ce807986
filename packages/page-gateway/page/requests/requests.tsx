// Calls as they happen, above them how the service is: figures, and the last hour as plots.
import { useMemo, useState } from 'preact/hooks';
import type { Call, State } from '../../src/dashboard/protocol.js';
import { Plot } from '../kit/plot.js';
import { Empty } from '../kit/rows.js';
import { bytes, duration, plural } from '../kit/words.js';
import { addressOf } from '../state/place.js';
import { hold, keyOf } from '../state/store.js';
import { CallRow } from './call-row.js';

interface RequestsProps {
  readonly state: State;
  readonly calls: readonly Call[];
  readonly held: boolean;
}

export function Requests({ state, calls, held }: RequestsProps) {
  return (
    <>
      <Figures state={state} />
      <Plots minutes={state.minutes} />
      <Calls calls={calls} held={held} />
    </>
  );
}

function Figures({ state: { service, browser, renderingOff, queue } }: { state: State }) {
  const figures: ReadonlyArray<readonly [name: string, value: string, more: string]> = [
    ['Under way', String(service.inFlight), `${service.waitingForHost} wait for a host`],
    ['Jobs', plural(queue.queued, 'page'), `wait, ${queue.running} under way`],
    browser === null
      ? ['Browser', 'off', renderingOff ?? '']
      : [
          'Browser',
          `${browser.active} of ${browser.concurrency}`,
          `${browser.waiting} wait · ${plural(browser.rendered, 'page')} rendered${browser.memory > 0 ? ` · ${bytes(browser.memory)}` : ''}`,
        ],
    ['Memory', bytes(service.memory), `up for ${duration(Date.now() - service.began)}`],
  ];
  return (
    <dl class="figures">
      {figures.map(([name, value, more]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <b>{value}</b> <span class="dim">{more}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

const flow = [
  { name: 'requests', color: 'color-requests' },
  { name: 'failures', color: 'color-failures' },
];
const time = [
  { name: 'median', color: 'color-median', dotted: true },
  { name: '95 % within', color: 'color-slow', dotted: true },
];

function Plots({ minutes }: { minutes: State['minutes'] }) {
  const flowData = useMemo(() => [...rowsOf(minutes, 'at'), ...rowsOf(minutes, 'requests', 'failures')], [minutes]);
  const timeData = useMemo(() => [...rowsOf(minutes, 'at'), ...rowsOf(minutes, 'median', 'slow')], [minutes]);
  const sum = (name: 'requests' | 'failures') => minutes.reduce((all, minute) => all + minute[name], 0);
  const last = minutes.findLast(({ median }) => median !== null);
  return (
    <div class="plots">
      <Plot
        title="Calls"
        unit="a minute"
        lines={flow}
        data={flowData}
        summary={`${plural(sum('requests'), 'call')} in the last hour, ${sum('failures')} of them failed`}
      />
      <Plot
        title="Time"
        unit="ms"
        lines={time}
        data={timeData}
        summary={
          last
            ? `lately ${last.median} ms at the median, 95 % within ${last.slow} ms`
            : 'nothing ended in the last hour'
        }
      />
    </div>
  );
}

function rowsOf(minutes: State['minutes'], ...names: Array<keyof State['minutes'][number]>) {
  return names.map((name) => minutes.map((minute) => minute[name]));
}

const kinds = { all: 'All', live: 'Under way', failed: 'Failed' } as const;
type Kind = keyof typeof kinds;

function Calls({ calls, held }: { calls: readonly Call[]; held: boolean }) {
  const [kind, setKind] = useState<Kind>('all');
  const [text, setText] = useState('');
  const shown = calls.filter((call) => isOf(call, kind) && `${call.url} ${call.key} ${call.id}`.includes(text.trim()));
  const live = calls.filter(({ ended }) => ended === undefined).length;
  return (
    <section aria-labelledby="calls-title">
      <div class="tools">
        <h2 id="calls-title">Calls</h2>
        <fieldset class="choice">
          <legend class="visually-hidden">Which calls</legend>
          {(Object.keys(kinds) as Kind[]).map((each) => (
            <label key={each}>
              <input type="radio" name="kind" checked={kind === each} onChange={() => setKind(each)} />
              <span>{kinds[each]}</span>
            </label>
          ))}
        </fieldset>
        <input
          type="search"
          aria-label="Only calls with this in their URL, key or id"
          placeholder="URL, key or id"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        <button type="button" class="button" aria-pressed={held} onClick={() => hold(!held)}>
          {held ? 'Go on' : 'Hold still'}
        </button>
      </div>
      <p class="visually-hidden" role="status">
        {`${live} under way, ${plural(shown.length, 'call')} shown${held ? ', held still' : ''}`}
      </p>
      {shown.length === 0 ? (
        <Empty>
          {calls.length === 0 ? (
            <>
              No page was asked for yet. <a href={addressOf('try')}>Try one</a>, or send a call to this address.
            </>
          ) : (
            'No call is like that.'
          )}
        </Empty>
      ) : (
        <ul class="calls">
          {shown.slice(0, 150).map((call) => (
            <CallRow key={keyOf(call)} call={call} />
          ))}
        </ul>
      )}
    </section>
  );
}

function isOf({ ended }: Call, kind: Kind): boolean {
  if (kind === 'live') return ended === undefined;
  return kind === 'all' || (ended !== undefined && ended.code !== 'ok' && ended.code !== 'gone');
}
