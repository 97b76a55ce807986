// `drawIdentity`: drawn once, of the device that was asked for, and worn by calls of any session.
import { drawIdentity, Session } from 'errand';
import { expect, test } from 'vitest';
import { serve } from './support/server.js';

const agents = {
  desktop: /Windows NT|Macintosh|X11/,
  mobile: /Mobile/,
  tablet: /Android (?!.*Mobile)|\(iPad;/,
} as const;

test.each(['desktop', 'mobile', 'tablet'] as const)('%s: every browser that is held so', (device) => {
  for (const browser of ['chrome', 'firefox', 'safari', 'edge'] as const) {
    for (let draw = 0; draw < 5; draw++) {
      const identity = drawIdentity({ device, browser, locale: 'fr-FR' });
      expect(identity).toMatchObject({ device, browser, locale: 'fr-FR' });
      const said = Object.fromEntries(identity.headersFor(new URL('https://a.example/')).map(lower));
      expect(said['user-agent']).toBe(identity.userAgent);
      expect(identity.userAgent).toMatch(agents[device]);
      expect(identity.userAgent).toContain(identity.version);
      expect(said['accept-language']).toMatch(/^fr-FR,fr;q=/);
      if (said['sec-ch-ua'] !== undefined) expect(said['sec-ch-ua-mobile']).toBe(device === 'mobile' ? '?1' : '?0');
    }
  }
});

test('hints go to trustworthy origins only', () => {
  const identity = drawIdentity({ browser: 'chrome', device: 'desktop' });
  const names = (url: string) => identity.headersFor(new URL(url)).map(([name]) => name.toLowerCase());
  expect(names('https://a.example/')).toContain('sec-fetch-site');
  expect(names('http://a.example/').filter((name) => name.startsWith('sec-'))).toEqual([]);
});

test('what no device is, or no browser on it, is a TypeError', () => {
  expect(() => drawIdentity({ device: 'watch' as 'mobile' })).toThrow(/identity\.device/);
  expect(() => drawIdentity({ device: 'desktop', platform: 'android' })).toThrow(/on a desktop device/);
  expect(() => drawIdentity({ device: 'mobile', browser: 'safari', platform: 'macos' })).toThrow(/mobile/);
});

test('a call wears it, in its order, on every hop, with its own fields in place', async () => {
  await using server = await serve((request, response) => {
    if (request.url === '/moved') response.writeHead(302, { location: '/end' }).end();
    else response.end();
  });
  await using session = new Session({ guard: false });
  const identity = drawIdentity({ browser: 'chrome' });
  await session.get(`${server.url}/moved`, { identity, headers: { accept: 'text/plain', 'x-own': '1' } });
  for (const { rawHeaders } of server.requests.slice(-2)) {
    const pairs = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1] as string]] : []));
    const own = pairs.filter(([name]) => !['host', 'connection'].includes((name as string).toLowerCase()));
    const drawn = identity.headersFor(new URL(server.url)).map(([name, value]) => {
      return name.toLowerCase() === 'accept' ? ['accept', 'text/plain'] : [name, value];
    });
    expect(own).toEqual([...drawn, ['x-own', '1']]);
  }
});

test('one of the caller’s own making is checked like any header', async () => {
  await using session = new Session({ guard: false });
  const identity = { headersFor: () => [['user-agent', 'a\r\nb']] as const };
  await expect(session.get('http://127.0.0.1:9/', { identity })).rejects.toBeInstanceOf(TypeError);
});

function lower([name, value]: readonly [string, string]): [string, string] {
  return [name.toLowerCase(), value];
}
