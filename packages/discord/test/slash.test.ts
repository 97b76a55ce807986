// A definition whose options are typed.
import { type Command, command, slash } from '@errand/discord';
import type { Attachment, User } from 'discord.js';
import { expect, expectTypeOf, it } from 'vitest';
import { stage } from './bots.js';

it('hands the options to the command, typed and by name', async () => {
  const seen: unknown[] = [];
  const typed = command({
    data: slash('typed', 'Has every kind of option')
      .string('city', 'Where', { required: true, max: 20 })
      .string('unit', 'Unit', {
        choices: [
          { name: 'Celsius', value: 'c' },
          { name: 'Fahrenheit', value: 'f' },
        ],
      })
      .integer('days', 'How far', { min: 1, max: 7 })
      .number('factor', 'How much')
      .boolean('loud', 'Whether')
      .user('who', 'Whom')
      .channel('there', 'Where')
      .role('as', 'As')
      .mentionable('any', 'Any')
      .attachment('file', 'File'),
    async execute(_, __, options) {
      expectTypeOf(options.city).toEqualTypeOf<string>();
      expectTypeOf(options.unit).toEqualTypeOf<'c' | 'f' | undefined>();
      expectTypeOf(options.days).toEqualTypeOf<number | undefined>();
      expectTypeOf(options.loud).toEqualTypeOf<boolean | undefined>();
      expectTypeOf(options.who).toEqualTypeOf<User | undefined>();
      expectTypeOf(options.file).toEqualTypeOf<Attachment | undefined>();
      // @ts-expect-error there is no such option
      void options.nothing;
      seen.push({ ...options, who: options.who?.username });
      return 'ok';
    },
  });
  expectTypeOf(typed).toEqualTypeOf<Command>();
  await using on = await stage([typed]);
  await on.sandbox.slash('typed', { city: 'Tallinn' });
  await on.sandbox.slash('typed', { city: 'Tartu', unit: 'c', days: 3, factor: 1.5, loud: true });
  expect(on.log.of('error')).toEqual([]);
  const nothing = { there: undefined, as: undefined, any: undefined, file: undefined, who: undefined };
  expect(seen).toEqual([
    { city: 'Tallinn', unit: undefined, days: undefined, factor: undefined, loud: undefined, ...nothing },
    { city: 'Tartu', unit: 'c', days: 3, factor: 1.5, loud: true, ...nothing },
  ]);
});

it('is what discord.js would have made', () => {
  const data = slash('a', 'b')
    .with((builder) => builder.setNSFW(true))
    .string('city', 'Where', { required: true, autocomplete: true, min: 2 })
    .integer('n', 'N', { choices: [{ name: 'one', value: 1 }] });
  expect(data.toJSON()).toMatchObject({
    name: 'a',
    description: 'b',
    nsfw: true,
    options: [
      { type: 3, name: 'city', description: 'Where', required: true, autocomplete: true, min_length: 2 },
      { type: 4, name: 'n', required: false, choices: [{ name: 'one', value: 1 }] },
    ],
  });
  expect(() => slash('Bad Name', 'b')).toThrow();
});
