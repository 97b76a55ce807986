/** Where the time of a request went, as lines of a message. */
import type { RequestTrace } from 'errand';
import { duration } from './text.js';

/** For example `dns 2 ms · connect 11 ms · head 48 ms · body 1.4 ms`, of the last attempt, and how many there were. */
export function phases(trace: RequestTrace, locale: string): string {
  const last = trace.attempts.at(-1);
  if (last === undefined) return duration(trace.elapsed, locale);
  const { queued, dns, connected, sent, head, ended } = last.timings;
  const marks = [
    ['dns', dns, queued],
    ['connect', last.reusedConnection ? undefined : connected, dns ?? queued],
    ['send', sent, connected ?? queued],
    ['head', head, sent ?? connected ?? queued],
    ['body', ended, head],
  ] as const;
  const parts = marks.flatMap(([name, end, start]) =>
    end === undefined || start === undefined ? [] : [`${name} ${duration(Math.max(0, end - start), locale)}`],
  );
  if (last.reusedConnection) parts.unshift('connection reused');
  if (trace.attempts.length > 1) parts.push(`attempt ${trace.attempts.length}`);
  return parts.join(' · ');
}
