// Times as Discord's clients write them, in the user's language.
import { useEffect, useState } from 'preact/hooks';

const formats = new Map<string, Intl.DateTimeFormat>();

function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(key, known);
  return known;
}

export const clockTime = (at: number, locale: string): string => format(locale, { timeStyle: 'short' }).format(at);
export const fullTime = (at: number, locale: string): string =>
  format(locale, { dateStyle: 'full', timeStyle: 'short' }).format(at);
export const dayName = (at: number, locale: string): string => format(locale, { dateStyle: 'long' }).format(at);

/** `Today at 14:03`, `Yesterday at 9:00`, or the date, with the words of the user's language. */
export function chatTime(at: number, locale: string, now = Date.now()): string {
  const days = Math.round((midnight(now) - midnight(at)) / 86_400_000);
  if (days !== 0 && days !== 1) return format(locale, { dateStyle: 'short', timeStyle: 'short' }).format(at);
  const word = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-days, 'day');
  return `${word.charAt(0).toLocaleUpperCase(locale)}${word.slice(1)}, ${clockTime(at, locale)}`;
}

export const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0);

/** The styles of `<t:…:style>`. */
export function styledTime(seconds: number, style: string, locale: string, now: number): string {
  const at = seconds * 1_000;
  switch (style) {
    case 't':
      return clockTime(at, locale);
    case 'T':
      return format(locale, { timeStyle: 'medium' }).format(at);
    case 'd':
      return format(locale, { dateStyle: 'short' }).format(at);
    case 'D':
      return format(locale, { dateStyle: 'long' }).format(at);
    case 'F':
      return fullTime(at, locale);
    case 'R':
      return relativeTime(at, locale, now);
    default:
      return format(locale, { dateStyle: 'long', timeStyle: 'short' }).format(at);
  }
}

const steps: ReadonlyArray<readonly [Intl.RelativeTimeFormatUnit, number]> = [
  ['year', 31_557_600_000],
  ['month', 2_629_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

export function relativeTime(at: number, locale: string, now: number): string {
  const left = at - now;
  const [unit, length] = steps.find(([, each]) => Math.abs(left) >= each) ?? steps[steps.length - 1]!;
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(Math.round(left / length), unit);
}

/** `12 ms`, `3.4 s`: short enough for a plot's label. */
export function duration(ms: number): string {
  if (ms < 1) return '<1 ms';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s` : `${(ms / 60_000).toFixed(1)} min`;
}

/** The time now, drawn again every `every` ms; 0 stands still. */
export function useNow(every: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (every === 0) return;
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
