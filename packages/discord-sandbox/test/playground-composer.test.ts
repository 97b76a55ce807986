import { expect } from 'vitest';
import { browserTest, type Playground } from './playground-stage.js';

const options = (it: Playground) => it.page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option');
const active = (it: Playground) =>
  it.composer.evaluate(
    (element) => document.getElementById(element.getAttribute('aria-activedescendant') ?? '')?.textContent ?? '',
  );

browserTest('a slash opens the list of commands; arrows, Escape and more letters work in it', async ({ open }) => {
  const it = await open();
  await it.type('/');
  await expect.poll(() => options(it).count()).toBe(13);
  await expect.poll(() => options(it).first().textContent()).toContain('Takes a limit away');
  await expect.poll(() => it.composer.getAttribute('aria-expanded')).toBe('true');
  await expect.poll(() => active(it)).toContain('/config limit clear');
  await it.page.keyboard.press('ArrowDown');
  await expect.poll(() => active(it)).toContain('/config limit set');
  await it.page.keyboard.press('ArrowUp');
  await it.page.keyboard.press('ArrowUp');
  await expect.poll(() => active(it)).toContain('/who');
  await it.page.keyboard.press('Escape');
  await expect.poll(() => options(it).count()).toBe(0);
  await expect.poll(() => it.composer.inputValue()).toBe('/');
  await it.type('pin');
  await expect.poll(() => options(it).count()).toBe(1);
  await it.page.keyboard.press('Enter');
  await it.page.keyboard.press('Enter');
  await it.said('Pong');
});

browserTest('a whole command may be pasted as plain text', async ({ open }) => {
  const it = await open();
  await it.composer.fill('/weather city:Tallinn days:3 units:Fahrenheit');
  await it.composer.press('Enter');
  await it.said('52 °F');
  await it.composer.fill('/weather Tartu');
  await it.composer.press('Enter');
  await it.said('Tartu');
});

browserTest('typed key by key it comes to the same', async ({ open }) => {
  const it = await open();
  await it.send('/weather city:Tallinn');
  await it.said('Tallinn');
  await it.send('/weather Lisbon units:f days:7');
  await it.said('52 °F');
  await it.said('Lisbon');
});

browserTest('what the bot suggests is listed while typing, after a rest of the keys', async ({ open, bot }) => {
  const it = await open();
  await it.type('/weather city:');
  await expect.poll(() => options(it).filter({ hasText: 'somewhere' }).count()).toBe(5);
  const before = bot.typed.length;
  await it.page.keyboard.type('tart', { delay: 10 });
  await expect.poll(() => options(it).filter({ hasText: 'somewhere' }).allInnerTexts()).toEqual(['Tartu, somewhere']);
  expect(bot.typed.slice(before)).toEqual(['tart']);
  await it.page.keyboard.press('Tab');
  await expect.poll(() => it.composer.inputValue()).toBe('/weather city:Tartu, somewhere ');
  await it.page.keyboard.press('Enter');
  await it.log.getByRole('article', { name: 'Embed: Tartu' }).waitFor();
  await it.type('/weather city:nowhere');
  await it.page.getByText('No options match your search.').waitFor();
});

browserTest('mistakes are said in place, and nothing is sent', async ({ open, sandbox }) => {
  const it = await open();
  await it.send('/weather city:Tallinn days:99');
  await it.page.getByText('Enter a number of at most 7.').waitFor();
  await it.page.keyboard.press('Control+A');
  await it.send('/weather city:Tallinn days:many');
  await it.page.getByText('Enter a whole number.').waitFor();
  await it.page.keyboard.press('Control+A');
  await it.page.keyboard.press('Backspace');
  await it.send('/weather ');
  await it.page.getByText('This option is required. Specify a value.').waitFor();
  await it.page.keyboard.press('Control+A');
  await it.page.keyboard.press('Backspace');
  await it.send('/nothing');
  await it.page.getByText('There is no command /nothing here.').waitFor();
  expect(sandbox.messages()).toEqual([]);
});

browserTest('options show what they are, and choices are offered', async ({ open }) => {
  const it = await open();
  await it.composer.fill('/weather city:Tallinn ');
  const chips = it.page.getByRole('list', { name: 'Options of this command' });
  expect(
    await chips.getByRole('button').evaluateAll((all) => all.map((each) => each.getAttribute('aria-label'))),
  ).toEqual(['city, text, required, given', 'units, text', 'days, whole number']);
  await chips.getByRole('button', { name: 'units, text' }).click();
  await expect.poll(() => options(it).allInnerTexts()).toEqual(expect.arrayContaining(['Celsius', 'Fahrenheit']));
  await it.page.keyboard.type('fah');
  await it.page.keyboard.press('Enter');
  await expect.poll(() => it.composer.inputValue()).toBe('/weather city:Tallinn units:Fahrenheit ');
  await it.page.keyboard.press('Enter');
  await it.said('52 °F');
});

browserTest('users, channels and switches are chosen by name', async ({ open }) => {
  const it = await open();
  await it.type('/who ');
  await expect.poll(() => options(it).first().textContent()).toBe('@ada');
  await it.page.keyboard.press('Tab');
  await it.page.keyboard.type('channel:#gen');
  await it.page.keyboard.press('Tab');
  await it.page.keyboard.type('loud:t');
  await it.page.keyboard.press('Tab');
  await expect.poll(() => it.composer.inputValue()).toBe('/who user:@ada channel:#general loud:True ');
  await it.page.keyboard.press('Enter');
  await it.said('ADA IN GENERAL');
});

browserTest('subcommands are commands of their own; backspace takes an option away', async ({ open }) => {
  const it = await open();
  await it.type('/config limit s');
  await it.page.keyboard.press('Tab');
  await expect.poll(() => it.composer.inputValue()).toBe('/config limit set amount:');
  await it.page.keyboard.press('Backspace');
  await expect.poll(() => it.composer.inputValue()).toBe('/config limit set');
  await it.page.keyboard.type(' 7');
  await it.page.keyboard.press('Enter');
  await it.said('Limit: 7');
});

browserTest('the arrow calls back what was sent before', async ({ open }) => {
  const it = await open();
  await it.send('/ping');
  await it.said('Pong');
  await it.send('Hello');
  await it.said('You said: Hello');
  await it.page.keyboard.press('ArrowUp');
  await expect.poll(() => it.composer.inputValue()).toBe('Hello');
  await it.page.keyboard.press('ArrowUp');
  await expect.poll(() => it.composer.inputValue()).toBe('/ping');
  await it.page.keyboard.press('ArrowDown');
  await expect.poll(() => it.composer.inputValue()).toBe('Hello');
  await it.page.keyboard.press('ArrowUp');
  await it.page.keyboard.press('Enter');
  await expect.poll(() => it.log.getByText('Pong, en-US').count()).toBe(2);
});

browserTest('commands have the names of the user’s language', async ({ open }) => {
  const it = await open();
  await it.page.getByRole('button', { name: /^You are/ }).click();
  await it.page.getByLabel('Language', { exact: true }).selectOption('de');
  await it.page.keyboard.press('Escape');
  await it.send('/klopf');
  await it.said('Pong, de');
});
