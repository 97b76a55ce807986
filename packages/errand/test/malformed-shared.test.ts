// The collected malformed responses, where they are at hand.
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isFitting, play, type RawCase } from './support/malformed.js';

interface SharedCase {
  name: string;
  raw_base64: string;
  end: 'close' | 'rst' | 'hold';
  sure: 'must' | 'should' | 'policy';
  expect: 'ok' | 'error';
  status?: number;
  body?: string;
  split?: number;
  slowRead?: number;
  alt?: string;
}
const file = new URL('../../../../shared/cases/malformed-responses.json', import.meta.url);
const cases: SharedCase[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];

for (const each of cases.filter(({ sure }) => sure !== 'policy')) {
  test.concurrent(each.name, async () => {
    const raw: RawCase = {
      name: each.name,
      raw: Buffer.from(each.raw_base64, 'base64'),
      end: each.end,
      ...(each.split === undefined ? {} : { split: each.split }),
      ...(each.slowRead === undefined ? {} : { slowRead: each.slowRead }),
      ...(/^(head-|gzip-head)/.test(each.name) && !each.name.startsWith('header') ? { method: 'HEAD' } : {}),
    };
    const played = await play(raw);
    if (each.expect === 'error') {
      expect(played.outcome === 'error' ? isFitting(played.error) || played.error : played).toBe(true);
    } else if (played.outcome === 'error' && each.alt?.startsWith('error')) {
      expect(isFitting(played.error) || played.error).toBe(true);
    } else {
      expect(played.error).toBeUndefined();
      expect(played.status).toBe(each.status);
      if (each.body !== undefined) expect(played.body).toBe(each.body);
    }
    expect(played.second).toBe('second');
  });
}
test('the collection is read where it is at hand', () => expect(cases.length === 0 || cases.length > 50).toBe(true));
