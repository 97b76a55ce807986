// The plain engine over real servers: whom it goes as, what it sends along, what it brings back, and where it does not go.
import { CookieJar } from 'errand';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Fetched, Visit } from '../src/core/engine.js';
import type { PageRequest } from '../src/core/page-request.js';
import type { Visitor } from '../src/core/visitor.js';
import { HttpEngine } from '../src/http/http-engine.js';
import { openTargets } from '../src/http/targets.js';
import { Identities } from '../src/identity/identities.js';
import { pageHtml, startOrigin } from './support/origin.js';
import { pageRequest } from './support/page-request.js';

const session = openTargets({ allow: ['127.0.0.1'] });
const engine = new HttpEngine({ session });
const identities = new Identities();
let origin: Awaited<ReturnType<typeof startOrigin>>;
beforeAll(async () => {
  origin = await startOrigin();
});
afterAll(async () => {
  await session.close({ grace: 0 });
  await origin[Symbol.asyncDispose]();
});

function visitor(): Visitor {
  const identity = identities.draw({ device: 'desktop', browser: 'chrome', locale: 'de-DE', mayRender: false });
  return { id: 'v', sticky: false, proxy: undefined, identity, cookies: new CookieJar() };
}

function visit(path: string, change: Partial<PageRequest> = {}, more: Partial<Visit> = {}): Promise<Fetched> {
  const request = pageRequest(path.includes('://') ? path : `${origin.url}${path}`, change);
  const signal = new AbortController().signal;
  return engine.visit({ request, visitor: visitor(), signal, timeout: 5_000, beforeHop: async () => {}, ...more });
}

function echoed({ body }: Fetched): {
  method: string;
  body: string;
  rawHeaders: string[];
  headers: Record<string, string>;
} {
  return JSON.parse(Buffer.from(body).toString());
}

test('goes as its visitor, in the order of its identity', async () => {
  const who = visitor();
  const { rawHeaders } = echoed(await visit('/echo', {}, { visitor: who }));
  const pairs = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1]]] : []));
  const own = pairs.filter(([name]) => !['host', 'connection'].includes((name as string).toLowerCase()));
  expect(own).toEqual(who.identity.headersFor(new URL(origin.url)));
});

test('the caller’s fields stand where the browser has them; cookies and referer go along', async () => {
  const headers = [
    ['accept-language', 'fr'],
    ['X-Own', '1'],
  ] as const;
  const said = echoed(await visit('/echo', { headers, cookies: 'a=1; b=2', referer: 'https://from.example/' }));
  expect(said.headers).toMatchObject({
    'accept-language': 'fr',
    'x-own': '1',
    cookie: 'a=1; b=2',
    referer: 'https://from.example/',
  });
  const names = said.rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
  expect(names.indexOf('accept-language')).toBeLessThan(names.indexOf('x-own'));
});

test.each(['Connection', 'host', 'Transfer-Encoding', 'Proxy-Authorization', 'Content-Length', 'TE'])(
  '%s cannot be forwarded',
  async (name) => {
    await expect(visit('/echo', { headers: [[name, 'x']] })).rejects.toMatchObject({
      code: 'bad_parameter',
      message: expect.stringContaining(name),
    });
  },
);

test('what is no header is a bad parameter, not a fault of ours', async () => {
  await expect(visit('/echo', { headers: [['x-a', 'a\r\nb: c']] })).rejects.toMatchObject({ code: 'bad_parameter' });
  await expect(visit('/echo', { headers: [['x a', 'b']] })).rejects.toMatchObject({ code: 'bad_parameter' });
});

test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s with a body', async (method) => {
  const body = { bytes: Buffer.from('{"a":1}'), contentType: 'application/json' };
  const said = echoed(await visit('/echo', { method, body }));
  expect(said).toMatchObject({ method, body: '{"a":1}' });
  expect(said.headers['content-type']).toBe('application/json');
});

test('fields in the order of the wire, cookies apart, the body unpacked', async () => {
  const { headers, body, status, engine: name } = await visit('/packed');
  expect([name, status, Buffer.from(body).toString()]).toEqual(['http', 200, pageHtml]);
  expect(headers.map(([field]) => field).slice(0, 2)).toEqual(['content-type', 'content-encoding']);
});

test('every hop is asked for beforehand, cookies of one are sent with the next', async () => {
  const hops: string[] = [];
  const beforeHop = async (url: URL) => void hops.push(url.pathname);
  const { url, history } = await visit('/to?url=/cookie-wall', {}, { beforeHop });
  expect(hops).toEqual(['/to', '/cookie-wall', '/cookie-wall']);
  expect(url).toBe(`${origin.url}/cookie-wall`);
  expect(history.map(({ status }) => status)).toEqual([302, 302]);
});

test('what is said before a hop ends the try there', async () => {
  const no = new Error('no');
  const before = origin.asked.length;
  const beforeHop = async ({ pathname }: URL) => {
    if (pathname === '/page') throw no;
  };
  await expect(visit('/to?url=/page', {}, { beforeHop })).rejects.toBe(no);
  expect(origin.asked.length).toBe(before + 1);
});

test('redirects are left alone where they are not wanted', async () => {
  expect((await visit('/to', { followRedirect: false })).status).toBe(302);
});

test('too long is an error, or cut', async () => {
  await expect(visit('/big?bytes=5000', { maxBytes: 4999 })).rejects.toMatchObject({ code: 'ERRAND_BODY_TOO_LARGE' });
  const cut = await visit('/big?bytes=5000', { maxBytes: 4999, truncate: true });
  expect([cut.body.length, cut.truncated]).toEqual([4999, true]);
  const whole = await visit('/big?bytes=5000', { maxBytes: 5000, truncate: true });
  expect([whole.body.length, whole.truncated]).toEqual([5000, false]);
  expect(cut.headers).toEqual(expect.arrayContaining([['content-type', 'text/html; charset=utf-8']]));
});

test('nowhere private, by name, by address, by redirect', async () => {
  const refused = { code: 'ERRAND_BLOCKED_ADDRESS' };
  for (const url of ['http://localhost:1/', 'http://[::1]:1/', 'http://10.0.0.1/', 'http://169.254.169.254/latest'])
    await expect(visit(url)).rejects.toMatchObject(refused);
  await expect(visit(`/to?url=${encodeURIComponent('http://10.0.0.1/')}`)).rejects.toMatchObject(refused);
});

test('an abort ends it', async () => {
  const ending = new AbortController();
  const under = visit('/silent', {}, { signal: ending.signal });
  setImmediate(() => ending.abort(new Error('gone')));
  await expect(under).rejects.toMatchObject({ code: 'ERRAND_ABORTED' });
});
