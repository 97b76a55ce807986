// What a host says about its own limits, in the ways in which hosts say it: RFC 9110 Retry-After, the IETF drafts of
// RateLimit, and X-RateLimit-* as GitHub, Discord and others send it. What cannot be read is as if it were not there.
import { type ResponseFields, responseField } from '../../core/headers.js';
import { readMoment, readRetryAfter } from '../../core/retry-after.js';
import type { Advice } from './gate.js';

/** Nobody is believed for longer than this: after it, one request finds out. Milliseconds. */
const longestPause = 3_600_000;
/** A 503 is often one page's trouble and soon over. */
const longestOutage = 60_000;

/**
 * @param clock the time of day, for moments that are told as such where the response has no Date of its own.
 * @returns undefined where nothing was said.
 */
export function readAdvice(status: number, fields: ResponseFields, clock = Date.now): Advice | undefined {
  const window = readWindow(fields, clock);
  if (status !== 429 && status !== 503 && status !== 403) return window;
  const pause = readRetryAfter(fields, clock());
  if (pause === undefined) return window;
  return { ...window, pause: Math.min(pause, status === 503 ? longestOutage : longestPause) };
}

interface FieldNames {
  readonly remaining: string;
  readonly reset: string;
  readonly resetAfter: string;
}

const separate: readonly FieldNames[] = ['ratelimit-', 'x-ratelimit-', 'x-rate-limit-'].map((prefix) => ({
  remaining: `${prefix}remaining`,
  reset: `${prefix}reset`,
  resetAfter: `${prefix}reset-after`,
}));

function readWindow(fields: ResponseFields, clock: () => number): Advice | undefined {
  if (fields.ratelimit !== undefined) {
    const read = readRateLimit(fields);
    if (read !== undefined) return read;
  }
  for (const names of separate) {
    if (fields[names.remaining] === undefined) continue;
    const window = readSeparate(names, fields, clock());
    if (window !== undefined) return window;
  }
  return undefined;
}

/** `RateLimit: "default";r=50;t=30`, or as older drafts had it: `limit=100, remaining=50, reset=30`. The tightest counts. */
function readRateLimit(fields: ResponseFields): Advice | undefined {
  const text = responseField(fields, 'ratelimit');
  if (text === undefined) return undefined;
  const older = /(?:^|[,;\s])remaining=(\d+)/i.exec(text);
  if (older !== null) return advice(Number(older[1]), seconds(/(?:^|[,;\s])reset=(\d+)/i.exec(text)?.[1]));
  let tightest: Advice | undefined;
  for (const item of text.split(',')) {
    const remaining = /;\s*r=(\d+)/.exec(item)?.[1];
    if (remaining === undefined) continue;
    const reset = seconds(/;\s*t=(\d+)/.exec(item)?.[1]) ?? readPolicyWindow(fields, item);
    const read = advice(Number(remaining), reset);
    if (read !== undefined && (tightest === undefined || tighter(read, tightest))) tightest = read;
  }
  return tightest;
}

function tighter(a: Advice, b: Advice): boolean {
  const difference = (a.remaining as number) - (b.remaining as number);
  return difference < 0 || (difference === 0 && (a.reset as number) > (b.reset as number));
}

/** The window `w` of the policy that the item names, for items that do not tell when they are reset. */
function readPolicyWindow(fields: ResponseFields, item: string): number | undefined {
  const name = item.split(';', 1)[0]?.trim();
  const policies = responseField(fields, 'ratelimit-policy')?.split(',') ?? [];
  const policy = policies.find((each) => each.split(';', 1)[0]?.trim() === name);
  return seconds(/;\s*w=(\d+)/.exec(policy ?? '')?.[1]);
}

/** `…-Remaining` with `…-Reset-After` or `…-Reset`. */
function readSeparate(names: FieldNames, fields: ResponseFields, wallNow: number): Advice | undefined {
  const remaining = /^\d+/.exec(responseField(fields, names.remaining) ?? '')?.[0];
  const reset = responseField(fields, names.resetAfter) ?? responseField(fields, names.reset);
  if (remaining === undefined || reset === undefined) return undefined;
  return advice(Number(remaining), readMoment(reset, fields, wallNow));
}

function advice(remaining: number, reset: number | undefined): Advice | undefined {
  return reset === undefined || reset <= 0 ? undefined : { remaining, reset: Math.min(reset, longestPause) };
}

function seconds(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text) * 1_000;
}
