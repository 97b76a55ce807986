// What a command suggests, made fit for Discord.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fitChoices } from '../src/choices.js';

it('keeps 25 choices of at most 100 characters', () => {
  const many = Array.from({ length: 40 }, (_, i) => ({
    name: `${i} ${'n'.repeat(200)}`,
    value: `${i} ${'v'.repeat(200)}`,
  }));
  const fitted = fitChoices(many);
  expect(fitted).toHaveLength(25);
  for (const { name, value } of fitted) {
    expect(name).toHaveLength(100);
    expect(value).toHaveLength(100);
  }
});

it('leaves out what is none, and what is there twice', () => {
  const odd = [null, {}, { name: 'n' }, { name: 'n', value: Number.NaN }, { name: 'n', value: {} }];
  const good = [
    { name: 'one', value: 1 },
    { name: 'one', value: 1 },
    { name: '', value: 'named by its value' },
  ];
  expect(fitChoices([...odd, ...good])).toEqual([
    { name: 'one', value: 1 },
    { name: 'named by its value', value: 'named by its value' },
  ]);
  for (const none of [undefined, null, 'text', {}, 3]) expect(fitChoices(none)).toEqual([]);
});

it('gives what Discord accepts for anything', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ name: fc.anything(), value: fc.anything() }), { maxLength: 60 }), (choices) => {
      const fitted = fitChoices(choices);
      expect(fitted.length).toBeLessThanOrEqual(25);
      for (const { name, value } of fitted) {
        expect(name.length).toBeGreaterThan(0);
        expect(name.length).toBeLessThanOrEqual(100);
        if (typeof value === 'string') expect(value.length).toBeLessThanOrEqual(100);
        else expect(Number.isFinite(value)).toBe(true);
      }
    }),
  );
});
