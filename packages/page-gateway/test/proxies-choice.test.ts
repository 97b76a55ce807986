// Which proxy carries a visit: labels, health, bans that grow and end, and no endless rotation.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Bans } from '../src/proxies/bans.js';
import { parseProxies } from '../src/proxies/parse.js';
import { Proxies, type ProxyWish } from '../src/proxies/proxies.js';

const minute = 60_000;

function pool(
  text = 'http://a:1 id=a country=de\nhttp://b:1 id=b country=de pool=premium\nhttp://c:1 id=c country=us',
) {
  const time = { now: 1_000_000 };
  const servers = parseProxies(text, 'list');
  const proxies = new Proxies({ servers, probeEvery: 0, now: () => time.now });
  const byId = (id: string) => proxies.get(id) ?? expect.fail(id);
  const choose = (wish: Partial<ProxyWish> = {}) =>
    proxies.choose({ host: 'h', country: undefined, pool: undefined, avoid: new Set(), ...wish })?.id;
  return { time, proxies, byId, choose };
}

test('by turns, by labels, without those that were tried', () => {
  const { choose } = pool();
  expect([choose(), choose(), choose(), choose()]).toEqual(['a', 'b', 'c', 'a']);
  expect([choose({ country: 'DE' }), choose({ country: 'de' })].sort()).toEqual(['a', 'b']);
  expect(choose({ pool: 'premium' })).toBe('b');
  expect(choose({ country: 'de', avoid: new Set(['a']) })).toBe('b');
  expect(choose({ avoid: new Set(['a', 'b', 'c']) })).toBeDefined();
});

test('labels that no proxy has are a bad parameter that names those that exist', () => {
  const { choose } = pool();
  expect(() => choose({ country: 'fr' })).toThrow(
    expect.objectContaining({
      code: 'bad_parameter',
      message: expect.stringMatching(/country=fr.*country=de, country=de pool=premium, country=us/),
    }),
  );
  expect(() => choose({ country: 'us', pool: 'premium' })).toThrow(/country=us pool=premium/);
  const none = pool('');
  expect(none.choose()).toBeUndefined();
  expect(() => none.choose({ country: 'de' })).toThrow(/no proxies are configured/);
});

test('one that fails rests, longer each time, and dies; a success heals it', () => {
  const { time, proxies, byId, choose } = pool();
  proxies.failed(byId('a'), 'ERRAND_PROXY');
  expect([choose(), choose(), choose()]).not.toContain('a');
  time.now += 5_000;
  expect([choose(), choose(), choose()]).toContain('a');
  for (let failure = 0; failure < 3; failure++) {
    proxies.failed(byId('a'), 'ERRAND_PROXY');
    time.now += 10 * minute;
  }
  expect(proxies.report()[0]).toMatchObject({ id: 'a', state: 'dead', failures: 4, lastError: 'ERRAND_PROXY' });
  expect([choose(), choose(), choose()]).not.toContain('a');
  proxies.succeeded(byId('a'), 100);
  proxies.succeeded(byId('a'), 200);
  expect(proxies.report()[0]).toMatchObject({ state: 'healthy', successes: 2, latencyMs: 120 });
  expect([choose(), choose(), choose()]).toContain('a');
});

test('where none is well, the one that rests least goes', () => {
  const { proxies, byId, choose } = pool('http://a:1 id=a\nhttp://b:1 id=b');
  for (const id of ['a', 'a', 'b']) proxies.failed(byId(id), 'x');
  expect(choose()).toBeDefined();
});

test('failures at the same time count once', () => {
  const { proxies, byId } = pool();
  for (let call = 0; call < 50; call++) proxies.failed(byId('a'), 'x');
  expect(proxies.report()[0]).toMatchObject({ state: 'cooling', failures: 50 });
});

