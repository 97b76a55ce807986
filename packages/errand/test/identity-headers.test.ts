// `identity`: one coherent browser's headers, in its order, the caller's own on top.
import { Session } from 'errand';
import { scriptedWeb } from 'errand/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acceptedCodings } from '../src/transport/decode.js';
import { serve, type TestServer } from './support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await serve((request, response) => {
    if (request.url === '/moved') response.writeHead(302, { location: '/end' }).end();
    else if (request.url?.startsWith('/flaky') && server.requests.length % 2 === 1) response.writeHead(503).end();
    else response.end('ok');
  });
});
afterAll(() => server[Symbol.asyncDispose]());

/** The fields of the last request as they came, without the connection's own. */
function sent(): Array<[string, string]> {
  const { rawHeaders } = server.requests.at(-1) as { rawHeaders: string[] };
  const pairs: Array<[string, string]> = [];
  for (let index = 0; index < rawHeaders.length; index += 2)
    pairs.push([rawHeaders[index] as string, rawHeaders[index + 1] as string]);
  return pairs.filter(([name]) => !['host', 'connection'].includes(name.toLowerCase()));
}

function said(): Record<string, string> {
  return Object.fromEntries(sent().map(([name, value]) => [name.toLowerCase(), value]));
}

const open = { guard: false } as const;

test('chrome: its fields in its order, hints and user agent of one mind', async () => {
  await using session = new Session({ ...open, identity: { browser: 'chrome', platform: 'windows' } });
  await session.get(server.url);
  expect(sent().map(([name]) => name)).toEqual([
    'sec-ch-ua',
    'sec-ch-ua-mobile',
    'sec-ch-ua-platform',
    'Upgrade-Insecure-Requests',
    'User-Agent',
    'Accept',
    'Sec-Fetch-Site',
    'Sec-Fetch-Mode',
    'Sec-Fetch-User',
    'Sec-Fetch-Dest',
    'Accept-Encoding',
    'Accept-Language',
  ]);
  const fields = said();
  const version = /Chrome\/(\d+)/.exec(fields['user-agent'] as string)?.[1];
  expect(fields['user-agent']).toContain('Windows NT 10.0');
  expect(fields['sec-ch-ua']).toContain(`"Google Chrome";v="${version}"`);
  expect(fields['sec-ch-ua-platform']).toBe('"Windows"');
  expect(fields['sec-ch-ua-mobile']).toBe('?0');
  expect(fields['sec-fetch-site']).toBe('none');
  expect(fields['sec-fetch-mode']).toBe('navigate');
});

