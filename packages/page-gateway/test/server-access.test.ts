// Who may call: the key in every way it may come, what each scope opens, and what happens with no key at all.
import { request as httpRequest } from 'node:http';
import { expect, test } from 'vitest';
import { keyedDoor, problemIn, startServer } from './support/http-server.js';

const target = encodeURIComponent('https://example.com/');

test.each([
  ['auth_key', '&auth_key=good', {}],
  ['key', '&key=good', {}],
  ['api_key', '&api_key=good', {}],
  ['token', '&token=good', {}],
  ['a bearer', '', { authorization: 'Bearer good' }],
  ['a bearer in small letters', '', { authorization: 'bearer good' }],
  ['X-API-Key', '', { 'x-api-key': 'good' }],
  ['X-Gateway-Auth-Key', '', { 'x-gateway-auth-key': 'good' }],
  ['the same in two ways', '&key=good', { 'x-api-key': 'good' }],
])('the key comes by %s', async (_name, query, headers) => {
  await using started = await startServer({ keys: keyedDoor({ good: [] }) });
  const response = await fetch(`${started.base}/v1/page?url=${target}${query}`, { headers });
  expect(response.status).toBe(200);
});

test('no key, a wrong one, and two that differ', async () => {
  await using started = await startServer({ keys: keyedDoor({ good: [], other: [] }) });
  const none = await fetch(`${started.base}/?url=${target}`);
  expect(none.headers.get('www-authenticate')).toContain('Bearer');
  expect(await problemIn(none)).toMatchObject({ code: 'bad_key', status: 401 });
  for (const path of ['/', '/v1/page', '/v1/usage', '/v1/proxies', '/v1/hosts']) {
    expect(await problemIn(await fetch(`${started.base}${path}?key=wrong`))).toMatchObject({ code: 'bad_key' });
  }
  const two = await fetch(`${started.base}/?url=${target}&key=good`, { headers: { 'x-api-key': 'other' } });
  expect(await problemIn(two)).toMatchObject({ code: 'bad_parameter', parameter: 'auth_key' });
  const names = await fetch(`${started.base}/?url=${target}&key=good&token=other`);
  expect(await problemIn(names)).toMatchObject({ code: 'bad_parameter' });
});

test('a stranger is told so before its body is read', async () => {
  await using started = await startServer({ keys: keyedDoor({ good: [] }) });
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const call = httpRequest(`${started.base}/?url=${target}`, {
      method: 'POST',
      headers: { 'content-length': '5000000' },
    });
    call.on('response', (response) => {
      resolve(response.statusCode);
      call.destroy();
    });
    call.on('error', reject);
    call.write('the first of many bytes');
  });
  expect(status).toBe(401);
});

test('what is for admins asks for the scope', async () => {
  const keys = keyedDoor({ plain: [], boss: ['admin'] });
  await using started = await startServer({ keys, proxies: { report: () => ({ proxies: [{ id: 'p' }] }) } });
  for (const path of ['/v1/proxies', '/v1/hosts']) {
    expect(await problemIn(await fetch(`${started.base}${path}?key=plain`))).toMatchObject({
      code: 'scope',
      status: 403,
    });
  }
  expect(await (await fetch(`${started.base}/v1/proxies?key=boss`)).json()).toEqual({ proxies: [{ id: 'p' }] });
  expect(await (await fetch(`${started.base}/v1/hosts?key=boss`)).json()).toEqual({ hosts: [] });
  expect(await (await fetch(`${started.base}/v1/usage?key=plain`)).json()).toEqual({ name: 'name-plain' });
});

test('without keys a foreign name that leads here is refused', async () => {
  await using started = await startServer();
  const asked = (host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      httpRequest(`${started.base}/?url=${target}`, { headers: { host } }, (response) => {
        resolve(response.resume().statusCode);
      })
        .on('error', reject)
        .end();
    });
  for (const host of ['localhost:1', '127.0.0.1', '[::1]:80', 'gateway', 'a.localhost'])
    expect(await asked(host)).toBe(200);
  expect(await asked('rebound.example')).toBe(401);
});

test('no key, password or cookie is ever in the log', async () => {
  const { Problem } = await import('../src/core/problem.js');
  await using started = await startServer({
    keys: keyedDoor({ 'pgk_hush-1': [] }),
    answer: async ({ url }) => {
      if (url.includes('problem')) throw new Problem('upstream', 'http://user:hush-2@proxy.example said no');
      throw new Error('went through http://user:hush-2@proxy.example/?token=hush-3', {
        cause: new Error('Bearer hush-4hush'),
      });
    },
  });
  const secret = encodeURIComponent('https://user:hush-5@example.com/?api_key=hush-6&page=7');
  const problem = encodeURIComponent('https://example.com/problem');
  const headers = { cookie: 'session=hush-7', 'x-forward-authorization': 'hush-8' };
  await fetch(`${started.base}/?url=${secret}&auth_key=pgk_hush-1&cookies=a%3Dhush-9&use_headers=1`, { headers });
  await fetch(`${started.base}/?url=${problem}`, { headers: { authorization: 'Bearer pgk_hush-1' } });
  await fetch(`${started.base}/?url=${problem}&key=hush-10`);
  await fetch(`${started.base}/nowhere?key=hush-11`);
  await fetch(`${started.base}/%zz?key=hush-12`);
  await expect.poll(() => started.lines.length).toBeGreaterThanOrEqual(5);
  const log = started.lines.join('');
  expect(log).toContain('https://example.com/?api_key=***&page=7');
  expect(log).toContain('name-pgk_***');
  expect(log).not.toContain('hush');
});
