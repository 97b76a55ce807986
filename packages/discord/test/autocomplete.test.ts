// Autocompletion: at most 1.8 s, at most 25 choices, nothing older than the newest keystroke.
import { setTimeout as delay } from 'node:timers/promises';
import { type Command, command } from '@errand/discord';
import { SlashCommandBuilder } from 'discord.js';
import { expect, it } from 'vitest';
import { deferred, stage, startWeb } from './bots.js';

function place(
  autocomplete: NonNullable<Command['autocomplete']>,
  execute: Command['execute'] = async () => 'ok',
): Command {
  const data = new SlashCommandBuilder()
    .setName('place')
    .setDescription('A place')
    .addStringOption((option) => option.setName('city').setDescription('c').setRequired(true).setAutocomplete(true));
  return command({ data, execute, autocomplete });
}

const asChoice = (name: string) => ({ name, value: name });

it.concurrent('suggests what the command finds, made fit for Discord', async () => {
  await using on = await stage([
    place(async (interaction) =>
      Array.from({ length: 40 }, (_, i) => asChoice(`${interaction.options.getFocused()} ${i}`)),
    ),
  ]);
  const choices = await on.sandbox.autocomplete('place', 'city', 'Tal');
  expect(choices).toHaveLength(25);
  expect(choices[3]).toEqual(asChoice('Tal 3'));
});

it.concurrent('is empty on failure and on lateness, in time', async ({ expect }) => {
  await using web = await startWeb(() => {});
  const reasons: unknown[] = [];
  await using on = await stage([
    place(async (interaction, session) => {
      const typed = interaction.options.getFocused();
      if (typed === 'throw') throw new Error('boom');
      if (typed === 'deaf') await delay(4_000, undefined, { ref: false });
      if (typed === 'odd') return [{ name: 'x', value: { not: 'a value' } }] as never;
      return session
        .get(web.url)
        .json<never[]>()
        .catch((error: { cause?: unknown }) => {
          reasons.push(error.cause);
          throw error;
        });
    }),
  ]);
  expect(await on.sandbox.autocomplete('place', 'city', 'throw')).toEqual([]);
  expect(await on.sandbox.autocomplete('place', 'city', 'odd')).toEqual([]);
  for (const typed of ['deaf', 'stalled']) {
    const began = performance.now();
    expect(await on.sandbox.autocomplete('place', 'city', typed)).toEqual([]);
    const took = performance.now() - began;
    expect(took, typed).toBeGreaterThan(1_700);
    expect(took, typed).toBeLessThan(2_900);
  }
  await expect.poll(() => reasons).toHaveLength(1);
  expect(on.log.of('warn').map(({ message }) => message)).toContain('no choices: autocompletion failed');
  expect(on.bot.session.stats().inFlight).toBe(0);
});

it.concurrent("ends the older request when the same user types on, and nobody else's", async ({ expect }) => {
  const aborted: string[] = [];
  await using web = await startWeb((request, response) => {
    const typed = request.url!.slice(1);
    response.on('close', () => {
      if (!response.writableEnded) aborted.push(typed);
    });
    if (typed === 'Tall') response.end(JSON.stringify([asChoice('Tallinn')]));
  });
  await using on = await stage([
    place(async (interaction, session) => session.get(`${web.url}/${interaction.options.getFocused()}`).json()),
  ]);
  const other = on.sandbox.autocomplete('place', 'city', 'Ber', { user: 'grace' });
  await expect.poll(() => web.asked).toEqual(['/Ber']);
  const older = on.sandbox.autocomplete('place', 'city', 'Tal', { user: 'ada' });
  await expect.poll(() => web.asked).toHaveLength(2);
  expect(await on.sandbox.autocomplete('place', 'city', 'Tall', { user: 'ada' })).toEqual([asChoice('Tallinn')]);
  expect(await older).toEqual([]);
  await expect.poll(() => aborted).toEqual(['Tal']);
  expect(await other).toEqual([]);
  expect(on.log.of('warn')).toHaveLength(1);
});

it.concurrent('remembers what was found for a while, for the user and until the command is used', async () => {
  let asked = 0;
  await using on = await stage([place(async () => [asChoice(`answer ${++asked}`)])]);
  const type = (typed: string, user = 'ada') => on.sandbox.autocomplete('place', 'city', typed, { user });
  expect(await type('T')).toEqual([asChoice('answer 1')]);
  expect(await type('Ta')).toEqual([asChoice('answer 2')]);
  expect(await type('T')).toEqual([asChoice('answer 1')]);
  expect(await type('T', 'grace')).toEqual([asChoice('answer 3')]);
  await on.sandbox.slash('place', { city: 'Tallinn' }, { user: 'ada' });
  expect(await type('T')).toEqual([asChoice('answer 4')]);
  expect(await type('T', 'grace')).toEqual([asChoice('answer 3')]);
});

it.concurrent('is over at once when the bot stops', async () => {
  const running = deferred();
  await using on = await stage([
    place(() => {
      running.resolve();
      return new Promise(() => {});
    }),
  ]);
  const choices = on.sandbox.autocomplete('place', 'city', 'T');
  await running.promise;
  const began = performance.now();
  await on.bot.stop();
  expect(performance.now() - began).toBeLessThan(1_500);
  expect(await choices).toEqual([]);
});
