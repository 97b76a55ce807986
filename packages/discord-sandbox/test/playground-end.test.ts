// The conversation stays at its end while the reader is there, whatever grows and whenever, and never moves under a reader
// who has gone up.
import { expect } from 'vitest';
import { browserTest, type Playground } from './playground-stage.js';

/** Pixels between what is seen and the end. */
const below = ({ log }: Playground) =>
  log.evaluate((element) => Math.round(element.scrollHeight - element.scrollTop - element.clientHeight));
const button = ({ page }: Playground) => page.getByRole('button', { name: 'Jump to the latest messages' });

browserTest('what grows just after the end was gone to does not leave the reader behind', async ({ open }) => {
  const it = await open();
  await it.send('/gallery');
  await it.log.getByRole('article', { name: 'Embed: A title' }).waitFor();
  await it.log.evaluate((element) => {
    const grow = (height: number) => {
      const picture = document.createElement('li');
      picture.style.height = `${height}px`;
      element.querySelector('.rows')?.append(picture);
    };
    grow(2_000);
    element.scrollTop = element.scrollHeight;
    // Before anybody could be told of the scrolling.
    grow(700);
  });
  await expect.poll(() => below(it)).toBeLessThan(2);
  expect(await button(it).count()).toBe(0);
});

browserTest('a reader who has gone up stays there, and comes back by one press', async ({ open }) => {
  const it = await open();
  for (let count = 1; count <= 3; count++) {
    await it.send('/gallery');
    await expect.poll(() => it.log.getByRole('article', { name: 'Embed: A title' }).count()).toBe(count);
  }
  await expect.poll(() => below(it)).toBeLessThan(2);
  await it.log.evaluate((element) => element.scrollTo(0, 40));
  await button(it).waitFor();
  await it.send('/ping');
  await it.said('Pong');
  expect(await it.log.evaluate((element) => element.scrollTop)).toBe(40);
  await button(it).click();
  await expect.poll(() => below(it)).toBeLessThan(2);
  await expect.poll(() => button(it).count()).toBe(0);
  await it.send('/ping');
  await expect.poll(() => it.log.getByText('Pong, en-US').count()).toBe(2);
  await expect.poll(() => below(it)).toBeLessThan(2);
});
