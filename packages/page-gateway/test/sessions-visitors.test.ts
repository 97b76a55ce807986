// Sticky visitors: the same proxy, identity and cookies for as long as they are used, over restarts too, and replaced only
// as a whole.
import { expect, test } from 'vitest';
import type { PageRequest } from '../src/core/page-request.js';
import { Identities } from '../src/identity/identities.js';
import { parseProxies } from '../src/proxies/parse.js';
import { Proxies } from '../src/proxies/proxies.js';
import { Visitors, type VisitorsOptions } from '../src/sessions/visitors.js';
import { engine } from './support/engine-browser.js';
import { pageRequest } from './support/page-request.js';

const minute = 60_000;
const lines = ['http://a:1 id=a country=de', 'http://b:1 id=b country=us'];
function desk(options: Partial<VisitorsOptions> & { list?: string[] } = {}) {
  const time = { now: 1_000_000 };
  const { list = lines, ...rest } = options;
  const proxies = new Proxies({ servers: parseProxies(list.join('\n'), 'list'), probeEvery: 0, now: () => time.now });
  const identities = new Identities({ engineBrowser: () => engine });
  const visitors = new Visitors({ proxies, identities, now: () => time.now, ...rest });
  const visit = (change: Partial<PageRequest> = {}, owner = 'key') =>
    visitors.visitorFor(pageRequest('http://h/', change), owner);
  return { time, visitors, visit };
}

function memory() {
  const rows = new Map<string, { state: string; expires: number }>();
  return {
    rows,
    load: (id: string) => rows.get(id)?.state,
    save: (id: string, state: string, expires: number) => void rows.set(id, { state, expires }),
    delete: (id: string) => void rows.delete(id),
  };
}

test('one visitor a name, others for other keys, a new one for each call without a name', async () => {
  const { visit } = desk();
  const one = await visit({ session: 's' });
  expect(await visit({ session: 's' })).toBe(one);
  expect(one).toMatchObject({ id: 's', sticky: true });
  expect(await visit({ session: 's' }, 'other')).not.toBe(one);
  expect(await visit({ session: 't' })).not.toBe(one);
  const [two, three] = [await visit(), await visit()];
  expect(two.sticky).toBe(false);
  expect(three.cookies).not.toBe(two.cookies);
  expect(three.identity.id).not.toBe(two.identity.id);
});

test('fifteen minutes without use, and it is another', async () => {
  const { time, visit } = desk();
  const one = await visit({ session: 's' });
  time.now += 14 * minute;
  expect(await visit({ session: 's' })).toBe(one);
  time.now += 14 * minute;
  expect(await visit({ session: 's' })).toBe(one);
  time.now += 15 * minute;
  expect(await visit({ session: 's' })).not.toBe(one);
});

test('another country is another visitor as a whole; nothing else changes who he is', async () => {
  const { visit } = desk();
  const one = await visit({ session: 's', country: 'de' });
  expect(one.proxy?.id).toBe('a');
  expect(one.identity.locale).toBe('de-DE');
  expect(await visit({ session: 's' })).toBe(one);
  expect(await visit({ session: 's', country: 'DE' })).toBe(one);
  const two = await visit({ session: 's', country: 'us' });
  expect(two.proxy?.id).toBe('b');
  expect(two.cookies).not.toBe(one.cookies);
  expect(two.identity.id).not.toBe(one.identity.id);
  for (const change of [{ device: 'mobile' }, { locale: 'fr-FR' }, { browser: 'firefox' }] as const)
    expect(await visit({ session: 's', ...change })).toBe(two);
});

test('what signed in by plain HTTP keeps its cookies and proxy in the browser, as the browser that it is', async () => {
  const { visit } = desk();
  const one = await visit({ session: 's' });
  one.cookies.setCookie('sid=1', 'http://h/');
  const two = await visit({ session: 's', render: 'auto' });
  expect(two.identity.userAgent).toBe(engine.userAgent);
  expect([two.proxy, two.cookies]).toEqual([one.proxy, one.cookies]);
  expect(two.cookies).toBe(one.cookies);
  expect(await visit({ session: 's', render: true })).toBe(two);
  expect(await visit({ session: 's' })).toBe(two);
});

