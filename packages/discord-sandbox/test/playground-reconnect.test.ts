import { expect } from 'vitest';
import { startSandbox } from '../src/index.js';
import { playgroundBot } from './playground-bot.js';
import { browserTest } from './playground-stage.js';

browserTest(
  'the page comes back by itself when the sandbox does, and goes on where it was',
  async ({ open, sandbox, bot }) => {
    const it = await open();
    await it.send('/ping');
    await it.said('Pong');
    await bot[Symbol.asyncDispose]();
    await expect.poll(() => it.page.getByText('sandbox-bot is not connected').count()).toBe(1);
    await sandbox.close();
    await it.page.getByText('The sandbox is away. Connecting again…').waitFor();
    await expect.poll(() => it.page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);

    await using restarted = await startSandbox({ port: Number(new URL(sandbox.url).port) });
    await it.page.getByText('The sandbox is away').waitFor({ state: 'detached' });
    await it.page.getByText('No bot is connected yet').waitFor();
    await expect.poll(() => it.log.getByText('Pong, en-US').count()).toBe(0);
    await using _ = await playgroundBot(restarted);
    await it.page.getByText('sandbox-bot is connected').waitFor();
    await it.send('/ping');
    await it.said('Pong');
  },
);

browserTest('what was said while nobody looked is there after a reload', async ({ open, sandbox }) => {
  const it = await open();
  await it.send('/weather city:Tallinn');
  await it.said('Tallinn');
  await it.page.goto('about:blank');
  await sandbox.slash('ping');
  await it.page.goto(sandbox.url);
  await it.said('Pong');
  await it.log.getByRole('article', { name: 'Embed: Tallinn' }).waitFor();
  await it.page.getByRole('listitem').filter({ hasText: '/weather' }).getByText('503').waitFor();
});
