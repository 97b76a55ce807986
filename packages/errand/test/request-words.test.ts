// What a call says is what the server hears: bodies of every kind, queries, base URLs, headers and secrets by origin,
// progress, links and signals; and what makes no sense is a TypeError at the call.
import { getEventListeners } from 'node:events';
import { Readable } from 'node:stream';
import { AbortError, ErrandError, Session } from 'errand';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serve, type TestServer } from './support/server.js';

interface Heard {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}

let server: TestServer;
let other: TestServer;
let session: Session;
const echo = () =>
  serve(async (request, response) => {
    const pieces: Buffer[] = [];
    try {
      for await (const piece of request) pieces.push(piece as Buffer);
    } catch {
      return; // The caller left in the middle of its body.
    }
    const to = new URL(request.url as string, 'http://x').searchParams.get('to');
    if (to !== null) response.writeHead(307, { location: to }).end();
    else if (request.url === '/links')
      response
        .writeHead(200, { link: '</p?page=2>; rel="next last"; title="a, b", <https://x.test/>; rel=help' })
        .end();
    else {
      const { method, url, headers } = request;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(pieces).toString() }));
    }
  });
beforeAll(async () => {
  server = await echo();
  other = await echo();
  session = new Session({ guard: false, retry: false });
});
afterAll(async () => {
  await session.close({ grace: 0 });
  await server[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
});
const post = (options: Parameters<Session['post']>[1]) => session.post(server.url, options).json<Heard>();

describe('bodies', () => {
  const bytes = Buffer.from('abc');
  it.each<[string, () => unknown, string | undefined, string | undefined]>([
    ['text', () => 'abc', '3', 'text/plain;charset=UTF-8'],
    ['bytes', () => new Uint8Array(bytes), '3', undefined],
    ['a buffer', () => new Uint8Array(bytes).buffer, '3', undefined],
    ['a view of a part', () => Buffer.from('xabcx').subarray(1, 4), '3', undefined],
    ['a Blob', () => new Blob(['abc'], { type: 'text/x' }), '3', 'text/x'],
    ['a Readable', () => Readable.from([bytes]), undefined, undefined],
    ['a web stream', () => new Blob(['abc']).stream(), undefined, undefined],
    ['an iterable of text', () => (async function* () { yield 'a'; yield 'bc'; })(), undefined, undefined],
    ['a function', () => () => Readable.from([bytes]), undefined, undefined],
    ['a function that promises', () => async () => 'abc', undefined, undefined],
  ])('%s', async (_, body, length, type) => {
    const heard = await post({ body: body() as string });
    expect(heard.body).toBe('abc');
    expect(heard.headers['content-length']).toBe(length);
    expect(heard.headers['content-type']).toBe(type);
    if (length === undefined) expect(heard.headers['transfer-encoding']).toBe('chunked');
  }); // biome-ignore format: a table

  it('FormData is streamed in parts, with a boundary of its own each time, and sent again by a redirect', async () => {
    const form = new FormData();
    form.set('text', 'a\nb');
    form.set('quo"ted', new File(['file'], 'n"a.txt', { type: 'text/x' }));
    const [one, two] = [
      await post({ body: form }),
      await session.post(`${server.url}/?to=/`, { body: form }).json<Heard>(),
    ];
    const boundary = (heard: Heard) => /boundary=(.+)/.exec(heard.headers['content-type'] as string)?.[1] as string;
    expect(boundary(one)).not.toBe(boundary(two));
    for (const heard of [one, two]) {
      expect(Number(heard.headers['content-length'])).toBe(Buffer.byteLength(heard.body));
      expect(heard.body.split(`--${boundary(heard)}`)).toHaveLength(4);
      expect(heard.body).toContain('name="text"\r\n\r\na\r\nb\r\n');
      expect(heard.body).toContain('name="quo%22ted"; filename="n%22a.txt"\r\nContent-Type: text/x\r\n\r\nfile\r\n');
    }
  });

  it.each<[string, Parameters<Session['post']>[1]]>([
    ['two bodies', { json: 1, body: 'a' }],
    ['a form that is FormData', { form: new FormData() as unknown as Record<string, string> }],
    ['a form of objects', { form: { a: {} } as unknown as Record<string, string> }],
    ['JSON that is none', { json: 1n }],
    ['a body that is none', { body: 12 as unknown as string }],
    ['another length than the body has', { body: 'abc', headers: { 'content-length': '4' } }],
    ['a length without a body', { headers: { 'content-length': '4' } }],
    ['a query that is a Map', { query: new Map() as unknown as Record<string, string> }],
    ['a query of objects', { query: { a: {} as string } }],
    ['a signal that is none', { signal: {} as AbortSignal }],
    ['two kinds of credentials', { credentials: { bearer: 'a', basic: { username: 'a', password: 'b' } } }],
  ])('%s: TypeError at the call', (_, options) => {
    expect(() => session.post(server.url, options)).toThrow(TypeError);
  });

  it('one that fails is told as such, and the host is not blamed', async () => {
    const body = async function* () {
      yield 'abc';
      throw new Error('the disk is gone');
    };
    const error = await post({ body: body() }).catch((reason) => reason);
    expect(error).toBeInstanceOf(ErrandError);
    expect(error).toMatchObject({ retryable: false, cause: { message: 'the disk is gone' } });
    const form = await post({ body: () => new FormData() }).catch((reason) => reason);
    expect(form.message).toContain('FormData');
  });
});

it('queries are appended: lists by name, nothing for null, what is there stays', async () => {
  const query = { q: 'a b&c', n: 1, yes: true, none: null, left: undefined, tag: ['x', 'y'] };
  const { url } = await session.get(`${server.url}/p?old=%20#part`, { query }).json<Heard>();
  expect(url).toBe('/p?old=%20&q=a+b%26c&n=1&yes=true&tag=x&tag=y');
  expect((await session.get(`${server.url}/p`, { query: new URLSearchParams('a=1') }).json<Heard>()).url).toBe(
    '/p?a=1',
  );
});

describe('origins', () => {
  const sessionAt = (baseUrl: string) =>
    new Session({
      guard: false,
      retry: false,
      baseUrl,
      headers: { 'x-own': 'own' },
      credentials: { [server.url]: { bearer: 'secret' } },
    });

  it('relative URLs are resolved against baseUrl, and lead to no other origin', async () => {
    await using based = sessionAt(`${server.url}/v1/`);
    expect((await based.get('items').json<Heard>()).url).toBe('/v1/items');
    expect((await based.get('/items').json<Heard>()).url).toBe('/items');
    for (const url of [`//localhost:${server.port}/`, `\\\\localhost:${server.port}/`])
      expect(() => based.get(url)).toThrow(TypeError);
    expect(() => session.get('/relative')).toThrow(TypeError);
  });

  it('headers and secrets go to their own, directly and by redirects', async () => {
    await using based = sessionAt(server.url);
    expect((await based.get('/').json<Heard>()).headers).toMatchObject({
      'x-own': 'own',
      authorization: 'Bearer secret',
    });
    for (const url of [other.url, `${server.url}/?to=${other.url}`]) {
      const { headers } = await based.get(url, { headers: url === other.url ? {} : { 'x-call': 'a' } }).json<Heard>();
      expect(headers['x-own'] ?? headers.authorization ?? headers['x-call']).toBeUndefined();
    }
    expect((await based.get('/', { credentials: false }).json<Heard>()).headers.authorization).toBeUndefined();
  });

  it('userinfo becomes Basic credentials, and is shown nowhere', async () => {
    const response = await session.get(server.url.replace('//', '//us%40er:pass@'));
    expect((await response.json<Heard>()).headers.authorization).toBe(`Basic ${btoa('us@er:pass')}`);
    expect(response.url).not.toContain('pass');
  });
});

it('progress is told both ways', async () => {
  const told: Array<{ direction: string; bytes: number; total: number | undefined }> = [];
  const body = Buffer.alloc(200_000, 'x');
  await session.post(server.url, { body, onProgress: (progress) => told.push(progress) });
  for (const direction of ['up', 'down']) {
    const way = told.filter((each) => each.direction === direction);
    expect(way.length).toBeGreaterThan(1);
    expect(way.map(({ bytes }) => bytes)).toEqual(way.map(({ bytes }) => bytes).sort((a, b) => a - b));
    if (direction === 'up') expect(way.at(-1)).toEqual({ direction, bytes: 200_000, total: 200_000 });
  }
});

it('links are read by relation, resolved', async () => {
  const { links } = await session.get(`${server.url}/links`);
  expect(links.get('next')).toEqual({ url: `${server.url}/p?page=2`, params: { rel: 'next last', title: 'a, b' } });
  expect(links.get('last')?.url).toBe(links.get('next')?.url);
  expect(links.get('help')?.url).toBe('https://x.test/');
});

describe('a signal', () => {
  it('that lives long keeps no listener, however many requests it is given to', async () => {
    const { signal } = new AbortController();
    for (let round = 0; round < 20; round++) {
      const requests = Array.from({ length: 50 }, () => session.get(server.url, { signal }));
      expect(getEventListeners(signal, 'abort')).toHaveLength(1);
      await Promise.all(requests);
    }
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('rejects with AbortError, its reason the cause; nothing is sent where it was aborted before', async () => {
    const sent = server.requests.length;
    const error = await session.get(server.url, { signal: AbortSignal.abort('why') }).catch((reason) => reason);
    expect(error).toBeInstanceOf(AbortError);
    expect(error.cause).toBe('why');
    expect(server.requests).toHaveLength(sent);
  });
});
