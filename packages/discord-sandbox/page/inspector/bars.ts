// Where the bars of an interaction's timeline begin and end, in ms since it was received. Pure arithmetic.
import type { AttemptView, InteractionView } from '../../src/playground/protocol.js';

export type Phase = 'silent' | 'unacknowledged' | 'working' | 'queue' | 'dns' | 'connect' | 'head' | 'body';

export interface Bar {
  readonly phase: Phase;
  readonly from: number;
  readonly to: number;
}

export const PHASE_WORDS: Readonly<Record<Phase, string>> = {
  silent: 'never acknowledged',
  unacknowledged: 'until acknowledged',
  working: 'until answered',
  queue: 'queue',
  dns: 'DNS',
  connect: 'connect',
  head: 'head',
  body: 'body',
};

/** The interaction's own bars; one that is still open reaches to now. */
export function ownBars(view: InteractionView, now: number): Bar[] {
  const acknowledged = view.acknowledgedAt ?? view.failedAt;
  const silent = view.acknowledgedAt === undefined && view.failedAt !== undefined;
  const bars: Bar[] = [
    { phase: silent ? 'silent' : 'unacknowledged', from: 0, to: (acknowledged ?? now) - view.receivedAt },
  ];
  const done = view.answeredAt ?? view.failedAt;
  if (view.acknowledgedAt !== undefined && view.deferred) {
    bars.push({ phase: 'working', from: view.acknowledgedAt - view.receivedAt, to: (done ?? now) - view.receivedAt });
  }
  return bars.map((bar) => ({ ...bar, to: Math.max(bar.from, bar.to) }));
}

export function attemptBars(attempt: AttemptView, receivedAt: number): Bar[] {
  const { from, queued, dns, connected, head, ended } = attempt.marks;
  const start = attempt.at - receivedAt;
  const bars: Bar[] = [];
  let reached = from;
  const until = (phase: Phase, mark: number | undefined): void => {
    if (mark === undefined || mark < reached) return;
    if (mark > reached) bars.push({ phase, from: start + reached, to: start + mark });
    reached = mark;
  };
  until('queue', queued);
  until('dns', dns);
  until('connect', connected);
  until('head', head);
  until(lastPhase(attempt), ended);
  return bars;
}

/** The body, or what an attempt died in. */
function lastPhase({ marks, reused, error }: AttemptView): Phase {
  if (marks.head !== undefined) return 'body';
  if (error === 'ERRAND_DNS') return 'dns';
  return marks.connected === undefined && !reused ? 'connect' : 'head';
}

/** The right edge of the drawing: the last thing that happened, and never nothing. */
export function extent(view: InteractionView, now: number): number {
  const ends = [
    ...ownBars(view, now).map((bar) => bar.to),
    ...view.attempts.map((attempt) => attempt.at - view.receivedAt + attempt.marks.ended),
  ];
  return Math.max(1, ...ends);
}

export const isOpen = (view: InteractionView): boolean => view.answeredAt === undefined && view.failedAt === undefined;
