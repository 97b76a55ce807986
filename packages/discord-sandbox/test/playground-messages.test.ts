import { expect } from 'vitest';
import { browserTest } from './playground-stage.js';

browserTest('a command typed by keyboard is answered with an embed as Discord draws it', async ({ open }) => {
  const it = await open();
  await it.type('/wea');
  await it.page.keyboard.press('Tab');
  await it.page.keyboard.type('Tallinn');
  await it.page.keyboard.press('Enter');
  const embed = it.log.getByRole('article', { name: 'Embed: Tallinn' });
  await embed.waitFor();
  await expect
    .poll(() => embed.evaluate((element) => getComputedStyle(element).borderLeftColor))
    .toBe('rgb(59, 165, 93)');
  await expect
    .poll(() => embed.getByRole('link', { name: 'Tallinn' }).getAttribute('href'))
    .toBe('https://example.com/weather');
  await expect.poll(() => embed.locator('strong').textContent()).toBe('cloudy');
  const tops = await embed
    .locator('.embed-field')
    .evaluateAll((fields) => fields.map((each) => each.getBoundingClientRect().top));
  expect(tops).toHaveLength(3);
  expect(new Set(tops).size).toBe(1);
  await expect.poll(() => embed.locator('footer').textContent()).toContain('Weather');
  await expect.poll(() => it.last.textContent()).toContain('/weather');
  await expect.poll(() => it.composer.inputValue()).toBe('');
});

browserTest('a deferred answer is shown as thinking until it comes', async ({ open, bot }) => {
  const it = await open();
  await it.send('/slow');
  await it.said('sandbox-bot is thinking…');
  await bot.finish('At last');
  await it.said('At last');
  await expect.poll(() => it.log.getByText('is thinking').count()).toBe(0);
});

browserTest('an ephemeral answer is marked, seen by one user only, and can be dismissed', async ({ open }) => {
  const it = await open();
  const other = await open();
  await other.page.getByRole('button', { name: /^You are/ }).click();
  await other.page.getByRole('textbox', { name: 'Somebody else' }).fill('grace');
  await other.page.keyboard.press('Enter');
  await other.page.getByRole('button', { name: /^You are grace/ }).waitFor();
  await it.send('/secret');
  await it.said('Only you can see this');
  await it.send('/ping');
  await other.said('Pong');
  await expect.poll(() => other.log.getByText('Between us').count()).toBe(0);
  await it.log.getByRole('button', { name: 'Dismiss message' }).click();
  await expect.poll(() => it.log.getByText('Between us').count()).toBe(0);
});

browserTest('a bot that stays silent is said to have not responded', async ({ open }) => {
  const it = await open();
  await it.send('/silent');
  await it.said('Sending command…');
  await it.said('The application did not respond');
  await it.log.getByRole('button', { name: 'Dismiss message' }).click();
  await expect.poll(() => it.log.getByText('did not respond').count()).toBe(0);
});

browserTest('everything that an embed can hold is drawn', async ({ open }) => {
  const it = await open();
  await it.send('/gallery');
  const embed = it.log.getByRole('article', { name: 'Embed: A title' });
  await embed.waitFor();
  for (const tag of ['strong', 'em', 'u', 's', 'blockquote', 'pre', 'ul ul', 'h4', 'time']) {
    await expect.poll(() => embed.locator(tag).first().isVisible(), { message: tag }).toBe(true);
  }
  const pictures = embed.locator('img');
  await expect.poll(() => pictures.count()).toBe(4);
  await embed.scrollIntoViewIfNeeded();
  await expect
    .poll(() => pictures.evaluateAll((all) => all.map((each) => (each as HTMLImageElement).naturalWidth)))
    .toEqual([8, 8, 8, 8]);
  await expect.poll(() => pictures.first().getAttribute('referrerpolicy')).toBe('no-referrer');
  await expect
    .poll(() => embed.locator('.embed-row').evaluateAll((rows) => rows.map((row) => row.children.length)))
    .toEqual([1, 3, 1]);
  const spoiler = embed.getByRole('button', { name: /^Spoiler/ });
  await spoiler.click();
  await expect.poll(() => embed.getByText('a secret').isVisible()).toBe(true);
});

browserTest('a file goes to the bot, and its files come back as picture and card', async ({ open }) => {
  const it = await open();
  await it.type('/upload ');
  await it.page
    .getByLabel('Attachment')
    .setInputFiles({ name: 'notes.md', mimeType: 'text/markdown', buffer: Buffer.from('hello') });
  await expect.poll(() => it.composer.inputValue()).toContain('file:notes.md');
  await it.composer.press('Enter');
  await it.said('notes.md of 5 bytes');
  await expect.poll(() => it.last.getByRole('link', { name: /notes\.txt/ }).getAttribute('download')).toBe('notes.txt');
  await it.last.getByRole('link', { name: 'square.png' }).waitFor();
});

browserTest('a message is sent, with a file too, and the answer says what it answers', async ({ open }) => {
  const it = await open();
  await it.send('Hello **you**');
  await it.said('You said: Hello you');
  await expect.poll(() => it.last.locator('.above').textContent()).toContain('ada');
  await it.page
    .getByLabel('Attachment')
    .setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a') });
  await it.page.getByRole('list', { name: 'Files to send' }).getByText('a.txt').waitFor();
  await it.composer.press('Enter');
  await it.said('You said: a file');
  await it.last.hover();
  await it.last.getByRole('button', { name: 'Reply' }).click();
  await it.send('Thanks');
  await it.said('You said: Thanks');
  await it.log.locator('.above', { hasText: 'You said: a file' }).waitFor();
});

browserTest('typing is shown', async ({ open, sandbox, bot }) => {
  const it = await open();
  const channel = await bot.client.channels.fetch(sandbox.channelId);
  if (channel?.isSendable()) await channel.sendTyping();
  await it.page.getByText('sandbox-bot is typing…').waitFor();
  if (channel?.isSendable()) await channel.send('Done');
  await it.said('Done');
  await expect.poll(() => it.page.getByText('is typing').count()).toBe(0);
});

browserTest('edited and deleted messages change in place', async ({ open, sandbox, bot }) => {
  const it = await open();
  const channel = await bot.client.channels.fetch(sandbox.channelId);
  if (!channel?.isSendable()) throw new Error('the channel cannot be written to');
  const message = await channel.send('First');
  await it.said('First');
  await message.edit('Second');
  await it.said('(edited)');
  await message.react('👍');
  await it.last.getByRole('list', { name: 'Reactions' }).waitFor();
  await message.delete();
  await expect.poll(() => it.log.getByText('Second').count()).toBe(0);
});

browserTest('the direct message with the bot is one click away', async ({ open }) => {
  const it = await open();
  await it.page.getByRole('button', { name: 'Direct messages' }).click();
  await it.page.getByRole('heading', { name: 'sandbox-bot', level: 2 }).first().waitFor();
  await it.send('/ping');
  await it.said('Pong');
  await it.send('Hello');
  await it.said('You said: Hello');
});
