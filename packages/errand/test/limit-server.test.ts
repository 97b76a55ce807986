// What hosts say about their limits, as the documents of those who say it show it.
import { describe, expect, it } from 'vitest';
import { readRetryAfter } from '../src/core/retry-after.js';
import { readAdvice } from '../src/middleware/limit/server-limits.js';

const now = Date.UTC(2026, 0, 1, 12, 0, 0);
const inSeconds = (seconds: number) => String(now / 1_000 + seconds);

describe('windows', () => {
  it.each<[string, Record<string, string | string[]>, { remaining: number; reset: number }]>([
    ['RateLimit', { ratelimit: '"default";r=50;t=30' }, { remaining: 50, reset: 30_000 }],
    [
      'RateLimit of several policies: the tightest',
      { ratelimit: '"minute";r=3;t=30, "day";r=999;t=3600' },
      { remaining: 3, reset: 30_000 },
    ],
    [
      'RateLimit of several lines, used up: the latest',
      { ratelimit: ['"minute";r=0;t=30', '"hour";r=0;t=600'] },
      { remaining: 0, reset: 600_000 },
    ],
    [
      'RateLimit without a time, by the window of its policy',
      { ratelimit: '"b";r=1', 'ratelimit-policy': '"a";q=10;w=1, "b";q=100;w=60' },
      { remaining: 1, reset: 60_000 },
    ],
    ['RateLimit of an older draft', { ratelimit: 'limit=100, remaining=7, reset=20' }, { remaining: 7, reset: 20_000 }],
    [
      'RateLimit-Remaining and -Reset',
      { 'ratelimit-limit': '100, 100;w=60', 'ratelimit-remaining': '0', 'ratelimit-reset': '50' },
      { remaining: 0, reset: 50_000 },
    ],
    [
      'X-RateLimit-Reset in seconds since 1970',
      { 'x-ratelimit-remaining': '12', 'x-ratelimit-reset': inSeconds(90) },
      { remaining: 12, reset: 90_000 },
    ],
    [
      'X-RateLimit-Reset in milliseconds since 1970',
      { 'x-ratelimit-remaining': '12', 'x-ratelimit-reset': `${now + 2_500}` },
      { remaining: 12, reset: 2_500 },
    ],
    [
      'X-RateLimit-Reset on a host whose clock is an hour ahead',
      {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': inSeconds(3_690),
        date: new Date(now + 3_600_000).toUTCString(),
      },
      { remaining: 0, reset: 90_000 },
    ],
    [
      'X-RateLimit-Reset in seconds from now',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '7' },
      { remaining: 0, reset: 7_000 },
    ],
    [
      'X-RateLimit-Reset as a date',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': new Date(now + 4_000).toISOString() },
      { remaining: 0, reset: 4_000 },
    ],
    [
      'X-RateLimit-Reset-After beside X-RateLimit-Reset',
      { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset-after': '0.5', 'x-ratelimit-reset': inSeconds(9) },
      { remaining: 1, reset: 500 },
    ],
    [
      'X-Rate-Limit',
      { 'x-rate-limit-remaining': '1', 'x-rate-limit-reset': inSeconds(60) },
      { remaining: 1, reset: 60_000 },
    ],
    [
      'a window of a day: asked again after an hour',
      { ratelimit: '"day";r=0;t=86400' },
      { remaining: 0, reset: 3_600_000 },
    ],
  ])('%s', (_, fields, expected) => {
    expect(readAdvice(200, fields, () => now)).toEqual(expected);
  });

  it.each<[string, Record<string, string>]>([
    ['nothing', {}],
    ['no end of the window', { 'x-ratelimit-remaining': '0' }],
    ['an end in the past', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inSeconds(-5) }],
    ['no numbers', { 'x-ratelimit-remaining': 'many', 'x-ratelimit-reset': '5' }],
    ['no moment', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 'soon' }],
    ['an item without r', { ratelimit: '"default";t=30' }],
    ['rubbish', { ratelimit: ';;;,,,' }],
  ])('ignores %s', (_, fields) => {
    expect(readAdvice(200, fields, () => now)).toBeUndefined();
  });
});

describe('Retry-After', () => {
  it('is read in seconds and as a date, against the clock of the host', () => {
    expect(readRetryAfter({ 'retry-after': '3' }, now)).toBe(3_000);
    expect(readRetryAfter({ 'retry-after': new Date(now + 5_000).toUTCString() }, now)).toBe(5_000);
    expect(readRetryAfter({ 'retry-after': new Date(now - 5_000).toUTCString() }, now)).toBe(0);
    const ahead = { 'retry-after': new Date(now + 65_000).toUTCString(), date: new Date(now + 60_000).toUTCString() };
    expect(readRetryAfter(ahead, now)).toBe(5_000);
    expect(readRetryAfter({ 'retry-after': 'a while' }, now)).toBeUndefined();
    expect(readRetryAfter({}, now)).toBeUndefined();
  });

  it('pauses a host that says 429, 503 or 403 with it, for an hour at the most, for a minute at a 503', () => {
    const fields = { 'retry-after': '5' };
    for (const status of [429, 503, 403]) expect(readAdvice(status, fields, () => now)).toEqual({ pause: 5_000 });
    for (const status of [200, 301, 404, 500]) expect(readAdvice(status, fields, () => now)).toBeUndefined();
    expect(readAdvice(429, { 'retry-after': '99999999' }, () => now)).toEqual({ pause: 3_600_000 });
    expect(readAdvice(503, { 'retry-after': '99999999' }, () => now)).toEqual({ pause: 60_000 });
    expect(readAdvice(429, { 'retry-after': '5', ratelimit: '"d";r=0;t=4' }, () => now)).toEqual({
      pause: 5_000,
      remaining: 0,
      reset: 4_000,
    });
  });
});
