// One visitor, one page in a browser, and one person at a time, over several gateways on one real Redis; what a gateway that
// died has held is free after a while.
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { Tickets } from '../src/tickets/tickets.js';
import { judge } from '../src/verdict/judge.js';
import { ladder, playBrowser } from './support/ladder.js';
import { pageHtml, startOrigin } from './support/origin.js';
import { pageRequest } from './support/page-request.js';
import { PlayedPage } from './support/played-page.js';
import { RedisServer, until, withoutRedis } from './support/redis.js';
import { cookiesOf, desk, faceOf, sharedStore, site } from './support/shared-sessions.js';

describe.skipIf(withoutRedis)('turns of several gateways', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.kill());
  beforeEach(async () => {
    const { connection } = await sharedStore(redis);
    await connection.command('FLUSHALL');
  });
  const { signal } = new AbortController();
  const busy = expect.objectContaining({ code: 'session_busy', status: 409 });

  test('one after another, in the order of asking, each with what the one before has earned', async () => {
    const desks = await Promise.all([desk(redis), desk(redis), desk(redis)]);
    const [first, ...others] = desks;
    const one = await first.visit({ render: true });
    const release = await first.visitors.lease(one, 0, signal);
    const order: string[] = [];
    const waiting: Promise<void>[] = [];
    const queue = async () => {
      const [name, text] = [first.connection.key('session', 'key:s'), 'queue'];
      return JSON.parse(String((await first.connection.command('HGET', name, text)) ?? '[]')) as unknown[];
    };
    for (const [number, { visit, visitors }] of [...others, ...others].entries()) {
      const visitor = await visit({ render: true });
      const turn = async () => {
        const leave = await visitors.lease(visitor, 20_000, signal);
        order.push(`${number} ${cookiesOf(visitor)}`);
        visitor.cookies.setCookie(`c=${number}`, site);
        await leave();
      };
      waiting.push(turn());
      // Those of one gateway wait there for each other, so that each gateway waits once.
      await until('it waits', async () => (await queue()).length === Math.min(number + 1, others.length));
    }
    const began = performance.now();
    one.cookies.setCookie('c=first', site);
    await release();
    await Promise.all(waiting);
    expect(order[0]).toBe('0 c=first');
    expect(order[1]).toBe('1 c=0');
    expect(
      order
        .slice(2)
        .map((each) => each.slice(0, 1))
        .sort(),
    ).toEqual(['2', '3']);
    expect(order.slice(2).map((each) => each.slice(2))).toEqual(['c=1', `c=${order[2]?.slice(0, 1)}`]);
    // They are woken: whoever only looked from time to time would take seconds for it.
    expect(performance.now() - began).toBeLessThan(900);
    expect(await queue()).toEqual([]);
  });

  test('one page of a session at a time in the browsers of all gateways', async () => {
    await using origin = await startOrigin();
    let [running, most] = [0, 0];
    const browser = playBrowser(async ({ request: { url }, visitor }) => {
      most = Math.max(most, ++running);
      const cookies = visitor.cookies.getCookieString(url);
      await new Promise((resolve) => setTimeout(resolve, 20));
      const name = `c${cookies === '' ? 1 : cookies.split('; ').length + 1}`;
      visitor.cookies.setCookie(`${name}=1; Path=/`, url);
      running--;
      const headers = [['content-type', 'text/html']] as const;
      const body = Buffer.from(pageHtml);
      const came = { status: 200, headers, url, history: [], body, truncated: false, rendered: undefined };
      return { engine: 'browser', ...came };
    });
    const [one, two] = await Promise.all([sharedStore(redis), sharedStore(redis)]);
    await using here = ladder({ store: one.store, browser });
    await using there = ladder({ store: two.store, browser });
    const request = pageRequest(`${origin.url}/page`, { session: 's', render: true });
    await Promise.all([here, there, here, there, here, there].map(({ get }) => get(request)));
    expect(most).toBe(1);
    const visitor = await here.visitors.visitorFor(request, '');
    // Each began with what all before it had earned.
    expect(visitor.cookies.getCookieString(request.url)).toBe('c1=1; c2=1; c3=1; c4=1; c5=1; c6=1');
  });

  test('who waits in vain is told so, or ends with their signal, and stands in nobody’s way', async () => {
    const [here, there, third] = await Promise.all([desk(redis), desk(redis), desk(redis)]);
    const one = await here.visit();
    const release = await here.visitors.lease(one, 0, signal);
    const [two, three] = await Promise.all([there.visit(), third.visit()]);
    await expect(there.visitors.lease(two, 0, signal)).rejects.toEqual(busy);
    await expect(there.visitors.lease(two, 50, signal)).rejects.toEqual(busy);
    const ending = new AbortController();
    const ended = expect(there.visitors.lease(two, 10_000, ending.signal)).rejects.toBe('gone');
    const last = third.visitors.lease(three, 10_000, signal);
    ending.abort('gone');
    await ended;
    await release();
    await (await last)();
    await (await there.visitors.lease(two, 0, signal))();
  });

  test('held for longer than a lease, it is still held; of a gateway that died it is free', async () => {
    const [here, there] = await Promise.all([desk(redis, { lease: 600 }), desk(redis, { lease: 600 })]);
    const one = await here.visit();
    const [two, again] = await Promise.all([there.visit(), there.visit()]);
    const release = await here.visitors.lease(one, 0, signal);
    await expect(there.visitors.lease(two, 1_500, signal)).rejects.toEqual(busy);
    await release();
    // Dead as a process is that was killed: it says nothing any more.
    const dead = await here.visitors.lease(one, 0, signal);
    await here.connection.close();
    const began = performance.now();
    await (await there.visitors.lease(again, 10_000, signal))();
    expect(performance.now() - began).toBeLessThan(2_500);
    await dead();
  });

  test('in a person’s hands it is busy at all gateways, until they give it back with what they earned', async () => {
    const [here, there] = await Promise.all([desk(redis, { lease: 600 }), desk(redis, { lease: 600 })]);
    const one = await here.visit();
    const two = await there.visit();
    const giveBack = await here.visitors.handOff(one);
    await expect(there.visit()).rejects.toEqual(busy);
    await expect(here.visit()).rejects.toEqual(busy);
    await expect(there.visitors.handOff(two)).rejects.toEqual(busy);
    await expect(here.visitors.handOff(one)).rejects.toEqual(busy);
    one.cookies.setCookie('clearance=1', site);
    await giveBack();
    expect(cookiesOf(await there.visit())).toBe('clearance=1');
    await here.visitors.handOff(one);
    await here.connection.close();
    await until('it is free', () =>
      there.visit().then(
        () => true,
        () => false,
      ),
    );
    expect(faceOf(await there.visit())).toEqual(faceOf(two));
  });

  test('a ticket’s clearance is the session’s at every gateway once it is solved, and theirs for it are over', async () => {
    const [here, there] = await Promise.all([desk(redis), desk(redis)]);
    const request = pageRequest(site, { session: 's', onCaptcha: 'handoff' });
    const verdict = { kind: 'captcha', vendor: 'x', confidence: 1, evidence: [], retry: 'human' } as const;
    const ticketAt = async ({ visit, visitors, store }: typeof here) => {
      const visitor = await visit({ onCaptcha: 'handoff' });
      const { cookies } = visitor;
      const tickets = new Tickets({
        livePage: async () => new PlayedPage(() => cookies.setCookie('clearance=1', site)),
        ...{ judge, visitors, others: store.clearances },
      });
      onTestFinished(() => tickets.close());
      return { tickets, ...(await tickets.open({ url: site, request, owner: 'key', visitor, verdict })) };
    };
    const [one, two] = await Promise.all([ticketAt(here), ticketAt(there)]);
    const over = two.tickets.ended(two.id, signal).then(async (how) => [how, cookiesOf(await there.visit())]);
    await until('both hear', async () => {
      const count = await here.connection.command('PUBSUB', 'NUMSUB', here.connection.key('captcha-solved'));
      return (count as unknown[])[1] === 2;
    });
    expect(cookiesOf(await there.visit())).toBe('');
    await one.tickets.picture(one.id, 0, signal);
    await expect(there.visit()).rejects.toEqual(busy);
    expect(await one.tickets.solve(one.id, false)).toEqual({ state: 'solved', still: null });
    expect(cookiesOf(await there.visit())).toBe('clearance=1');
    expect(await over).toEqual(['solved', 'clearance=1']);
  });

  test('a gateway that closes gives back what it holds', async () => {
    const [here, there] = await Promise.all([desk(redis), desk(redis)]);
    const one = await here.visit();
    await here.visitors.handOff(one);
    await here.visitors.lease(one, 0, signal);
    await expect(there.visit()).rejects.toEqual(busy);
    await here.visitors.close();
    const two = await there.visit();
    await (await there.visitors.lease(two, 0, signal))();
  });
});