test('a ban is of one host, ends, and is longer the next time; when all are banned nobody goes', () => {
  const { time, proxies, byId, choose } = pool('http://a:1 id=a\nhttp://b:1 id=b');
  proxies.ban(byId('a'), 'h', 'cloudflare');
  proxies.record('h', 'blocked', byId('a'));
  expect([choose(), choose(), choose()]).toEqual(['b', 'b', 'b']);
  expect([choose({ host: 'other' }), choose({ host: 'other' })]).toContain('a');
  time.now += 3 * minute;
  proxies.ban(byId('b'), 'h');
  expect(() => choose()).toThrow(
    expect.objectContaining({
      code: 'blocked',
      status: 423,
      retryAfter: 7 * 60,
      members: expect.objectContaining({ vendor: 'cloudflare' }),
    }),
  );
  expect(proxies.hosts()).toEqual([
    {
      host: 'h',
      requests: 1,
      ok: 0,
      blocked: 1,
      bans: [
        { proxy: 'a', until: new Date(1_000_000 + 10 * minute).toISOString() },
        { proxy: 'b', until: new Date(1_000_000 + 13 * minute).toISOString() },
      ],
    },
  ]);
  time.now += 7 * minute;
  expect(choose()).toBe('a');
  proxies.ban(byId('a'), 'h');
  time.now += 10 * minute;
  expect(choose()).toBe('b');
  time.now += 10 * minute;
  expect([choose(), choose()]).toContain('a');
  proxies.record('h', 'ok', byId('a'));
  proxies.ban(byId('a'), 'h');
  time.now += 10 * minute;
  expect([choose(), choose()]).toContain('a');
});

test('bans: never longer than a day, never shorter than ten minutes, and always ending', () => {
  const steps = fc.array(fc.tuple(fc.constantFrom('ban', 'lift'), fc.constantFrom('a', 'b'), fc.nat(30 * 60 * minute)));
  fc.assert(
    fc.property(steps, (list) => {
      const bans = new Bans();
      let now = 0;
      for (const [step, proxy, wait] of list) {
        now += wait;
        const before = bans.of(proxy, 'h', now);
        if (step === 'ban') bans.add(proxy, 'h', undefined, now);
        else bans.lift(proxy, 'h', now);
        const after = bans.of(proxy, 'h', now);
        if (before !== undefined) expect(after).toEqual(before);
        else if (step === 'lift') expect(after).toBeUndefined();
        else {
          const length = (after?.until ?? 0) - now;
          expect(length).toBeGreaterThanOrEqual(10 * minute);
          expect(length).toBeLessThanOrEqual(24 * 60 * minute);
          expect(bans.of(proxy, 'h', now + length)).toBeUndefined();
        }
      }
    }),
  );
});

test('health: whatever happens, somebody welcome is chosen, healthy ones before others', () => {
  const steps = fc.array(
    fc.tuple(fc.constantFrom('fail', 'succeed', 'ban', 'choose'), fc.constantFrom('a', 'b', 'c'), fc.nat(20 * minute)),
  );
  fc.assert(
    fc.property(steps, (list) => {
      const { time, proxies, byId, choose } = pool();
      for (const [step, id, wait] of list) {
        time.now += wait;
        if (step === 'fail') proxies.failed(byId(id), 'x');
        if (step === 'succeed') proxies.succeeded(byId(id), 1);
        if (step === 'ban') proxies.ban(byId(id), 'h');
        const banned = proxies.hosts()[0]?.bans.map(({ proxy }) => proxy) ?? [];
        const welcome = ['a', 'b', 'c'].filter((each) => !banned.includes(each));
        if (welcome.length === 0) {
          expect(choose).toThrow(/turned away/);
          continue;
        }
        const chosen = choose() as string;
        expect(welcome).toContain(chosen);
        const states = new Map(proxies.report().map((each) => [each.id, each.state]));
        if (welcome.some((each) => states.get(each) === 'healthy')) expect(states.get(chosen)).not.toBe('dead');
      }
    }),
  );
});
