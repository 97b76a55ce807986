// How soon the same person may use the same command again.
import { expect, it } from 'vitest';
import { Cooldowns } from '../src/cooldown.js';
import { simple, stage } from './bots.js';

it('asks the same user to wait, in their language, and nobody else', async () => {
  await using on = await stage([
    simple('often', async () => 'hi'),
    simple('seldom', async () => 'hi', { cooldown: '30s' }),
  ]);
  const use = (name: string, user: string, locale = 'en-US') => on.sandbox.slash(name, {}, { user, locale });
  expect((await use('seldom', 'ada')).content).toBe('hi');
  expect(await use('seldom', 'ada')).toMatchObject({
    ephemeral: true,
    content: 'Please wait 30 seconds before you use this command again.',
  });
  expect((await use('seldom', 'ada', 'de')).content).toBe(
    'Bitte warte 30 Sekunden, bevor du diesen Befehl wieder benutzt.',
  );
  expect((await use('seldom', 'grace')).content).toBe('hi');
  for (let i = 0; i < 3; i++) expect((await use('often', 'ada')).content).toBe('hi');
  expect(on.log.of('error')).toEqual([]);
});

it('is over when it is over, and is not renewed by trying', () => {
  const cooldowns = new Cooldowns();
  const command = simple('c', async () => 'x', { cooldown: 1_000 });
  expect(cooldowns.enter(command, 'ada', 5_000)).toBeUndefined();
  expect(cooldowns.enter(command, 'ada', 5_500)).toBe(6_000);
  expect(cooldowns.enter(command, 'ada', 5_999)).toBe(6_000);
  expect(cooldowns.enter(command, 'ada', 6_000)).toBeUndefined();
});
