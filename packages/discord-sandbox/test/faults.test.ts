import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { routeMatcher } from '../src/faults.js';
import { startSandbox } from '../src/index.js';
import { openSandbox } from '../src/sandbox.js';
import { startBot } from './bots.js';
import { HeldClock, RawGateway, received, rest } from './raw.js';

describe('rateLimit', () => {
  test('the next requests that fit get 429, others do not, and then it is over', async () => {
    await using sandbox = await startSandbox({ playground: false });
    sandbox.faults.rateLimit('GET /users/:id', 1_500, 2);
    expect((await rest(sandbox, 'GET /applications/@me')).status).toBe(200);
    expect((await rest(sandbox, 'PATCH /users/@me', { body: {} })).status).toBe(200);
    for (let count = 0; count < 2; count++) {
      const { status, body, headers } = await rest(sandbox, 'GET /users/@me');
      expect({ status, body }).toEqual({
        status: 429,
        body: { message: 'You are being rate limited.', retry_after: 1.5, global: false },
      });
      expect(headers.get('retry-after')).toBe('2');
      expect(headers.get('x-ratelimit-remaining')).toBe('0');
      expect(headers.get('x-ratelimit-reset-after')).toBe('1.500');
      expect(headers.get('x-ratelimit-scope')).toBe('user');
    }
    expect((await rest(sandbox, 'GET /users/@me')).status).toBe(200);
  });

  test('the bucket is that of the route', async () => {
    await using sandbox = await startSandbox({ playground: false });
    const bucket = async () => (await rest(sandbox, 'GET /users/@me')).headers.get('x-ratelimit-bucket');
    const usual = await bucket();
    sandbox.faults.rateLimit('/users', 10);
    expect(await bucket()).toBe(usual);
  });

  test('global fits everything and says so', async () => {
    await using sandbox = await startSandbox({ playground: false });
    sandbox.faults.rateLimit('global', 100);
    const { status, body, headers } = await rest(sandbox, 'GET /users/@me');
    expect([status, body.global, headers.get('x-ratelimit-global'), headers.get('x-ratelimit-scope')]).toEqual([
      429,
      true,
      'true',
      'global',
    ]);
  });

  test('a real bot waits as long as it is told and then gets through', async () => {
    await using sandbox = await startSandbox({ playground: false });
    await using bot = await startBot(sandbox, {
      ask: async (interaction) => {
        await interaction.deferReply();
        await interaction.editReply('Here');
      },
    });
    sandbox.faults.rateLimit('PATCH /webhooks/:app/:token/messages/@original', 300);
    const reply = await sandbox.slash('ask');
    expect(reply).toMatchObject({ content: 'Here', deferred: true });
    expect(reply.answeredAfter - reply.acknowledgedAfter).toBeGreaterThanOrEqual(250);
    expect(bot.errors).toEqual([]);
  });

  test.each([
    ['POST /channels/1/messages', 'POST', '/channels/1/messages', true],
    ['POST /channels/:id/messages', 'POST', '/channels/1/messages', true],
    ['/channels/:id', 'DELETE', '/channels/1/messages/2', true],
    ['/channels/:id/messages/:message', 'POST', '/channels/1/messages', false],
    ['post /channels/1', 'POST', '/channels/1/messages', true],
    ['/api/v10/channels', 'GET', '/channels/1', true],
    ['GET /channels/1', 'POST', '/channels/1', false],
    ['/channels/1', 'GET', '/channels/12', false],
    ['/', 'GET', '/anything', true],
  ])('%s fits %s %s: %s', (route, method, path, fits) => {
    expect(routeMatcher(route)(method, path)).toBe(fits);
  });

  test('every route fits itself and everything under it', () => {
    const segment = fc.stringMatching(/^[a-z0-9@]{1,8}$/);
    fc.assert(
      fc.property(
        fc.array(segment, { minLength: 1, maxLength: 5 }),
        fc.array(segment, { maxLength: 3 }),
        fc.nat(),
        (path, under, pick) => {
          const pattern = path.map((each, index) => (index === pick % path.length ? ':any' : each));
          expect(routeMatcher(`/${pattern.join('/')}`)('GET', `/${[...path, ...under].join('/')}`)).toBe(true);
        },
      ),
    );
  });
});

