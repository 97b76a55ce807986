import { CookieJar as ToughJar } from 'tough-cookie';
import { describe, expect, it } from 'vitest';
import { fieldOf } from '../src/core/headers.js';
import { cookies } from '../src/middleware/cookies/cookies.js';
import { CookieJar, type CookieStore } from '../src/middleware/cookies/jar.js';
import { resolveCookies } from '../src/middleware/cookies/options.js';
import { redirect } from '../src/middleware/redirect/redirect.js';
import { answer, requestTo } from './support/scripted.js';

const url = 'http://a.example/x';

/** Sends one request through the middleware; what it was sent with, and what it was answered with. */
async function once(store: CookieStore, setCookie: string | string[] = [], fields: string[] = [], to = url) {
  const request = requestTo(to, { fields });
  let sent: readonly string[] = [];
  const response = await cookies({ store })(async (each) => {
    sent = each.fields;
    return answer(each, 200, setCookie.length === 0 ? {} : { 'set-cookie': setCookie });
  })(request);
  return { cookie: fieldOf(sent, 'cookie'), sent, response, changes: request.call.cookieChanges };
}

const stores: Array<[string, () => CookieStore]> = [
  ['the session’s own jar', () => new CookieJar()],
  ['tough-cookie’s jar', () => new ToughJar()],
  [
    'a synchronous store',
    () => {
      const jar = new ToughJar();
      return {
        getCookieString: (each) => jar.getCookieStringSync(each),
        setCookie: (line, each) => jar.setCookieSync(line, each),
      };
    },
  ],
];

describe.each(stores)('over %s', (_, make) => {
  it('sends what was set, and keeps what it is told', async () => {
    const store = make();
    expect((await once(store, 'a=1; Path=/')).cookie).toBeUndefined();
    expect((await once(store, ['b=2; Path=/', 'c=3; Domain=com', 'd=4; Path=/other'])).cookie).toBe('a=1');
    expect((await once(store)).cookie).toBe('a=1; b=2');
    expect((await once(store, [], [], 'http://b.example/x')).cookie).toBeUndefined();
  });

  it('lays the caller’s own Cookie header over it, in its place', async () => {
    const store = make();
    await once(store, ['a=1; Path=/', 'b=2; Path=/']);
    const { sent } = await once(store, [], ['X-First', '1', 'cookie', 'b=mine; z=9', 'X-Last', '1']);
    expect(sent).toEqual(['X-First', '1', 'cookie', 'b=mine; z=9; a=1', 'X-Last', '1']);
  });

  it('tells the call of changes', async () => {
    const store = make();
    expect((await once(store, ['a=1', 'b=2'])).changes).toBe(2);
    expect((await once(store)).changes).toBe(0);
  });

  it('hop by hop: a login that redirects to itself goes on while cookies change', async () => {
    const store = make();
    const seen: Array<string | undefined> = [];
    const handler = redirect()(
      cookies({ store })(async (request) => {
        seen.push(fieldOf(request.fields, 'cookie'));
        return seen.length < 3
          ? answer(request, 302, { location: '/x', 'set-cookie': `step${seen.length}=1; Path=/` })
          : answer(request, 200);
      }),
    );
    expect((await handler(requestTo(url))).status).toBe(200);
    expect(seen).toEqual([undefined, 'step1=1', 'step1=1; step2=1']);
  });

  it('and ends as a circle where the same cookie is set again and again', async () => {
    const store = make();
    let asked = 0;
    const handler = redirect()(
      cookies({ store })(async (request) => {
        asked++;
        return answer(request, 302, { location: '/x', 'set-cookie': 'same=1; Path=/' });
      }),
    );
    await expect(handler(requestTo(url))).rejects.toMatchObject({ reason: 'loop' });
    expect(asked).toBe(2);
  });
});

describe('the session’s own jar', () => {
  it('costs no copy of the request where it has nothing for the host', async () => {
    const jar = new CookieJar();
    jar.setCookie('a=1', 'http://other.example/');
    const request = requestTo(url);
    await cookies({ store: jar })(async (each) => {
      expect(each).toBe(request);
      return answer(each, 200);
    })(request);
  });

  it('reads no more lines of one response than a site may have cookies', async () => {
    const jar = new CookieJar();
    const lines = Array.from({ length: 1000 }, (_, index) => `c${index}=1`);
    expect((await once(jar, lines)).changes).toBe(180);
  });
});

describe('a store that fails', () => {
  const failing = (store: Partial<CookieStore>): CookieStore => ({
    getCookieString: () => '',
    setCookie: () => {},
    ...store,
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('disk');
      },
    ],
    ['rejects', () => Promise.reject(new Error('disk'))],
    ['gives no string', () => 5 as never],
    ['gives what no header may hold', () => 'a=1\r\nx: y'],
  ] as Array<[string, () => string]>)(
    '%s when asked: the call fails, and nothing is sent',
    async (_, getCookieString) => {
      let sent = 0;
      const handler = cookies({ store: failing({ getCookieString }) })(async (each) => {
        sent++;
        return answer(each, 200);
      });
      await expect(handler(requestTo(url))).rejects.toMatchObject({
        code: 'ERRAND',
        message: expect.stringContaining('cookie store'),
      });
      expect(sent).toBe(0);
    },
  );

  it('refuses by throwing: the response is good', async () => {
    const store = failing({ setCookie: () => Promise.reject(new Error('no')) });
    expect((await once(store, 'a=1')).response.status).toBe(200);
  });

  it('never answers: the call’s end is not held up', async () => {
    const request = requestTo(url);
    const outcome = cookies({ store: failing({ getCookieString: () => new Promise(() => {}) }) })(async (each) =>
      answer(each, 200),
    )(request);
    await Promise.resolve();
    request.call.aborted('enough');
    await expect(outcome).rejects.toMatchObject({ code: 'ERRAND_ABORTED' });
  });
});

describe('the option cookies', () => {
  it('makes a jar, takes a store, or is off', () => {
    const store = new ToughJar();
    expect(resolveCookies(true)).toBeInstanceOf(CookieJar);
    expect(resolveCookies(store)).toBe(store);
    expect(resolveCookies(false)).toBeUndefined();
    expect(resolveCookies(undefined)).toBeUndefined();
    for (const wrong of [1, 'yes', null, {}]) expect(() => resolveCookies(wrong as never)).toThrow(/^cookies: /);
  });
});
