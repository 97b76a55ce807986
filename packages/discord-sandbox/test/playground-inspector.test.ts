import { once } from 'node:events';
import { Events } from 'discord.js';
import { expect, vi } from 'vitest';
import { browserTest } from './playground-stage.js';

browserTest('the timeline draws what happened to an interaction, phase by phase', async ({ open }) => {
  const it = await open();
  await it.send('/weather city:Tallinn');
  await it.said('Tallinn');
  const entry = it.page.getByRole('listitem').filter({ hasText: '/weather' }).filter({ hasText: 'answered' });
  await entry.getByText('503').waitFor();
  const labels = await entry.getByRole('img').evaluateAll((all) => all.map((each) => each.getAttribute('aria-label')));
  expect(labels[0]).toMatch(/^\/weather: until acknowledged \d+ ms, until answered \d+ ms$/);
  expect(labels.slice(1)).toEqual([
    'GET https://api.example.com/v1/forecast: queue 5 ms, DNS 5 ms, connect 10 ms, head 10 ms, body 2 ms',
    'GET https://api.example.com/v1/forecast: queue 3 ms, head 25 ms, body 10 ms',
  ]);
});

browserTest('a silent bot and an ephemeral answer are told apart in the timeline', async ({ open }) => {
  const it = await open();
  await it.send('/secret');
  await it.page.getByRole('listitem').filter({ hasText: '/secret' }).filter({ hasText: 'ephemeral' }).first().waitFor();
  await it.send('/silent');
  await it.page.getByRole('listitem').filter({ hasText: '/silent' }).filter({ hasText: 'waiting' }).first().waitFor();
  await it.page
    .getByRole('listitem')
    .filter({ hasText: '/silent' })
    .filter({ hasText: 'failed 3.0' })
    .first()
    .waitFor();
});

browserTest(
  'the session’s figures, hosts and circuits, and the heartbeat, are live',
  async ({ open, sandbox }) => {
    let queued = 1;
    const stop = sandbox.watch(() => ({
      inFlight: 3,
      queued,
      connections: { open: 5, idle: 2 },
      requests: 41,
      failed: 1,
      hosts: { 'api.example.com': { inFlight: 3, queued, circuit: 'half-open', tokens: 4 } },
    }));
    const it = await open();
    await it.page.getByRole('tab', { name: 'Session' }).click();
    const row = it.page.getByRole('row').filter({ hasText: 'api.example.com' });
    await expect.poll(() => row.textContent()).toMatch(/half-open/);
    await expect
      .poll(() => it.page.getByRole('img', { name: /in flight and queued/ }).getAttribute('aria-label'))
      .toContain('Queued 1');
    queued = 7;
    await it.page.getByRole('img', { name: /Queued 7/ }).waitFor({ timeout: 5_000 });
    await it.page.getByRole('img', { name: /Lateness of the bot’s heartbeats: now Late \d+ ms/ }).waitFor();
    const drawn = await it.page.locator('canvas').evaluateAll((all) =>
      all.map((each) => {
        const canvas = each as HTMLCanvasElement;
        const pixels = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data;
        return pixels.some((value, index) => index % 4 === 3 && value > 0);
      }),
    );
    expect(drawn).toEqual([true, true]);
    stop();
  },
  { heartbeatInterval: 200 },
);

browserTest('a source that fails is shown, and stops nothing', async ({ open, sandbox }) => {
  sandbox.watch(() => {
    throw new Error('the session is closed');
  });
  const it = await open();
  await it.page.getByRole('tab', { name: 'Session' }).click();
  await it.page.getByText('the session is closed').waitFor();
  await it.send('/ping');
  await it.said('Pong');
});

browserTest('every fault can be switched from the page', async ({ open, sandbox, bot }) => {
  const it = await open();
  const other = await open();
  const called = (
    [
      'requestReconnect',
      'invalidateSession',
      'withholdHeartbeatAcks',
      'rateLimit',
      'stallCallbacks',
      'failRest',
    ] as const
  ).map((name) => vi.spyOn(sandbox.faults, name).mockImplementation(() => undefined));
  const press = (name: string) => it.page.getByRole('button', { name, exact: true }).click();
  for (const { page } of [it, other]) await page.getByRole('tab', { name: 'Faults' }).click();

  const again = once(bot.client, Events.ShardResume);
  await press('Drop the connection');
  await again;
  await it.page.getByText('The connection was dropped.').waitFor();

  await press('Ask to reconnect');
  await press('Invalid session, resumable');
  await press('Invalid session, for good');
  await it.page.getByRole('switch', { name: /^Withhold heartbeat/ }).click();
  await expect.poll(() => other.page.getByRole('switch', { name: /^Withhold heartbeat/ }).isChecked()).toBe(true);
  await it.page.getByLabel('Route').fill('POST /webhooks');
  await it.page.getByLabel('Retry after (ms)').fill('250');
  await press('Limit');
  await it.page.getByLabel('Milliseconds').fill('1500');
  await it.page.getByRole('switch', { name: /^Let answers/ }).click();
  await other.page.getByText('Answers to interactions wait 1500 ms').waitFor();
  await it.page.getByLabel('Status').selectOption('503');
  await press('Fail');
  await it.page.getByText('The next 1 requests of the bot get 503.').waitFor();
  expect(called.map((spy) => spy.mock.calls)).toEqual([
    [[]],
    [[true], [false]],
    [[true]],
    [['POST /webhooks', 250, 1]],
    [[1_500]],
    [[503, 1]],
  ]);
});

browserTest('a stalled callback is seen as such', async ({ open, sandbox }) => {
  const it = await open();
  sandbox.faults.stallCallbacks(700);
  await it.send('/ping');
  await it.said('Sending command…');
  await it.said('Pong');
});

browserTest('tabs are changed by arrow keys', async ({ open }) => {
  const it = await open();
  await it.page.getByRole('tab', { name: 'Timeline' }).focus();
  await it.page.keyboard.press('ArrowRight');
  await expect.poll(() => it.page.getByRole('tab', { name: 'Session' }).getAttribute('aria-selected')).toBe('true');
  await it.page.getByRole('tabpanel', { name: 'Session' }).waitFor();
  await it.page.getByRole('button', { name: 'Close the inspector' }).click();
  await expect.poll(() => it.page.getByRole('complementary').count()).toBe(0);
  await it.page.getByRole('button', { name: 'Inspector', exact: true }).click();
  await it.page.getByRole('complementary', { name: 'Inspector' }).waitFor();
});
