// Discord's own REST is limited, failing, stalled or reset: the answer comes when it can, and only once.
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type Stage, simple, stage } from './bots.js';

const reply = 'the answer';
const quickRest = { timeout: 400, retries: 1 };

async function troubled(): Promise<Stage> {
  const on = await stage([simple('quick', async () => reply), simple('slow', () => delay(80, reply))], {
    deferAfter: 30,
  });
  Object.assign(on.bot.client.rest.options, quickRest);
  return on;
}

it.concurrent('asks Discord with a short timeout and one more try, unless told otherwise', async () => {
  await using on = await stage([]);
  expect(on.bot.client.rest.options).toMatchObject({ timeout: 5_000, retries: 1 });
  await using other = await stage([], { rest: { ...on.sandbox.rest, retries: 3 }, token: on.sandbox.token });
  expect(other.bot.client.rest.options).toMatchObject({ timeout: 5_000, retries: 3 });
});

it.concurrent.each([500, 502, 503, 0])(
  'answers in spite of status %s (0: reset), whenever it comes',
  async (status) => {
    await using on = await troubled();
    for (const times of [1, 2, 3]) {
      on.sandbox.faults.failRest(status, times);
      expect(await on.sandbox.slash('quick'), `quick ${times}`).toMatchObject({ content: reply });
      on.sandbox.faults.failRest(status, times);
      expect(await on.sandbox.slash('slow'), `slow ${times}`).toMatchObject({ content: reply });
    }
    expect(on.sandbox.messages()).toHaveLength(6);
    expect(on.log.of('error')).toEqual([]);
  },
);

it.concurrent('answers in spite of 429 on every route of the way', async () => {
  await using on = await troubled();
  for (const route of ['POST /interactions', 'PATCH /webhooks', '/']) {
    on.sandbox.faults.rateLimit(route, 100);
    expect(await on.sandbox.slash('quick'), route).toMatchObject({ content: reply });
    on.sandbox.faults.rateLimit(route, 100);
    expect(await on.sandbox.slash('slow'), route).toMatchObject({ content: reply });
  }
  expect(on.log.of('error')).toEqual([]);
});

it.concurrent('answers in spite of callbacks that stall, and says it once', async () => {
  await using on = await troubled();
  on.sandbox.faults.stallCallbacks(300);
  const inTime = await Promise.all([on.sandbox.slash('quick'), on.sandbox.slash('slow')]);
  // Longer than discord.js waits: the first try is lost, the next one comes through.
  on.sandbox.faults.stallCallbacks(600);
  const late = [on.sandbox.slash('quick'), on.sandbox.slash('slow')];
  await delay(200);
  on.sandbox.faults.stallCallbacks(0);
  for (const { content, error } of [...inTime, ...(await Promise.all(late))]) {
    expect({ content, error }).toEqual({ content: reply, error: undefined });
  }
  expect(on.sandbox.messages().map(({ content }) => content)).toEqual([reply, reply, reply, reply]);
  expect(on.log.of('error')).toEqual([]);
});

it.concurrent('answers in the channel where the interaction is gone, and pings nobody there', async ({ expect }) => {
  await using on = await troubled();
  on.sandbox.faults.stallCallbacks(4_000);
  const gone = await on.sandbox.slash('quick', {}, { user: 'grace' });
  expect(gone.error?.code).toBe(10062);
  on.sandbox.faults.stallCallbacks(0);
  await expect.poll(() => on.sandbox.messages(), { timeout: 8_000 }).toHaveLength(1);
  const [message] = on.sandbox.messages();
  expect(message?.content).toMatch(/^-# <@\d+> \/quick\nthe answer$/);
  await expect.poll(() => on.log.of('info').at(-1)?.message).toMatch(/answered in the channel/);
}, 25_000);

it.concurrent('never says in the channel what only one person may see, but in the log that it was lost', async ({
  expect,
}) => {
  await using on = await stage([simple('private', async () => 'my secret', { ephemeral: true })]);
  Object.assign(on.bot.client.rest.options, quickRest);
  on.sandbox.faults.stallCallbacks(4_000);
  await on.sandbox.slash('private');
  on.sandbox.faults.stallCallbacks(0);
  await expect.poll(() => on.log.of('error').at(-1)?.message, { timeout: 8_000 }).toMatch(/the answer was lost/);
  expect(on.sandbox.messages()).toEqual([]);
  expect(on.log.text).not.toContain('my secret');
}, 25_000);
