// Every interaction, the newest first: received, acknowledged, each HTTP attempt by phase, answered, drawn to scale.
import type { AttemptView, InteractionView } from '../../src/playground/protocol.js';
import { memo } from '../kit/memo.js';
import { clockTime, duration, useNow } from '../kit/time.js';
import { useStore } from '../state/store.js';
import { attemptBars, type Bar, extent, isOpen, ownBars, PHASE_WORDS, type Phase } from './bars.js';

const ATTEMPTS_SHOWN = 12;
const SHOWN = 60;
const DEADLINE = 3_000;
const LEGEND: readonly Phase[] = ['unacknowledged', 'working', 'queue', 'dns', 'connect', 'head', 'body'];

export function Timeline() {
  const interactions = useStore((state) => state.interactions);
  const skew = useStore((state) => state.skew);
  const open = interactions.some(isOpen);
  const now = useNow(open ? 200 : 0) + skew;
  if (interactions.length === 0) {
    return <p class="panel-empty">Use a command, press a button: what happens on the way is drawn here.</p>;
  }
  return (
    <>
      <ul class="legend" aria-label="Colours">
        {LEGEND.map((phase) => (
          <li key={phase}>
            <span class={`swatch phase-${phase}`} aria-hidden="true" />
            {PHASE_WORDS[phase]}
          </li>
        ))}
      </ul>
      <ol class="timeline">
        {interactions
          .slice(-SHOWN)
          .reverse()
          .map((view) => (
            <Interaction key={view.id} view={view} now={isOpen(view) ? now : 0} />
          ))}
      </ol>
    </>
  );
}

const Interaction = memo(function Interaction({ view, now }: { readonly view: InteractionView; readonly now: number }) {
  const locale = useStore((state) => state.locale);
  const whole = extent(view, now);
  const title = view.kind === 'command' ? `/${view.name}` : view.name;
  return (
    <li class={view.kind === 'autocomplete' ? 'interaction interaction-small' : 'interaction'}>
      <div class="interaction-head">
        <span class="interaction-name">{title}</span>
        {view.kind !== 'command' && <span class="kind">{view.kind}</span>}
        {view.ephemeral && <span class="kind">ephemeral</span>}
        <State view={view} />
      </div>
      <p class="interaction-facts">
        {view.user.displayName} · {clockTime(view.receivedAt, locale)} · {factsOf(view)}
      </p>
      <Track
        bars={ownBars(view, now)}
        whole={whole}
        label={title}
        deadline={whole > DEADLINE ? DEADLINE / whole : undefined}
      />
      {view.attempts.slice(0, ATTEMPTS_SHOWN).map((attempt, index) => (
        <Attempt key={index} attempt={attempt} receivedAt={view.receivedAt} whole={whole} />
      ))}
      {view.attempts.length > ATTEMPTS_SHOWN && (
        <p class="interaction-facts">and {view.attempts.length - ATTEMPTS_SHOWN} more</p>
      )}
      {view.refused.map((each, index) => (
        <p key={index} class="interaction-problem">
          Refused: {each}
        </p>
      ))}
      {view.failure && <p class="interaction-problem">{view.failure}</p>}
      <p class="scale" aria-hidden="true">
        <span>0</span>
        <span>{duration(whole)}</span>
      </p>
    </li>
  );
});

function State({ view }: { readonly view: InteractionView }) {
  const state =
    view.failedAt !== undefined
      ? 'failed'
      : view.answeredAt !== undefined
        ? 'answered'
        : view.acknowledgedAt !== undefined
          ? 'thinking'
          : 'waiting';
  return <span class={`state state-${state}`}>{state}</span>;
}

function factsOf(view: InteractionView): string {
  const since = (at: number | undefined): string => (at === undefined ? '…' : duration(at - view.receivedAt));
  if (view.acknowledgedAt === undefined && view.failedAt === undefined) return 'not acknowledged yet';
  if (view.failedAt !== undefined) return `failed ${since(view.failedAt)}`;
  if (view.answeredAt !== undefined && !view.deferred) return `answered ${since(view.acknowledgedAt)}`;
  return `deferred ${since(view.acknowledgedAt)} · answered ${since(view.answeredAt)}`;
}

function Attempt({
  attempt,
  receivedAt,
  whole,
}: {
  readonly attempt: AttemptView;
  readonly receivedAt: number;
  readonly whole: number;
}) {
  const took = duration(attempt.marks.ended - attempt.marks.from);
  const result = attempt.error ?? (attempt.status === undefined ? '' : String(attempt.status));
  const failed = attempt.error !== undefined || (attempt.status ?? 0) >= 400;
  return (
    <div class="attempt">
      <p class="attempt-facts">
        <span class="attempt-method">{attempt.method}</span>
        <span class="attempt-url" title={attempt.url}>
          {shortAddress(attempt.url)}
        </span>
        <span class={failed ? 'attempt-result attempt-failed' : 'attempt-result'}>{result}</span>
        <span class="attempt-took">{took}</span>
      </p>
      <Track bars={attemptBars(attempt, receivedAt)} whole={whole} label={`${attempt.method} ${attempt.url}`} />
    </div>
  );
}

interface TrackProps {
  readonly bars: readonly Bar[];
  readonly whole: number;
  readonly label: string;
  readonly deadline?: number | undefined;
}

function Track({ bars, whole, label, deadline }: TrackProps) {
  const words = bars.map((bar) => `${PHASE_WORDS[bar.phase]} ${duration(bar.to - bar.from)}`).join(', ');
  return (
    <div class="track" role="img" aria-label={`${label}: ${words}`}>
      {bars.map((bar) => (
        <span
          key={bar.phase}
          class={`bar phase-${bar.phase}`}
          title={`${PHASE_WORDS[bar.phase]}: ${duration(bar.to - bar.from)}`}
          style={{ left: percent(bar.from / whole), width: percent((bar.to - bar.from) / whole) }}
        />
      ))}
      {deadline !== undefined && <span class="deadline" style={{ left: percent(deadline) }} title="3 s" />}
    </div>
  );
}

const percent = (part: number): string => `${(Math.min(1, Math.max(0, part)) * 100).toFixed(3)}%`;

function shortAddress(text: string): string {
  try {
    const url = new URL(text);
    return `${url.host}${url.pathname}${url.search}`;
  } catch {
    return text;
  }
}