describe('failRest', () => {
  test.each([500, 502, 503, 429])('the next request gets %d as JSON, then it is over', async (status) => {
    await using sandbox = await startSandbox({ playground: false });
    sandbox.faults.failRest(status);
    const answer = await rest(sandbox, 'GET /users/@me');
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ message: expect.any(String) });
    expect((await rest(sandbox, 'GET /users/@me')).status).toBe(200);
  });

  test('0 resets the connection', async () => {
    await using sandbox = await startSandbox({ playground: false });
    sandbox.faults.failRest(0);
    await expect(rest(sandbox, 'GET /users/@me')).rejects.toThrow('fetch failed');
    expect((await rest(sandbox, 'GET /users/@me')).status).toBe(200);
  });

  test('a real bot tries again', async () => {
    await using sandbox = await startSandbox({ playground: false });
    await using bot = await startBot(sandbox, { ask: (interaction) => interaction.reply('Here') });
    sandbox.faults.failRest(500, 2);
    expect((await sandbox.slash('ask')).content).toBe('Here');
    expect(bot.errors).toEqual([]);
  });
});

describe('stallCallbacks', () => {
  test('an acknowledgement that stalls past three seconds comes too late; edits do not stall', async () => {
    const clock = new HeldClock();
    await using sandbox = await openSandbox({ playground: false }, clock);
    using gateway = await RawGateway.identified(sandbox, 0);
    sandbox.faults.stallCallbacks(3_500);
    const { reply, interaction } = await received(sandbox, gateway);
    clock.mark();
    const callback = rest(sandbox, `POST /interactions/${interaction.id}/${interaction.token}/callback`, {
      body: { type: 4, data: { content: 'x' } },
      token: null,
    });
    await clock.armed();
    clock.advance(3_500);
    expect(await callback).toMatchObject({ status: 404, body: { code: 10062 } });
    expect((await reply).error?.code).toBe(10062);
  });

  test('a short stall only delays, and 0 ends it', async () => {
    const clock = new HeldClock();
    await using sandbox = await openSandbox({ playground: false }, clock);
    let asked = 0;
    await using _ = await startBot(sandbox, {
      ask: (interaction) => {
        asked += 1;
        clock.mark();
        return interaction.reply('Here');
      },
    });
    sandbox.faults.stallCallbacks(200);
    const slow = sandbox.slash('ask');
    await expect.poll(() => asked).toBe(1);
    await clock.armed();
    clock.advance(200);
    expect(await slow).toMatchObject({ content: 'Here', acknowledgedAfter: 200 });
    sandbox.faults.stallCallbacks(0);
    expect(await sandbox.slash('ask')).toMatchObject({ content: 'Here', acknowledgedAfter: 0 });
  });

  test('closing the sandbox does not wait for it', async () => {
    const sandbox = await startSandbox({ playground: false });
    using gateway = await RawGateway.identified(sandbox, 0);
    const { reply, interaction } = await received(sandbox, gateway);
    sandbox.faults.stallCallbacks(60_000);
    const callback = rest(sandbox, `POST /interactions/${interaction.id}/${interaction.token}/callback`, {
      body: { type: 5 },
      token: null,
    });
    const settled = callback.then(
      () => 'answered',
      () => 'reset',
    );
    await sandbox.close();
    expect((await reply).error).toMatchObject({ status: 503, message: expect.stringContaining('closed') });
    expect(await settled).toBeTruthy();
  });
});

test.each<[string, (faults: Awaited<ReturnType<typeof startSandbox>>['faults']) => void]>([
  ['route', (faults) => faults.rateLimit('channels', 100)],
  ['retryAfter', (faults) => faults.rateLimit('/channels', -1)],
  ['status', (faults) => faults.failRest(200)],
  ['ms', (faults) => faults.stallCallbacks(Number.NaN)],
])('a wrong %s is said at once', async (what, order) => {
  await using sandbox = await startSandbox({ playground: false });
  expect(() => order(sandbox.faults)).toThrow(what);
});
