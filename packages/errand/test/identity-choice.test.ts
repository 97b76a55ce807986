// Which identity goes with which request, what is thrown away, and what is kept: over a generator that the test scripts.
import { Session } from 'errand';
import { expect, test } from 'vitest';
import type { IdentityOptions } from '../src/core/policy.js';
import { storyOf } from '../src/middleware/identity/coherence.js';
import { draw } from '../src/middleware/identity/draw.js';
import { Identities } from '../src/middleware/identity/identities.js';
import { dressed } from '../src/middleware/identity/identity.js';
import { requestTo } from './support/scripted.js';

const chrome = (version: number) => ({
  'sec-ch-ua': `"Google Chrome";v="${version}", "Not.A/Brand";v="8", "Chromium";v="${version}"`,
  'sec-ch-ua-mobile': '?0',
  'sec-ch-ua-platform': '"Windows"',
  'User-Agent': `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 Safari/537.36`,
  Accept: 'text/html',
  'Sec-Fetch-Mode': 'navigate',
  'Accept-Encoding': 'gzip, deflate, br, zstd',
});

/** A generator that gives a new version with each draw. */
function versions() {
  const made = { draws: 0, getHeaders: () => chrome(140 + made.draws++) };
  return made;
}

const agentOf = (identities: Identities, url: string, wanted: IdentityOptions, request = requestTo(url)) =>
  identities.of(request, wanted).secure.find((each) => each.startsWith('Mozilla'));

test('sticky: one a session, one a host, one a call', () => {
  const generator = versions();
  const identities = new Identities('gzip', () => generator);
  const of = (url: string, sticky: 'session' | 'host' | 'request' | undefined) =>
    agentOf(identities, url, sticky === undefined ? {} : { sticky });
  expect(new Set([of('https://a.example/1', undefined), of('https://b.example/', 'session')]).size).toBe(1);
  expect(of('https://a.example/1', 'host')).toBe(of('https://a.example/2', 'host'));
  expect(of('https://a.example/', 'host')).not.toBe(of('https://b.example/', 'host'));
  expect(of('https://a.example/', 'host')).not.toBe(of('https://a.example:8443/', 'host'));
  expect(of('https://a.example/', 'request')).not.toBe(of('https://a.example/', 'request'));
  const request = requestTo('https://a.example/');
  expect(agentOf(identities, '', { sticky: 'request' }, request)).toBe(
    agentOf(identities, '', { sticky: 'request' }, request.with({ url: 'https://b.example/' })),
  );
  expect(agentOf(identities, 'https://a.example/', { locale: 'de-DE' })).not.toBe(of('https://a.example/', undefined));
});

test('hosts are kept up to a bound, those asked of late longest', () => {
  const generator = versions();
  const identities = new Identities('gzip', () => generator);
  const first = agentOf(identities, 'https://first.example/', { sticky: 'host' });
  for (let host = 0; host < 3_000; host++) {
    agentOf(identities, `https://h${host}.example/`, { sticky: 'host' });
    expect(agentOf(identities, 'https://first.example/', { sticky: 'host' })).toBe(first);
  }
  const draws = generator.draws;
  agentOf(identities, 'https://h2999.example/', { sticky: 'host' });
  expect(generator.draws).toBe(draws);
  agentOf(identities, 'https://h0.example/', { sticky: 'host' });
  expect(generator.draws).toBe(draws + 1);
});

test('the generator is loaded by the first draw and not before; where it is missing, that is said', async () => {
  let loads = 0;
  const identities = new Identities('gzip', () => {
    loads++;
    return versions();
  });
  expect(loads).toBe(0);
  agentOf(identities, 'https://a.example/', {});
  agentOf(identities, 'https://a.example/', { sticky: 'request' });
  expect(loads).toBe(1);
  const missing = new Identities('gzip', () => {
    throw new TypeError('missing');
  });
  expect(() => agentOf(missing, 'https://a.example/', {})).toThrow(TypeError);
});

test('sets that contradict themselves are drawn again, and not for ever', () => {
  const good = chrome(147);
  const bad = [
    { ...good, 'sec-ch-ua-platform': '"Linux"' },
    { ...good, 'sec-ch-ua': good['sec-ch-ua'].replace('Google Chrome', 'Brave') },
    { ...good, 'sec-ch-ua': good['sec-ch-ua'].replaceAll('147', '146') },
    { ...good, 'sec-ch-ua-mobile': '?1' },
    { ...good, 'user-agent': good['User-Agent'] },
    { ...good, 'User-Agent': `${good['User-Agent']} OPR/110.0.0.0` },
    { ...good, 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:149.0) Gecko/20100101 Firefox/149.0' },
    { 'User-Agent': good['User-Agent'], Accept: '*/*', 'Accept-Encoding': 'gzip', 'Sec-Fetch-Mode': 'navigate' },
  ];
  for (const each of bad) expect(storyOf(Object.entries(each).flat())).toBeUndefined();
  let draws = 0;
  const generator = { getHeaders: () => bad[draws++] ?? good };
  const { secure } = draw(generator, {}, 'gzip, deflate, br');
  expect(draws).toBe(bad.length + 1);
  expect(secure).toContain(good['sec-ch-ua']);
  let endless = 0;
  const hopeless = {
    getHeaders() {
      endless++;
      throw new Error('none');
    },
  };
  expect(() => draw(hopeless, { browser: 'edge' }, 'gzip')).toThrow(/no coherent edge/);
  expect(endless).toBeLessThan(1_000);
  expect(() => draw({ getHeaders: () => good }, { browser: 'chrome', platform: 'linux' }, 'gzip')).toThrow(/linux/);
});

test('only codings that can be undone are offered', () => {
  const encodings = ({ secure, plain }: { secure: readonly string[]; plain: readonly string[] }) =>
    [secure, plain].map((fields) => fields[fields.indexOf('Accept-Encoding') + 1]);
  const generator = { getHeaders: () => chrome(147) };
  expect(encodings(draw(generator, {}, 'gzip, deflate, br'))).toEqual(['gzip, deflate, br', 'gzip, deflate']);
  expect(encodings(draw(generator, {}, 'gzip, deflate, br, zstd'))).toEqual([
    'gzip, deflate, br, zstd',
    'gzip, deflate',
  ]);
});

test('own fields replace, in place, all values; others follow', () => {
  expect(dressed(['A', '1', 'B', '2'], ['c', '3', 'b', 'x', 'b', 'y'])).toEqual([
    'A',
    '1',
    'b',
    'x',
    'b',
    'y',
    'c',
    '3',
  ]);
});

test('an abort while an identity is on leaves nothing behind', async () => {
  await using session = new Session({ identity: {} });
  await expect(session.get('https://api.example/', { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'ERRAND_ABORTED',
  });
  expect(session.stats().inFlight).toBe(0);
});
