// What the dashboard is told: calls with every try as they happen, and how all rooms are, without anything secret.
import { expect, test } from 'vitest';
import { Minutes } from '../src/dashboard/minutes.js';
import type { Call, State } from '../src/dashboard/protocol.js';
import { Looker, service } from './support/dashboard.js';
import { startProxy } from './support/forward-proxy.js';
import { page, site } from './support/site.js';

test('a call is told step by step, with its ladder', async () => {
  let open = () => {};
  const held = new Promise<void>((resolve) => {
    open = resolve;
  });
  const target = await site(async (request, response) => {
    await held;
    page(request, response);
  });
  const { url, page: get } = await service();
  const events = new Looker(url).events();
  expect(await events.next()).toMatchObject({ value: { event: 'calls', data: [] } });
  const answered = get(`${target.url}/a?token=hidden`);
  const seen: Call[] = [];
  for await (const { event, data, text } of events) {
    if (event !== 'changed') continue;
    expect(text).not.toContain('hidden');
    seen.push(...(data as Call[]));
    open();
    if (seen.at(-1)?.ended !== undefined) break;
  }
  expect(seen[0]).toMatchObject({ key: 'open', method: 'GET', attempts: [] });
  expect(seen[0]).not.toHaveProperty('ended');
  const { ended, attempts, id } = seen.at(-1) as Call;
  expect(ended).toMatchObject({ code: 'ok', cache: 'miss' });
  expect(attempts).toMatchObject([{ engine: 'http', status: 200, verdict: 'page' }]);
  expect((await answered).headers.get('x-gateway-request-id')).toBe(id);
});

test('the state tells of every room, and of no credentials, cookies or keys', async () => {
  const target = await site((request, response) => {
    response.setHeader('set-cookie', 'sid=cookie-value');
    page(request, response);
  });
  await using proxy = await startProxy('p1');
  const line = proxy.line.replace('http://', 'http://someone:very-secret@');
  const { url, page: get, key, gateway } = await service({ proxies: [`${line} country=de`] });
  const secret = await key('boss', ['admin']);
  const auth = { authorization: `Bearer ${secret}` };
  expect((await get(`${target.url}/a`, { session: 'basket' }, auth)).status).toBe(200);
  const made = await fetch(`${url}/v1/jobs`, {
    method: 'POST',
    headers: { ...auth, 'content-type': 'application/json' },
    body: JSON.stringify({ urls: [`${target.url}/1`, `${target.url}/2`] }),
  });
  const { id } = (await made.json()) as { id: string };
  const looker = new Looker(url);
  await looker.signIn(secret);
  let state: State | undefined;
  for await (const { event, data, text } of looker.events()) {
    if (event !== 'state') continue;
    for (const hidden of ['very-secret', 'cookie-value', secret.slice(4), 'callback_secret'])
      expect(text).not.toContain(hidden);
    state = data as State;
    if (state.jobs[0]?.state === 'finished') break;
  }
  expect(state).toMatchObject({
    browser: null,
    renderingOff: expect.any(String),
    queue: { queued: 0, running: 0 },
    proxies: [{ id: 'p1', state: 'healthy', labels: { country: 'de' } }],
    sessions: { total: 1, list: [{ session: 'basket', proxy: 'p1', cookies: 1 }] },
    keys: { total: 1, list: [{ name: 'boss', scopes: ['admin'], quota: { used: 3 } }] },
    jobs: [{ id, key: 'boss', total: 2, done: 2 }],
    tickets: [],
  });
  expect(state?.hosts.list).toMatchObject([{ host: new URL(target.url).host, requests: 3, ok: 3 }]);
  expect(state?.minutes.reduce((sum, { requests }) => sum + requests, 0)).toBe(3);
  await gateway.close({ grace: 0 });
});

test('minutes count what ended in them, forget after an hour, and know about how long it took', () => {
  const minutes = new Minutes();
  const now = 1_800_000_000_000;
  for (let ms = 1; ms <= 100; ms++) minutes.add(ms * 10, ms > 90, now);
  const last = minutes.list(now).at(-1);
  expect(last).toMatchObject({ at: now / 1000, requests: 100, failures: 10 });
  expect(last?.median).toBeGreaterThan(450);
  expect(last?.median).toBeLessThan(560);
  expect(last?.slow).toBeGreaterThan(860);
  expect(last?.slow).toBeLessThan(1050);
  expect(minutes.list(now + 59 * 60_000)[0]).toMatchObject({ requests: 100 });
  const later = minutes.list(now + 60 * 60_000);
  expect(later).toHaveLength(60);
  expect(later.every(({ requests, median }) => requests === 0 && median === null)).toBe(true);
});

test('a page that is tried is answered as at /v1/page, on the key of whoever looks', async () => {
  const target = await site();
  const { url, key, gateway } = await service();
  const secret = await key('boss', ['admin']);
  const looker = new Looker(url);
  await looker.signIn(secret);
  const good = await looker.post('try', { parameters: { url: `${target.url}/a`, format: 'text' } });
  expect(good.status).toBe(200);
  expect(good.headers.get('x-gateway-engine')).toBe('http');
  expect(good.headers.get('content-type')).toMatch(/^text\/plain/);
  expect(await good.text()).toContain('Page /a');
  const wrong = await looker.post('try', { parameters: { url: `${target.url}/a`, formt: 'text' } });
  expect(wrong.status).toBe(400);
  expect(await wrong.json()).toMatchObject({ code: 'bad_parameter', parameter: 'formt' });
  const ignoring = await looker.post('try', { parameters: { url: `${target.url}/a`, robots: 'ignore' } });
  expect(ignoring.status).toBe(403);
  const hidden = await looker.post('try', { parameters: { url: 'http://10.0.0.1/' } });
  expect(await hidden.json()).toMatchObject({ code: 'target_forbidden' });
  const usage = await fetch(`${url}/v1/usage`, { headers: { authorization: `Bearer ${secret}` } });
  expect(await usage.json()).toMatchObject({ quota: { used: 2 } });
  await gateway.close({ grace: 0 });
});
