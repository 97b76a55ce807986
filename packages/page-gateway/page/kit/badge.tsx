// A word with a colour and a shape of its own, so that neither alone has to tell it.
const good = new Set(['ok', 'page', 'healthy', 'finished', 'solved', 'up', 'hit']);
const bad = new Set([
  'blocked',
  'block',
  'dead',
  'failed',
  'captcha',
  'captcha_required',
  'timeout',
  'upstream',
  'internal',
]);
const busy = new Set(['running', 'queued', 'under way', 'open', 'waiting', 'waiting_human', 'cooling']);

/** What went wrong on the way has its code as its verdict. */
const ofErrand = /^ERRAND_/;

export type Tone = 'good' | 'bad' | 'busy' | 'plain' | 'warn';

export function toneOf(word: string): Tone {
  if (ofErrand.test(word)) return 'bad';
  if (good.has(word)) return 'good';
  if (bad.has(word)) return 'bad';
  if (busy.has(word)) return 'busy';
  return ['gone', 'cancelled', 'dismissed', 'expired', 'revoked', 'in force'].includes(word) ? 'plain' : 'warn';
}

const shapes: Record<Tone, string> = { good: '●', bad: '▲', busy: '◐', plain: '○', warn: '◆' };

export function Badge({ word, tone = toneOf(word) }: { word: string; tone?: Tone }) {
  return (
    <span class={`badge ${tone}`}>
      <span aria-hidden="true">{shapes[tone]}</span> {word.replace(ofErrand, '').replaceAll('_', ' ').toLowerCase()}
    </span>
  );
}