const all = [
  ['chrome', 'windows', /Windows NT.* Chrome\//, '"Windows"'],
  ['chrome', 'macos', /Macintosh.* Chrome\//, '"macOS"'],
  ['chrome', 'linux', /X11; Linux.* Chrome\//, '"Linux"'],
  ['chrome', 'android', /Android.* Chrome\//, '"Android"'],
  ['edge', 'windows', /Windows NT.* Edg\//, '"Windows"'],
  ['edge', 'macos', /Macintosh.* Edg\//, '"macOS"'],
  ['edge', 'linux', /X11; Linux.* Edg\//, '"Linux"'],
  ['edge', 'android', /Android.* EdgA\//, '"Android"'],
  ['firefox', 'windows', /Windows NT.* Firefox\//, undefined],
  ['firefox', 'macos', /Macintosh.* Firefox\//, undefined],
  ['firefox', 'linux', /X11;.* Firefox\//, undefined],
  ['firefox', 'android', /Android.* Firefox\//, undefined],
  ['safari', 'macos', /Macintosh.* Version\/.* Safari\//, undefined],
  ['safari', 'ios', /iPhone.* Version\/.* Safari\//, undefined],
] as const;

test.each(all)('%s on %s', async (browser, platform, agent, hint) => {
  await using session = new Session({ ...open, identity: { browser, platform, locale: 'de-DE', sticky: 'request' } });
  for (let count = 0; count < 10; count++) {
    await session.get(server.url);
    const fields = said();
    expect(fields['user-agent']).toMatch(agent);
    expect(fields['sec-ch-ua-platform']).toBe(hint);
    expect('sec-ch-ua' in fields).toBe(hint !== undefined);
    const mobile = /Mobile/.test(fields['user-agent'] as string) ? '?1' : '?0';
    expect(fields['sec-ch-ua-mobile']).toBe(hint === undefined ? undefined : mobile);
    expect(fields['accept-language']).toMatch(/^de-DE,de;q=0\.\d$/);
    expect(['none', undefined]).toContain(fields['sec-fetch-site']);
    for (const coding of (fields['accept-encoding'] as string).split(', ')) {
      expect(acceptedCodings.split(', ')).toContain(coding);
    }
  }
});

test('what the caller says wins, in the browser’s place; what he adds comes after', async () => {
  const identity = { browser: 'chrome', platform: 'linux' } as const;
  await using session = new Session({ ...open, identity, headers: { 'x-own': '1', accept: '*/*' } });
  await session.get(server.url, { headers: { 'accept-language': 'et' } });
  const names = sent().map(([name]) => name.toLowerCase());
  expect(said()).toMatchObject({ accept: '*/*', 'accept-language': 'et', 'x-own': '1' });
  expect(names.indexOf('accept')).toBe(names.indexOf('user-agent') + 1);
  expect(names.at(-1)).toBe('x-own');
  await using named = new Session({ ...open, identity, userAgent: 'mine/1' });
  await named.get(server.url);
  expect(said()['user-agent']).toBe('mine/1');
});

describe('who is told what', () => {
  const identity = { browser: 'chrome', platform: 'macos' } as const;

  test('an origin that others can read along is told no hints, and offered what browsers offer it', async () => {
    const web = scriptedWeb();
    web.get('http://plain.example/', 200);
    web.get('https://secure.example/', 200);
    await using session = web.session({ identity });
    await session.get('http://plain.example/');
    await session.get('https://secure.example/');
    const [plain, secure] = web.calls.map(({ headers }) => headers);
    expect([...(plain as Headers).keys()].filter((name) => name.startsWith('sec-'))).toEqual([]);
    expect(plain?.get('accept-encoding')).toBe('gzip, deflate');
    expect(secure?.get('sec-fetch-site')).toBe('none');
    expect(secure?.get('accept-encoding')).toBe(acceptedCodings);
    expect(plain?.get('user-agent')).toBe(secure?.get('user-agent'));
  });

  test('redirects and retries keep the identity; every method has one', async () => {
    await using session = new Session({
      ...open,
      identity: { sticky: 'request' },
      retry: { backoff: { base: 1, max: 1 } },
    });
    const before = server.requests.length;
    await session.get(`${server.url}/moved`);
    await session.get(`${server.url}/flaky${before}`);
    await session.post(server.url, { json: 1 });
    const agents = server.requests.slice(before).map(({ headers }) => headers['user-agent']);
    expect(agents[0]).toBe(agents[1]);
    expect(agents.every((agent) => agent?.startsWith('Mozilla/5.0'))).toBe(true);
    expect(said()['content-type']).toBe('application/json');
  });

  test('a call has another identity, or none', async () => {
    await using session = new Session({ ...open, identity });
    await session.get(server.url, { identity: { browser: 'firefox', platform: 'windows' } });
    expect(said()['user-agent']).toMatch(/Firefox/);
    await session.get(server.url, { identity: false });
    expect(said()['user-agent']).toMatch(/^errand\//);
    await using bare = new Session(open);
    await bare.get(server.url, { identity });
    expect(said()['user-agent']).toMatch(/Chrome/);
    await bare.get(server.url);
    expect(said()['user-agent']).toMatch(/^errand\//);
    expect(said().accept).toBe('*/*');
  });

  test('a cache that varies by user agent still answers', async () => {
    const web = scriptedWeb();
    web
      .get('https://api.example/', { text: 'a', headers: { 'cache-control': 'max-age=9', vary: 'user-agent' } })
      .once();
    await using session = web.session({ identity, cache: true });
    await session.get('https://api.example/');
    expect((await session.get('https://api.example/')).fromCache).toBe(true);
  });
});

test.each([
  [{ browser: 'netscape' }, /identity\.browser/],
  [{ platform: 'beos' }, /identity\.platform/],
  [{ sticky: 'forever' }, /identity\.sticky/],
  [{ browser: 'safari', platform: 'windows' }, /no safari on windows/],
  [{ locale: 'de\r\nx: y' }, /identity\.locale/],
  [{ locale: 'not a locale' }, /identity\.locale/],
  [{ brwoser: 'chrome' }, /brwoser/],
  [true, /identity/],
])('%j is a TypeError', (identity, message) => {
  expect(() => new Session({ identity: identity as never })).toThrow(message);
  const session = new Session();
  expect(() => session.get('https://api.example/', { identity: identity as never })).toThrow(TypeError);
});
