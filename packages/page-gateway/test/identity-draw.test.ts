// Identities: coherent, of the device that was asked for, different from each other; the engine's own where a visit may be
// rendered.
import { describe, expect, test } from 'vitest';
import { identityFrom, recordOf } from '../src/core/identity-record.js';
import type { EngineBrowser } from '../src/identity/engine-browser.js';
import { Identities, type IdentityWish } from '../src/identity/identities.js';

const plain: IdentityWish = { device: 'desktop', browser: undefined, locale: undefined, mayRender: false };
const https = new URL('https://a.example/');
const http = new URL('http://a.example/');
const engine: EngineBrowser = {
  browser: 'chrome',
  version: '126.0.6478.126',
  platform: 'linux',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  hints: {
    brands: [
      { brand: 'Not/A)Brand', version: '8' },
      { brand: 'Chromium', version: '126' },
    ],
    fullVersionList: [{ brand: 'Chromium', version: '126.0.6478.126' }],
    ...{ platform: 'Linux', platformVersion: '', architecture: 'x86', bitness: '64', model: '', mobile: false },
  },
};

function said(fields: ReadonlyArray<readonly [string, string]>): Record<string, string> {
  return Object.fromEntries(fields.map(([name, value]) => [name.toLowerCase(), value]));
}

test.each(['desktop', 'mobile', 'tablet'] as const)('%s: what is said agrees with itself', (device) => {
  const identities = new Identities();
  for (let count = 0; count < 60; count++) {
    const identity = identities.draw({ ...plain, device, locale: 'de-DE' });
    const fields = said(identity.headersFor(https));
    expect(identity.mobile).toBe(device === 'mobile');
    expect(fields['user-agent']).toBe(identity.userAgent);
    expect(fields['accept-language']).toMatch(/^de-DE,de;q=/);
    expect(identity.id).toMatch(
      new RegExp(`^${identity.browser}-${identity.version}-${identity.platform}-[0-9a-f]{6}$`),
    );
    expect(identity.viewport.width > 1000).toBe(device === 'desktop');
    expect(fields['sec-ch-ua'] !== undefined).toBe(identity.hints !== undefined);
    for (const { brand, version } of identity.hints?.brands ?? [])
      expect(fields['sec-ch-ua']).toContain(`"${brand}";v="${version}"`);
    if (identity.hints !== undefined) {
      expect(fields['sec-fetch-site']).toBe('none');
      expect(fields['sec-ch-ua-mobile']).toBe(identity.mobile ? '?1' : '?0');
      expect(fields['sec-ch-ua-platform']).toBe(`"${identity.hints.platform}"`);
    }
    expect(Object.keys(said(identity.headersFor(http))).filter((name) => name.startsWith('sec-'))).toEqual([]);
  }
});

test('those of one kind differ from each other, and come again as seldom as can be', () => {
  const identities = new Identities();
  const drawn = Array.from({ length: 20 }, () => identities.draw(plain));
  const shown = new Set(drawn.map((identity) => JSON.stringify(identity.headersFor(https))));
  expect(shown.size).toBe(20);
  for (let count = 0; count < 200; count++) drawn.push(identities.draw(plain));
  const lastSeen = new Map<string, number>();
  const gaps = drawn.slice(100).flatMap(({ id }, at) => {
    const gap = at - (lastSeen.get(id) ?? Number.NEGATIVE_INFINITY);
    lastSeen.set(id, at);
    return gap;
  });
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(15);
});

describe('a visit that may be rendered', () => {
  const identities = new Identities({ engineBrowser: () => engine });
  const drawn = Array.from({ length: 20 }, (_, at) =>
    identities.draw({ ...plain, mayRender: true, locale: at % 2 ? 'fr-FR' : undefined, browser: 'firefox' }),
  );

  test('wears the engine’s browser, version and platform', () => {
    for (const identity of drawn) {
      expect(identity).toMatchObject({ browser: 'chrome', version: '126', platform: 'linux', mobile: false });
      expect(said(identity.headersFor(https))).toMatchObject({
        'user-agent':
          'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
        'sec-ch-ua': '"Not/A)Brand";v="8", "Chromium";v="126"',
        'sec-ch-ua-platform': '"Linux"',
      });
      expect(identity.hints?.fullVersionList).toContainEqual({ brand: 'Chromium', version: '126.0.6478.126' });
    }
  });

  test('differs in locale and viewport at most', () => {
    const others = drawn.map((identity) => {
      const { 'accept-language': _, ...fields } = said(identity.headersFor(https));
      return JSON.stringify([fields, identity.hints]);
    });
    expect(new Set(others).size).toBe(1);
    expect(new Set(drawn.map(({ locale }) => locale))).toEqual(new Set(['en-US', 'fr-FR']));
  });

  test('without an engine it is drawn as any other', () => {
    expect(new Identities().draw({ ...plain, mayRender: true, browser: 'firefox' }).browser).toBe('firefox');
  });
});

test('what does not exist is a bad parameter', () => {
  const identities = new Identities();
  expect(() => identities.draw({ ...plain, locale: 'not a locale' })).toThrow(
    expect.objectContaining({ code: 'bad_parameter', members: { parameter: 'locale' } }),
  );
});

test('an identity that was written down is the same when it is read', () => {
  const identity = new Identities().draw({ ...plain, browser: 'chrome' });
  const again = identityFrom(JSON.parse(JSON.stringify(recordOf(identity))));
  for (const url of [https, http, new URL('http://127.0.0.1:1/')])
    expect(again.headersFor(url)).toEqual(identity.headersFor(url));
  expect({ ...again, headersFor: 0 }).toEqual({ ...identity, headersFor: 0 });
});

test('countries speak their language', () => {
  expect(['de', 'us', 'jp', 'br', 'not', ''].map((country) => new Identities().localeOf(country))).toEqual([
    'de-DE',
    'en-US',
    'ja-JP',
    'pt-BR',
    undefined,
    undefined,
  ]);
});
