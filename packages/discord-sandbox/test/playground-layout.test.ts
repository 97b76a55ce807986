import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { browserTest } from './playground-stage.js';

const ground = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
const DARK = 'rgb(34, 36, 45)';
const LIGHT = 'rgb(255, 255, 255)';

browserTest('colours follow the system, or the switch, and are remembered', async ({ open }) => {
  const it = await open({ colorScheme: 'dark' });
  await expect.poll(() => ground(it.page)).toBe(DARK);
  await it.page.emulateMedia({ colorScheme: 'light' });
  await expect.poll(() => ground(it.page)).toBe(LIGHT);
  await it.page.getByRole('button', { name: /^You are/ }).click();
  await it.page.getByRole('radio', { name: 'Dark' }).check({ force: true });
  await expect.poll(() => ground(it.page)).toBe(DARK);
  await it.page.reload();
  await it.composer.waitFor();
  await expect.poll(() => ground(it.page)).toBe(DARK);
});

browserTest('texts have contrast in both colours', async ({ open }) => {
  const it = await open({ colorScheme: 'dark' });
  await it.send('/gallery');
  await it.said('A footer');
  await it.send('/secret');
  await it.said('Only you can see this');
  for (const colorScheme of ['dark', 'light'] as const) {
    await it.page.emulateMedia({ colorScheme });
    await expect.poll(() => it.page.evaluate(poorTexts), { message: colorScheme }).toEqual([]);
  }
});

browserTest('on a phone the sides are a drawer and a sheet, and nothing is cut off', async ({ open }) => {
  const it = await open({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  await it.send('/gallery');
  await it.said('A footer');
  await it.send('/panel');
  await it.said('Choose');
  await expect.poll(() => overflow(it.page)).toBe(0);
  await expect.poll(() => it.page.getByRole('navigation', { name: 'Servers' }).count()).toBe(0);
  await it.page.getByRole('button', { name: 'Servers and channels' }).click();
  const drawer = it.page.getByRole('navigation', { name: /^Channels of/ });
  await drawer.waitFor();
  await drawer.getByRole('button', { name: 'general' }).click();
  await expect.poll(() => it.page.getByRole('navigation').count()).toBe(0);
  await it.page.getByRole('button', { name: 'Inspector', exact: true }).click();
  const sheet = it.page.getByRole('complementary', { name: 'Inspector' });
  const box = await sheet.boundingBox();
  expect(box).toMatchObject({ x: 0, width: 360 });
  expect(box!.y).toBeGreaterThan(100);
  await expect.poll(() => overflow(it.page)).toBe(0);
  await it.page.keyboard.press('Escape');
  await expect.poll(() => sheet.count()).toBe(0);
});

browserTest('servers, channels and users are made and changed', async ({ open }) => {
  const it = await open();
  await it.page.getByRole('button', { name: 'Add a server' }).click();
  await it.page.keyboard.type('Second Home');
  await it.page.keyboard.press('Enter');
  await it.page.getByRole('heading', { name: 'Second Home', level: 1 }).waitFor();
  await it.page.getByRole('button', { name: 'Add a channel' }).click();
  await it.page.keyboard.type('bot lab');
  await it.page.keyboard.press('Enter');
  await it.page.getByRole('button', { name: 'bot-lab' }).click();
  await it.send('/ping');
  await it.said('Pong');
  await it.page.getByRole('button', { name: 'Sandbox' }).click();
  await expect.poll(() => it.log.getByText('Pong').filter({ hasText: ',' }).count()).toBe(0);
  await it.page.getByRole('button', { name: 'Second Home' }).click();
  await it.said('Pong');
  await it.page.getByRole('button', { name: /^You are/ }).click();
  await it.page.getByRole('textbox', { name: 'Somebody else' }).fill('linus');
  await it.page.keyboard.press('Enter');
  await it.page.getByRole('button', { name: /^You are linus/ }).waitFor();
  await it.page.keyboard.press('Escape');
  await it.send('Hello');
  await it.said('You said: Hello');
  await it.log.getByText('linus', { exact: true }).first().waitFor();
});

browserTest('messages elsewhere are counted until they are read', async ({ open, sandbox }) => {
  const it = await open();
  await it.page.getByRole('button', { name: 'Direct messages' }).click();
  sandbox.say(sandbox.channelId, 'Psst', { user: 'grace' });
  await it.page.getByRole('button', { name: /^Sandbox, \d unread/ }).click();
  await it.log
    .getByRole('paragraph')
    .filter({ hasText: /^Psst$/ })
    .waitFor();
  await it.page.getByRole('button', { name: 'Sandbox', exact: true }).waitFor();
});

browserTest('every control has a name, and the keyboard reaches the composer', async ({ open }) => {
  const it = await open();
  await it.send('/panel');
  await it.said('Choose');
  const nameless = await it.page.locator('button, a, input, select, textarea, [role="img"]').evaluateAll((all) =>
    all
      .filter((each) => {
        const field = each as HTMLInputElement;
        return !each.getAttribute('aria-label') && !each.textContent?.trim() && !field.labels?.length;
      })
      .map((each) => each.outerHTML.slice(0, 120)),
  );
  expect(nameless).toEqual([]);
  const skip = it.page.getByRole('link', { name: 'Skip to the conversation' });
  await skip.focus();
  expect((await skip.boundingBox())?.y).toBeGreaterThan(0);
  await it.page.keyboard.press('Enter');
  for (let step = 0; step < 40; step += 1) {
    if (await it.composer.evaluate((element) => element === document.activeElement)) break;
    await it.page.keyboard.press('Tab');
  }
  await expect.poll(() => it.composer.evaluate((element) => element === document.activeElement)).toBe(true);
});

/** Texts of less than 4.5 : 1 against the nearest opaque ground; disabled controls are exempt. */
function poorTexts(): string[] {
  const numbers = (color: string) => (/rgba?\(([^)]+)\)/.exec(color)?.[1] ?? '').split(/[ ,/]+/).map(Number);
  const light = ([r = 0, g = 0, b = 0]: number[]) => {
    const part = (value: number) =>
      value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const over = (top: number[], under: number[]) => {
    const alpha = top[3] ?? 1;
    return [0, 1, 2].map((index) => (top[index] ?? 0) * alpha + (under[index] ?? 0) * (1 - alpha));
  };
  const groundOf = (element: Element | null): number[] => {
    if (!element) return [255, 255, 255];
    const own = numbers(getComputedStyle(element).backgroundColor);
    return (own[3] ?? 1) === 1 ? own : over(own, groundOf(element.parentElement));
  };
  const poor: string[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement!;
    const style = getComputedStyle(element);
    const hidden = element.closest('[aria-hidden="true"], :disabled, .visually-hidden, .skip, .avatar') !== null;
    if (hidden || !node.textContent?.trim() || element.getClientRects().length === 0 || style.opacity === '0') continue;
    if (style.visibility === 'hidden') continue;
    const under = groundOf(element);
    const text = light(over(numbers(style.color), under));
    const ground = light(under);
    const ratio = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
    if (ratio < 4.5)
      poor.push(`${node.textContent.slice(0, 40)} ${ratio.toFixed(2)} ${style.color} on ${under.join(' ')}`);
  }
  return poor;
}
