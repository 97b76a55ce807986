// Sticky sessions of several gateways on one real Redis: the same visitor with the same cookies, whichever of them is asked.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engine } from './support/engine-browser.js';
import { ladder } from './support/ladder.js';
import { startOrigin } from './support/origin.js';
import { pageRequest } from './support/page-request.js';
import { RedisServer, until, withoutRedis } from './support/redis.js';
import { cookiesOf, desk, faceOf, sharedStore, site } from './support/shared-sessions.js';

describe.skipIf(withoutRedis)('sessions of several gateways', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.kill());
  beforeEach(async () => {
    const { connection } = await sharedStore(redis);
    await connection.command('FLUSHALL');
  });
  const desks = () => Promise.all([desk(redis), desk(redis)]);

  test('what signs in at one goes on at the other, through the whole ladder', async () => {
    await using origin = await startOrigin();
    const [one, two] = await Promise.all([sharedStore(redis), sharedStore(redis)]);
    await using here = ladder({ store: one.store });
    await using there = ladder({ store: two.store });
    const at = (path: string) => pageRequest(`${origin.url}${path}`, { session: 's' });
    const first = await here.get(at('/cookie-wall'), { owner: 'k' });
    const second = await there.get(at('/echo'), { owner: 'k' });
    expect(second).toMatchObject({ identity: first.identity, session: 's' });
    expect(origin.asked.at(-1)?.headers).toMatchObject({ cookie: 'seen=1' });
    expect(origin.asked.at(-1)?.headers['user-agent']).toBe(origin.asked[0]?.headers['user-agent']);
    await there.get(at('/echo'), { owner: 'other' });
    expect(origin.asked.at(-1)?.headers.cookie).toBeUndefined();
  });

  test('both begin it at the same time: there is one', async () => {
    const [here, there] = await desks();
    for (const session of ['1', '2', '3', '4', '5']) {
      const both = await Promise.all([here, there, here, there].map(({ visit }) => visit({ session })));
      const faces = both.map(faceOf);
      expect(faces).toEqual(Array(4).fill(faces[0]));
      expect(both[2]).toBe(both[0]);
    }
  });

  test('calls at the same time lose none of each other’s cookies, nor what each removes', async () => {
    const [here, there] = await desks();
    await here.call('old=1; Path=/');
    await Promise.all(
      Array.from({ length: 20 }, (_, number) => (number % 2 === 0 ? here : there).call(`c${number}=${number}; Path=/`)),
    );
    const wanted = ['old=1', ...Array.from({ length: 20 }, (_, number) => `c${number}=${number}`)].sort();
    for (const { visit } of [here, there])
      expect(
        cookiesOf(await visit())
          .split('; ')
          .sort(),
      ).toEqual(wanted);
    await Promise.all([here.call('old=; Path=/; Max-Age=0'), there.call('c1=new; Path=/')]);
    for (const { visit } of [here, there]) {
      const cookies = cookiesOf(await visit()).split('; ');
      expect(cookies).toHaveLength(20);
      expect(cookies).toContain('c1=new');
    }
  });

  test('a cookie arrives as it was set: scope, order, end', async () => {
    const [here, there] = await desks();
    const one = await here.visit();
    const lines = [
      ['a=1; Path=/; Secure; HttpOnly', 'https://www.h.test/'],
      ['b=2; Domain=h.test; Path=/x y', 'https://www.h.test/'],
      ['__Host-c=3; Path=/; Secure', 'https://www.h.test/'],
      ['=nameless', 'https://www.h.test/'],
      ['d=4', 'http://www.h.test/a;b/c'],
      ['e=5; Max-Age=1000', 'http://127.0.0.1:80/deep/path'],
      ['f=6; Expires=Fri, 01 Jan 2038 00:00:00 GMT', 'http://[::1]/'],
    ] as const;
    for (const [line, url] of lines) expect(one.cookies.setCookie(line, url), line).toBe(true);
    await here.visitors.save(one);
    const two = await there.visit();
    const whole = (text: typeof one) =>
      text.cookies.toJSON().map(({ expiresAt, ...rest }) => ({
        ...rest,
        ...(expiresAt !== undefined && { expires: Math.ceil(expiresAt / 1000) }),
      }));
    expect(whole(two)).toEqual(whole(one));
    expect(two.cookies.getCookieString('https://www.h.test/')).toBe(one.cookies.getCookieString('https://www.h.test/'));
    // Nothing of it is told back as if it were news.
    const told = await there.store.load('key\ns', undefined, false);
    await there.visitors.save(two);
    expect(await there.store.load('key\ns', undefined, false)).toEqual(told);
  });

  test('dropped at one, gone at all, also with a visit under way', async () => {
    const [here, there] = await desks();
    const one = await here.call('sid=1; Path=/');
    const same = await there.visit();
    await there.visitors.drop(same);
    one.cookies.setCookie('late=1; Path=/', site);
    here.visitors.score(one, true);
    await here.visitors.save(one);
    const next = await here.visit({}, new Set([one.proxy?.id ?? '']));
    expect(faceOf(next).identity).not.toBe(faceOf(one).identity);
    expect([next.proxy?.id === one.proxy?.id, cookiesOf(next)]).toEqual([false, '']);
    expect(faceOf(await there.visit())).toEqual(faceOf(next));
    await here.visitors.drop(one);
    expect(faceOf(await there.visit())).toEqual(faceOf(next));
  });

  test('a session that is blocked at one is another as a whole at the other', async () => {
    await using origin = await startOrigin();
    const [one, two] = await Promise.all([sharedStore(redis), sharedStore(redis)]);
    await using here = ladder({ store: one.store });
    await using there = ladder({ store: two.store });
    const at = (path: string) => pageRequest(`${origin.url}${path}`, { session: 's', retries: 0 });
    const first = await here.get(at('/cookie-wall'));
    expect((await there.get(at('/echo'))).identity).toBe(first.identity);
    await expect(here.get(at('/block'))).rejects.toMatchObject({ code: 'blocked' });
    await there.get(at('/echo'));
    expect(origin.asked.at(-1)?.headers.cookie).toBeUndefined();
  });

  test('the score is one for all', async () => {
    const [here, there] = await desks();
    const one = await here.call('sid=1; Path=/');
    const same = await there.visit();
    for (const { visitors } of [here, there, here]) {
      const visitor = visitors === here.visitors ? one : same;
      visitors.score(visitor, false);
      await visitors.save(visitor);
    }
    const next = await there.visit();
    expect(cookiesOf(next)).toBe('');
    expect(faceOf(await here.visit())).toEqual(faceOf(next));
    for (let time = 0; time < 9; time++) here.visitors.score(await here.visit(), true);
    await here.visitors.save(await here.visit());
    await there.visit();
    expect(there.visitors.report()).toMatchObject([{ session: 's', score: 5 }]);
  });

  test('a session that goes into the browser looks the same at all, and keeps its cookies and proxy', async () => {
    const [here, there] = await desks();
    const plain = await here.call('sid=1; Path=/');
    const seen = await there.visit();
    const [one, two] = await Promise.all([here.visit({ render: true }), there.visit({ render: 'auto' })]);
    expect(one.identity.userAgent).toBe(engine.userAgent);
    expect(faceOf(two)).toEqual(faceOf(one));
    expect([one.proxy, two.cookies]).toEqual([plain.proxy, seen.cookies]);
    expect(faceOf(await here.visit())).toEqual(faceOf(one));
    expect(cookiesOf(two)).toBe('sid=1');
  });

  test('not used for a while, it is forgotten by all; used at one, it is kept for all', async () => {
    const [here, there] = await Promise.all([desk(redis, { idle: 300 }), desk(redis, { idle: 300 })]);
    const one = await here.call('sid=1; Path=/');
    const began = performance.now();
    while (performance.now() - began < 600) expect(faceOf(await there.visit())).toEqual(faceOf(one));
    expect(faceOf(await here.visit())).toEqual(faceOf(one));
    const { command, key } = here.connection;
    const name = key.call(here.connection, 'session', 'key:s');
    await until('it is forgotten', async () => (await command.call(here.connection, 'EXISTS', name)) === 0);
    expect(faceOf(await here.visit())).not.toEqual(faceOf(one));
  });

  test('another country is another visitor as a whole, for all', async () => {
    const [here, there] = await desks();
    const one = await here.visit({ country: 'de' });
    expect(faceOf(await there.visit({ country: 'de' }))).toEqual(faceOf(one));
    const two = await there.visit({ country: 'us' });
    expect(two.proxy?.country).toBe('us');
    expect(faceOf(await here.visit())).toEqual(faceOf(two));
  });

  test('a gateway without its proxy begins it anew', async () => {
    const [here, there] = await Promise.all([desk(redis), desk(redis, { list: ['http://other:1 id=other'] })]);
    const one = await here.call('sid=1; Path=/');
    const two = await there.visit();
    expect(two.proxy?.id).toBe('other');
    expect([one.proxy?.id === 'other', cookiesOf(two)]).toEqual([false, '']);
    const giveBack = await there.visitors.handOff(two);
    await expect(here.visit()).rejects.toMatchObject({ code: 'session_busy' });
    await giveBack();
    expect((await here.visit()).proxy?.id).not.toBe('other');
  });

  test('what Redis has is unreadable: begun anew', async () => {
    const [here, there] = await desks();
    await here.call('sid=1; Path=/');
    const name = here.connection.key('session', 'key:s');
    await here.connection.command('HSET', name, 'who', '{"version":2}', 'epoch', 'x');
    expect(cookiesOf(await there.visit())).toBe('');
  });
});
