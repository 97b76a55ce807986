// Who sees the dashboard, and whose questions it takes: only those who signed in with an admin's key, asked by its own page.
import { request } from 'node:http';
import { afterEach, expect, test, vi } from 'vitest';
import { Looker, service } from './support/dashboard.js';

afterEach(() => {
  vi.useRealTimers();
});

test('without keys nobody has to sign in, but only this machine is served, and by no name of somebody else', async () => {
  const { url, gateway } = await service();
  const looker = new Looker(url);
  expect(await looker.me()).toMatchObject({ open: true, name: 'open' });
  const status = await new Promise<number | undefined>((resolve) => {
    const headers = { host: 'rebound.example', 'x-page-gateway-dashboard': '1' };
    request({ port: gateway.port, path: '/dashboard/parameters', headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).end();
  });
  expect(status).toBe(401);
});

test("with keys an admin's key signs in, for a cookie that scripts and other sites do not get and that holds no key", async () => {
  const { url, key } = await service();
  const [admin, other] = [await key('boss', ['admin']), await key('caller')];
  const looker = new Looker(url);
  expect(await looker.me()).toEqual({ open: false, name: null, version: expect.any(String) });
  for (const path of ['events', 'parameters', 'tickets/x/picture']) expect((await looker.ask(path)).status).toBe(401);
  for (const path of ['try', 'jobs/x/cancel', 'tickets/x/acts', 'tickets/x/solved', 'tickets/x/dismiss'])
    expect((await looker.post(path)).status).toBe(401);
  expect((await looker.signIn('pgk_wrong')).status).toBe(401);
  expect((await looker.signIn(other)).status).toBe(403);
  expect(await looker.me()).toMatchObject({ name: null });
  const entered = await looker.signIn(admin);
  expect(entered.status).toBe(200);
  const cookie = entered.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
  expect(cookie).toMatch(/Max-Age=43200/);
  expect(cookie).not.toContain(admin.slice(4, 20));
  expect(await looker.me()).toMatchObject({ name: 'boss' });
  const secure = await looker.post('sign-in', { key: admin }, { 'x-forwarded-proto': 'https' });
  expect(secure.headers.get('set-cookie')).toContain('Secure');
});

test('a cookie that was changed, is too old, was signed out, or whose key was revoked opens nothing', async () => {
  const { url, key, gateway } = await service();
  const admin = await key('boss', ['admin']);
  const looker = new Looker(url);
  await looker.signIn(admin);
  const good = looker.cookie;
  looker.cookie = good.replace(/\.\d{13}\./, '.9999999999999.');
  expect(looker.cookie).not.toBe(good);
  expect(await looker.me()).toMatchObject({ name: null });
  looker.cookie = good;
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 12 * 3_600_000 + 1000 });
  expect(await looker.me()).toMatchObject({ name: null });
  vi.useRealTimers();
  expect(await looker.me()).toMatchObject({ name: 'boss' });
  const left = await looker.post('sign-out');
  expect(left.headers.get('set-cookie')).toMatch(/^page_gateway_dashboard=;.*(Max-Age=0|1970)/);
  expect(await looker.me()).toMatchObject({ name: null });
  await looker.signIn(admin);
  await gateway.rooms.keys.revoke('boss');
  expect(await looker.me()).toMatchObject({ name: null });
});

test('who signed in stays so when the service starts anew', async () => {
  const first = await service();
  const looker = new Looker(first.url);
  await looker.signIn(await first.key('boss', ['admin']));
  await first.gateway.close({ grace: 0 });
  const again = new Looker((await service({ data: first.data })).url);
  again.cookie = looker.cookie;
  expect(await again.me()).toMatchObject({ name: 'boss' });
});

test('questions that another site could make a browser ask are refused', async () => {
  const { url, key } = await service();
  const looker = new Looker(url);
  await looker.signIn(await key('boss', ['admin']));
  const cookie = looker.cookie;
  const asked = (headers: Record<string, string>) =>
    fetch(`${url}/dashboard/sign-out`, { method: 'POST', headers: { cookie, ...headers } }).then(
      ({ status }) => status,
    );
  const own = { 'x-page-gateway-dashboard': '1' };
  expect(await asked({})).toBe(403);
  expect(await asked({ ...own, origin: 'https://evil.example' })).toBe(403);
  expect(await asked({ ...own, origin: 'null' })).toBe(403);
  expect(await asked({ ...own, 'sec-fetch-site': 'same-site' })).toBe(403);
  expect(await looker.me()).toMatchObject({ name: 'boss' });
  expect(await asked({ ...own, origin: url, 'sec-fetch-site': 'same-origin' })).toBe(200);
});

test('who guesses keys is slowed down', async () => {
  const { url, key } = await service();
  const admin = await key('boss', ['admin']);
  const looker = new Looker(url);
  for (let turn = 0; turn < 10; turn++) expect((await looker.signIn(`pgk_${turn}`)).status).toBe(401);
  const refused = await looker.signIn(admin);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
});

test('the page runs only files of its own, is framed by nobody, and shows nothing to a machine', async () => {
  const { url } = await service();
  const answer = await fetch(`${url}/`, { headers: { accept: 'text/html' } });
  expect(answer.status).toBe(200);
  const policy = answer.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe');
  const html = await answer.text();
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bon\w+=|https?:\/\//);
  const [, script] = /<script[^>]*src="([^"]+)"/.exec(html) ?? [];
  const file = await fetch(url + script);
  expect(file.headers.get('content-type')).toMatch(/javascript/);
  expect(file.headers.get('cache-control')).toContain('immutable');
  expect((await fetch(`${url}/dashboard/assets/..%2f..%2findex.js`)).status).toBe(404);
  expect((await fetch(`${url}/`, { headers: { accept: 'application/json' } })).status).toBe(400);
});
