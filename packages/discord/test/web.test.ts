// The session as an interaction sees it: its lane, its end, and nothing else changed.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setTimeout as delay } from 'node:timers/promises';
import type { RequestReport } from '@errand/discord';
import { type HttpRequest, type Middleware, Session } from 'errand';
import { expect, it } from 'vitest';
import { viewOf } from '../src/web.js';
import { deferred, simple, stage, startWeb } from './bots.js';

it.concurrent('puts every request in the lane of the guild, or of the user outside guilds', async () => {
  const lanes: Array<string | undefined> = [];
  const spy: Middleware = (next) => (request: HttpRequest) => {
    lanes.push(request.lane);
    return next(request);
  };
  await using web = await startWeb((_, response) => response.end('{}'));
  const ids: string[] = [];
  await using on = await stage(
    [
      simple('go', async (interaction, session) => {
        ids.push(interaction.guildId ?? interaction.user.id);
        await session.get(web.url).json();
        await session.request('POST', web.url, { json: {} });
        await (await session.stream(web.url)).close();
        await session.extend({ headers: { a: 'b' } }).put(web.url, { lane: 'own' });
        return 'ok';
      }),
    ],
    { session: { guard: { allow: ['127.0.0.1'] }, middleware: { request: [spy] } } },
  );
  await on.sandbox.slash('go', {}, { guild: 'one' });
  await on.sandbox.slash('go', {}, { guild: null, user: 'ada' });
  expect(on.log.of('error')).toEqual([]);
  const [guild, user] = ids;
  expect(lanes).toEqual([guild, guild, guild, 'own', user, user, user, 'own']);
  expect(guild).not.toBe(user);
});

it.concurrent('is a session in every other way, and closes nothing', async () => {
  await using session = new Session({ guard: { allow: ['127.0.0.1'] } });
  await using web = await startWeb((_, response) => response.end('{"a":1}'));
  const view = viewOf(session, { id: '1', lane: 'l', signal: new AbortController().signal });
  expect(view).toBeInstanceOf(Session);
  expect(await view.get(web.url).json()).toEqual({ a: 1 });
  const { fetch, get } = view;
  expect(await (await fetch(web.url)).json()).toEqual({ a: 1 });
  expect(await get(web.url).json()).toEqual({ a: 1 });
  await view.close();
  await view[Symbol.asyncDispose]();
  expect(view.closed).toBe(false);
  expect(view.stats().requests).toBe(3);
  const extended = view.extend({ timeout: '1s' });
  await extended.close();
  expect(extended.closed).toBe(true);
  expect(session.closed).toBe(false);
});

it.concurrent("ends requests with its signal, or with the caller's", async ({ expect }) => {
  await using session = new Session({ guard: { allow: ['127.0.0.1'] } });
  await using web = await startWeb(() => {});
  const end = new AbortController();
  const own = new AbortController();
  const view = viewOf(session, { id: '1', lane: 'l', signal: end.signal });
  const three = [view.get(web.url), view.post(web.url, { body: 'x', signal: own.signal }), view.fetch(web.url)];
  const settled = Promise.allSettled(three);
  await expect.poll(() => web.asked.length).toBe(3);
  own.abort(new Error('mine'));
  await expect(three[1]).rejects.toMatchObject({ code: 'ERRAND_ABORTED', cause: { message: 'mine' } });
  end.abort(new Error('ours'));
  const [first, , third] = await settled;
  expect(first).toMatchObject({ reason: { code: 'ERRAND_ABORTED', cause: { message: 'ours' } } });
  expect(third).toMatchObject({ status: 'rejected' });
  expect(session.stats().inFlight).toBe(0);
});

it.concurrent('ends a command at its deadline, with a polite answer', async () => {
  await using web = await startWeb(() => {});
  const ended = deferred<unknown>();
  await using on = await stage(
    [
      simple(
        'fetching',
        async (_, session) =>
          session
            .get(web.url)
            .text()
            .catch((error: unknown) => {
              ended.resolve(error);
              throw error;
            }),
        { deadline: 200 },
      ),
      simple('deaf', () => delay(2_000, 'too late', { ref: false }), { deadline: 200 }),
    ],
    { deferAfter: 50 },
  );
  for (const name of ['fetching', 'deaf']) {
    const reply = await on.sandbox.slash(name);
    expect(reply).toMatchObject({ deferred: true, content: expect.stringMatching(/^That took too long/) });
    expect(reply.answeredAfter).toBeLessThan(1_000);
  }
  expect(await ended.promise).toMatchObject({ code: 'ERRAND_ABORTED', cause: { sentence: 'tookTooLong' } });
  await delay(50);
  expect(on.sandbox.messages()).toHaveLength(2);
});

it('tells a listener of the channel what became of each request, without secrets', async () => {
  const reports: RequestReport[] = [];
  const hear = (message: unknown) => void reports.push(message as RequestReport);
  subscribe('errand:discord:request', hear);
  await using web = await startWeb(({ url }, response) => {
    if (url?.startsWith('/404')) response.writeHead(404);
    response.end('{}');
  });
  await using on = await stage([
    simple('go', async (interaction, session) => {
      await session.get(`${web.url}/ok?token=s3cret`).json();
      await session.post(`${web.url}/404`).catch(() => {});
      await session.get('http://10.0.0.1/').catch(() => {});
      await (await session.fetch(`${web.url}/fetched`)).text();
      return interaction.id;
    }),
  ]);
  const { content: id } = await on.sandbox.slash('go');
  unsubscribe('errand:discord:request', hear);
  expect(reports).toMatchObject([
    {
      interaction: id,
      method: 'GET',
      url: `${web.url}/ok?token=***`,
      status: 200,
      trace: { attempts: [{ status: 200 }] },
    },
    { interaction: id, method: 'POST', url: `${web.url}/404`, status: 404, error: 'ERRAND_HTTP_STATUS', trace: {} },
    { interaction: id, method: 'GET', url: 'http://10.0.0.1/', error: 'ERRAND_BLOCKED_ADDRESS' },
    { interaction: id, method: 'GET', url: `${web.url}/fetched`, status: 200 },
  ]);
  expect(JSON.stringify(reports)).not.toContain('s3cret');
});
