// What a bar of the timeline shows is what the time went by with, also where it was the last thing that an attempt did.
import { describe, expect, test } from 'vitest';
import { attemptBars } from '../page/inspector/bars.js';
import type { AttemptView } from '../src/playground/protocol.js';

const attempt = (marks: Partial<AttemptView['marks']>, rest: Partial<AttemptView> = {}): AttemptView => ({
  ...{ method: 'GET', url: 'https://example.com/', at: 1_010, reused: false, ...rest },
  marks: { from: 0, queued: 2, ended: 90, ...marks },
});
const phases = (view: AttemptView) => attemptBars(view, 1_000).map(({ phase, from, to }) => [phase, from, to]);

describe('the bars of an attempt', () => {
  test('a whole one has every phase, one after the other', () => {
    expect(phases(attempt({ dns: 5, connected: 20, sent: 21, head: 60 }, { status: 200 }))).toEqual([
      ['queue', 10, 12],
      ['dns', 12, 15],
      ['connect', 15, 30],
      ['head', 30, 70],
      ['body', 70, 100],
    ]);
  });

  test.each([
    ['dns', {}, { error: 'ERRAND_DNS' }],
    ['connect', {}, { error: 'ERRAND_CONNECT' }],
    ['connect', { dns: 2 }, { error: 'ERRAND_TIMEOUT' }],
    ['head', { dns: 2, connected: 2 }, { error: 'ERRAND_DISCONNECTED' }],
    ['head', {}, { error: 'ERRAND_TIMEOUT', reused: true }],
    ['body', { dns: 2, connected: 2, head: 2 }, { error: 'ERRAND_DISCONNECTED' }],
  ] as const)('one that died in %s shows it: %j %j', (phase, marks, rest) => {
    expect(phases(attempt(marks, rest))).toEqual([
      ['queue', 10, 12],
      [phase, 12, 100],
    ]);
  });
});
