import { expect } from 'vitest';
import { browserTest } from './playground-stage.js';

browserTest('buttons work, wait, change the message, and say when the bot was silent', async ({ open }) => {
  const it = await open();
  await it.send('/panel');
  await it.said('Choose');
  const panel = it.last;
  const id = await panel.getAttribute('data-message');
  const message = it.page.locator(`[data-message="${id}"]`);
  await expect.poll(() => message.getByRole('button', { name: 'Off' }).isDisabled()).toBe(true);
  await expect
    .poll(() => message.getByRole('link', { name: 'Website' }).getAttribute('href'))
    .toBe('https://example.com/');
  await message.getByRole('button', { name: 'Again' }).focus();
  await it.page.keyboard.press('Enter');
  await it.said('Pressed by ada');
  await it.said('Only you can see this');
  await message.getByRole('button', { name: 'Never answers' }).click();
  await expect
    .poll(() => message.getByRole('button', { name: 'Never answers' }).getAttribute('aria-busy'))
    .toBe('true');
  await message.getByRole('button', { name: 'Rename' }).click();
  await message.getByText('Renamed').waitFor();
  await message.getByText('This interaction failed').waitFor();
});

browserTest('menus are chosen from by mouse and by keyboard', async ({ open }) => {
  const it = await open();
  await it.send('/panel');
  await it.said('Choose');
  await it.page.getByRole('combobox', { name: 'Pick a colour' }).click();
  await it.page.getByRole('option', { name: /^Red/ }).waitFor();
  await it.page.getByRole('option', { name: 'Blue' }).click();
  await it.said('Chosen: blue');
  const menu = it.page.getByRole('combobox', { name: 'Pick toppings' });
  await menu.focus();
  await it.page.keyboard.press('ArrowDown');
  await it.page.keyboard.press('Enter');
  await it.page.keyboard.press('b');
  await it.page.keyboard.press(' ');
  await expect.poll(() => it.page.getByRole('option', { selected: true }).allInnerTexts()).toEqual(['Cheese', 'Basil']);
  await it.page.keyboard.press('Escape');
  await it.said('Chosen: cheese and basil');
  await expect.poll(() => menu.evaluate((element) => element === document.activeElement)).toBe(true);
});

browserTest('a form keeps the focus inside, says what is missing, and is sent', async ({ open }) => {
  const it = await open();
  await it.send('/form');
  const form = it.page.getByRole('dialog', { name: 'A few words' });
  await form.waitFor();
  const name = form.getByRole('textbox', { name: /^Name/ });
  await expect.poll(() => name.evaluate((element) => element === document.activeElement)).toBe(true);
  await it.page.keyboard.press('Enter');
  await form.getByText('This field is required.').waitFor();
  await expect.poll(() => name.getAttribute('aria-invalid')).toBe('true');
  await it.page.keyboard.type('Ada');
  await it.page.keyboard.press('Enter');
  await it.said('Hello Ada');
  await expect.poll(() => it.page.getByRole('dialog').count()).toBe(0);
  await it.send('/form');
  await form.waitFor();
  await it.page.keyboard.press('Escape');
  await expect.poll(() => it.page.getByRole('dialog').count()).toBe(0);
});
