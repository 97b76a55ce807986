// `cookies` of a call: its own jar in place of the session's, or none.
import { CookieJar, Session } from 'errand';
import { expect, test } from 'vitest';
import { serve } from './support/server.js';

/** Signs in whoever comes without a cookie, by a redirect to where he was. */
const serveLogin = () => {
  let visitors = 1;
  return serve((request, response) => {
    const { cookie } = request.headers;
    if (cookie === undefined)
      response.writeHead(302, { location: request.url ?? '/', 'set-cookie': `visit=${visitors++}` });
    response.end(cookie);
  });
};

test.each([true, false])('each call keeps to its own jar; the session has one: %s', async (cookies) => {
  await using origin = await serveLogin();
  await using session = new Session({ guard: false, cookies });
  const [ann, ben] = [new CookieJar(), new CookieJar()];
  expect(await session.get(origin.url, { cookies: ann }).text()).toBe('visit=1');
  expect(await session.get(origin.url, { cookies: ben }).text()).toBe('visit=2');
  expect(await session.get(origin.url, { cookies: ann }).text()).toBe('visit=1');
  if (cookies) expect(await session.get(origin.url).text()).toBe('visit=3');
});

test('a store of another make, and none', async () => {
  await using origin = await serveLogin();
  await using session = new Session({ guard: false, cookies: true });
  const kept: string[] = [];
  const store = { getCookieString: () => kept.join('; '), setCookie: (line: string) => void kept.push(line) };
  expect(await session.get(origin.url, { cookies: store }).text()).toBe('visit=1');
  await expect(session.get(origin.url, { cookies: false })).rejects.toMatchObject({ reason: 'loop' });
});

test('callers with different jars share no flight', async () => {
  const seen: Array<string | undefined> = [];
  await using origin = await serve((request, response) => {
    seen.push(request.headers.cookie);
    setTimeout(() => response.end(request.headers.cookie), 20);
  });
  await using session = new Session({ guard: false, dedupe: true });
  const jars = ['a=1', 'a=2'].map((line) => {
    const jar = new CookieJar();
    jar.setCookie(line, origin.url);
    return jar;
  });
  const texts = await Promise.all(jars.map((cookies) => session.get(origin.url, { cookies }).text()));
  expect(texts).toEqual(['a=1', 'a=2']);
  expect(seen).toHaveLength(2);
});

test('what is no store is a TypeError', async () => {
  await using session = new Session({ guard: false });
  expect(() => session.get('http://a.example/', { cookies: true as unknown as false })).toThrow(/cookies/);
});
