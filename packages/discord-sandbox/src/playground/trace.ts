// Reads a RequestTrace that came over a diagnostics channel. What comes from there is another package's: whatever does
// not look like a trace is left out, never trusted.
import type { HttpEvent } from '../world/types.js';
import type { AttemptView } from './protocol.js';

const PHASES = ['queued', 'dns', 'connected', 'sent', 'head'] as const;
const LONGEST = 500;

export function attemptsOf(event: HttpEvent): AttemptView[] {
  const trace = record(event.trace);
  const elapsed = number(trace?.elapsed) ?? 0;
  const attempts = Array.isArray(trace?.attempts) ? trace.attempts : [];
  const at = event.at - elapsed;
  const views: AttemptView[] = [];
  let from = 0;
  for (const each of attempts) {
    const attempt = record(each);
    const view = attempt && attemptOf(attempt, event, at, from, elapsed);
    if (!view) continue;
    views.push(view);
    from = view.marks.ended + (number(attempt.retryDelay) ?? 0);
  }
  // Nothing was sent: refused, waiting to the end, or answered from the cache.
  return views.length > 0 ? views : [whole(event, at, elapsed)];
}

function attemptOf(
  attempt: Record<string, unknown>,
  event: HttpEvent,
  at: number,
  from: number,
  elapsed: number,
): AttemptView | undefined {
  const timings = record(attempt.timings);
  if (!timings) return undefined;
  const marks: Record<string, number> = {};
  for (const phase of PHASES) {
    const mark = number(timings[phase]);
    if (mark !== undefined) marks[phase] = mark;
  }
  const last = Math.max(from, ...Object.values(marks));
  const status = number(attempt.status);
  const error = attempt.error;
  return {
    method: event.method,
    url: String(attempt.url ?? event.url).slice(0, LONGEST),
    at,
    marks: { queued: from, ...marks, from, ended: number(timings.ended) ?? Math.max(last, elapsed) },
    reused: attempt.reusedConnection === true,
    ...(status === undefined ? {} : { status }),
    ...(typeof error === 'string' ? { error: error.slice(0, LONGEST) } : {}),
  };
}

function whole(event: HttpEvent, at: number, elapsed: number): AttemptView {
  return {
    method: event.method,
    url: event.url.slice(0, LONGEST),
    at,
    marks: { from: 0, queued: elapsed, ended: elapsed },
    reused: false,
    ...(event.status === undefined ? {} : { status: event.status }),
    ...(event.error === undefined ? {} : { error: event.error.slice(0, LONGEST) }),
  };
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? Math.max(0, value) : undefined;
}