test('dropped or scored down: another as a whole under the same name', async () => {
  const { visit, visitors } = desk();
  const one = await visit({ session: 's' });
  visitors.drop(one);
  const two = await visitors.visitorFor(
    pageRequest('http://h/', { session: 's' }),
    'key',
    new Set([one.proxy?.id ?? '']),
  );
  expect(two.proxy?.id).not.toBe(one.proxy?.id);
  expect(two.identity.id).not.toBe(one.identity.id);
  expect(two.cookies).not.toBe(one.cookies);
  visitors.drop(one);
  expect(await visit({ session: 's' })).toBe(two);
  visitors.drop(two);
  const three = await visit({ session: 's' });
  expect(three).not.toBe(two);
  visitors.score(three, true);
  for (let time = 0; time < 3; time++) visitors.score(three, false);
  expect(await visit({ session: 's' })).toBe(three);
  visitors.score(three, false);
  expect(await visit({ session: 's' })).not.toBe(three);
});

test('over a restart: the same proxy, identity and cookies', async () => {
  const store = memory();
  const before = desk({ store });
  const one = await before.visit({ session: 's', country: 'us' });
  one.cookies.setCookie('sid=1; Path=/', 'http://h/');
  before.visitors.close();
  const after = desk({ store });
  const again = await after.visit({ session: 's' });
  expect(again.proxy?.id).toBe('b');
  expect(again.identity.id).toBe(one.identity.id);
  expect(again.identity.headersFor(new URL('https://h/'))).toEqual(one.identity.headersFor(new URL('https://h/')));
  expect(again.cookies.getCookieString('http://h/')).toBe('sid=1');
  expect([...store.rows.values()][0]?.expires).toBe(1_000_000 + 15 * minute);
});

test('without its proxy, or unreadable, what was written is nobody', async () => {
  const store = memory();
  const before = desk({ store });
  const one = await before.visit({ session: 's', country: 'us', device: 'mobile' });
  one.cookies.setCookie('sid=1; Path=/', 'http://h/');
  before.visitors.close();
  const after = desk({ store, list: ['http://a:1 id=a country=de'] });
  const two = await after.visit({ session: 's' });
  expect(two.proxy?.id).toBe('a');
  expect([one.identity.mobile, two.identity.mobile]).toEqual([true, false]);
  expect(two.cookies.getCookieString('http://h/')).toBe('');
  store.save('key\nt', '{"version":1', 0);
  expect((await after.visit({ session: 't' })).sticky).toBe(true);
});

test('so many are kept, those used longest ago go first', async () => {
  const { visit, visitors } = desk({ limit: 3 });
  const one = await visit({ session: '1' });
  for (const session of ['2', '3']) await visit({ session });
  expect(await visit({ session: '1' })).toBe(one);
  for (const session of ['4', '5']) await visit({ session });
  expect(visitors.report().map(({ session }) => session)).toEqual(['5', '4', '1']);
});

test('a person who has taken over keeps others out; turns are in order and end with their signal', async () => {
  const { visit, visitors } = desk();
  const one = await visit({ session: 's' });
  const giveBack = await visitors.handOff(one);
  await expect(visit({ session: 's' })).rejects.toThrow(expect.objectContaining({ code: 'session_busy', status: 409 }));
  await giveBack();
  expect(await visit({ session: 's' })).toBe(one);
  const { signal } = new AbortController();
  const first = await visitors.lease(one, 0, signal);
  const order: string[] = [];
  const ending = new AbortController();
  const waiting = [
    visitors.lease(one, 5_000, signal).then((release) => {
      order.push('second');
      release();
    }),
    visitors.lease(one, 5_000, ending.signal).catch((reason) => order.push(reason)),
    visitors.lease(one, 1, signal).catch(({ code }) => order.push(code)),
    visitors.lease(one, 5_000, signal).then((release) => {
      order.push('last');
      release();
    }),
  ];
  ending.abort('gone');
  await waiting[2];
  first();
  await Promise.all(waiting);
  expect(order).toEqual(['gone', 'session_busy', 'second', 'last']);
  const again = await visitors.lease(one, 0, signal);
  again();
});

test('begun by several calls at once: one visitor', async () => {
  const { visit } = desk();
  const [one, ...others] = await Promise.all(Array.from({ length: 5 }, () => visit({ session: 's' })));
  for (const other of others) expect(other).toBe(one);
});

test('in a person’s hands he is not forgotten, however long it takes and whoever else comes', async () => {
  const store = memory();
  const { visit, visitors, time } = desk({ store, limit: 2 });
  const one = await visit({ session: 's' });
  const giveBack = await visitors.handOff(one);
  time.now += 16 * minute;
  for (const session of ['2', '3', '4']) await visit({ session });
  await expect(visit({ session: 's' })).rejects.toMatchObject({ code: 'session_busy' });
  one.cookies.setCookie('clearance=1', 'http://h/');
  await giveBack();
  expect(await visit({ session: 's' })).toBe(one);
  visitors.close();
  expect(store.rows.get('key\ns')?.state).toContain('clearance');
});
