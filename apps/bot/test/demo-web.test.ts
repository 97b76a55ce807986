import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoWeb, startDemoWeb } from '../src/demo/web.js';

const start = new Date('2026-03-21T12:00:00Z').getTime();
let clock = start;
let web: DemoWeb;

beforeAll(async () => {
  web = await startDemoWeb({ now: () => new Date(clock) });
});
afterAll(() => web.close());

const get = (path: string, init?: RequestInit) => fetch(`${web.origin}${path}`, init);
const json = async (path: string) => (await get(path)).json() as Promise<Record<string, unknown>>;

it('lists on its first page what it has, and everything listed is there', async () => {
  const html = await (await get('/')).text();
  const links = [...html.matchAll(/href="([^"]+)"/g)].map(([, link = '']) => link.replaceAll('&#38;', '&'));
  expect(links.length).toBeGreaterThan(20);
  const misbehaving = ['/stall', '/cut', '/endless', '/loop', '/slow', '/big.json', '/drip'];
  for (const link of links.filter((each) => !misbehaving.some((path) => each.startsWith(path)))) {
    const expected = { '/flaky': 503, '/failing': 500, '/status/404': 404 }[link] ?? 200;
    expect([link, (await get(link)).status]).toEqual([link, expected]);
  }
});

describe('weather', () => {
  it('finds places by their first letters, whatever the accents, the larger first', async () => {
    const { results } = (await json('/v1/search?name=reykja')) as { results: Array<{ name: string }> };
    expect(results.map(({ name }) => name)).toEqual(['Reykjavík']);
    expect(await json('/v1/search?name=xyzzy')).not.toHaveProperty('results');
    expect((await get('/v1/search')).status).toBe(400);
  });

  it('has the same weather for the same place and hour, in the units asked for', async () => {
    const query =
      '/v1/forecast?latitude=59.437&longitude=24.7535&current=temperature_2m&daily=temperature_2m_max&timezone=auto';
    const forecast = await json(query);
    expect(await json(query)).toEqual(forecast);
    expect(forecast).toMatchObject({
      timezone: 'Europe/Tallinn',
      current_units: { temperature_2m: '°C' },
      current: { time: '2026-03-21T14:00', interval: 900 },
      daily: { time: expect.arrayContaining(['2026-03-21', '2026-03-27']) },
    });
    const american = (await json(`${query}&temperature_unit=fahrenheit`)) as typeof forecast & {
      current: { temperature_2m: number };
    };
    const { temperature_2m: celsius } = forecast.current as { temperature_2m: number };
    expect(american.current.temperature_2m).toBeCloseTo(celsius * 1.8 + 32, 0);
  });

  it('is cold in the north in winter and warm in the south', async () => {
    clock = Date.UTC(2026, 0, 15, 12);
    const at = async (latitude: number) => {
      const { current } = await json(`/v1/forecast?latitude=${latitude}&longitude=20&current=temperature_2m`);
      return (current as { temperature_2m: number }).temperature_2m;
    };
    expect(await at(69)).toBeLessThan(0);
    expect(await at(-34)).toBeGreaterThan(15);
    expect(await at(1)).toBeGreaterThan(20);
    clock = start;
  });

  it.each([
    'latitude=91&longitude=0',
    'latitude=0',
    'latitude=0&longitude=0&current=constructor',
    'latitude=0&longitude=0&timezone=Mars',
  ])('answers 400 with a reason to %s', async (query) => {
    const response = await get(`/v1/forecast?${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: true, reason: expect.any(String) });
  });
});

it('answers 304 while nothing changed, and anew when the clock moved on', async () => {
  for (const path of ['/board', '/feeds/rss.xml', '/feeds/atom.xml']) {
    clock = start;
    const first = await get(path);
    const headers = { 'if-none-match': first.headers.get('etag') ?? '' };
    expect((await get(path, { headers })).status).toBe(304);
    clock = start + 20_000;
    expect((await get(path, { headers })).status).toBe(200);
  }
  clock = start;
});

it('serves real pictures', async () => {
  const bytes = new Uint8Array(await (await get('/pictures/queues.png')).arrayBuffer());
  expect([...bytes.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
});

it('misbehaves as it says', async () => {
  const statuses = [await get('/flaky'), await get('/flaky'), await get('/flaky')].map(({ status }) => status);
  expect(statuses.filter((status) => status === 503)).toHaveLength(2);
  await expect(get('/cut').then((response) => response.text())).rejects.toThrow();
  const big = await (await get('/big.json')).text();
  expect(big.length).toBeGreaterThan(25_000_000);
  expect(JSON.parse(big)).toHaveProperty('items.length', 345_000);
  await expect((await get('/not-json')).json()).rejects.toThrow(SyntaxError);
  expect((await get('/redirect/3')).url).toBe(`${web.origin}/articles/heartbeat`);
});

it('lets go of everything when it is closed, with callers waiting', async () => {
  const other = await startDemoWeb();
  const waiting = ['/stall', '/slow?ms=60000', '/endless'].map((path) =>
    fetch(`${other.origin}${path}`).then((response) => response.text()),
  );
  const settled = Promise.allSettled(waiting);
  await fetch(`${other.origin}/`);
  await other.close();
  expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
});
