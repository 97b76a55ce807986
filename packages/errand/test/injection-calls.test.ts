// What callers pass on from strangers cannot end a line, begin another message or become something else than data: it is
// refused at the call, with TypeError, and nothing is sent.
import { Session } from 'errand';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RawServer, serveRaw } from './support/server.js';

const heads: string[] = [];
let server: RawServer;
let session: Session;
beforeAll(async () => {
  server = await serveRaw((socket) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (text.length < text.indexOf('\r\n\r\n') + 4 + length) return;
      heads.push(text);
      text = '';
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
  });
  session = new Session({ baseUrl: server.url });
});
afterAll(async () => {
  await session.close({ grace: 0 });
  await server[Symbol.asyncDispose]();
});

/** Characters that end lines, end strings or move cursors. */
const controls = ['\r\n', '\r', '\n', '\0', '\x01', '\x0b', '\x1b', '\x7f'];
const evil = controls.map((control) => `a${control}X-Evil: 1`);

function refused(call: () => unknown): void {
  const before = heads.length;
  expect(call).toThrow(TypeError);
  expect(heads.length).toBe(before);
}

describe('nothing is sent for', () => {
  test.each(evil.map((text) => ({ text })))('$text', async ({ text }) => {
    refused(() => session.request(text, '/'));
    refused(() => session.get(`/${text}`));
    refused(() => session.get(`${server.url}/?q=${text}`));
    refused(() => session.get('/', { headers: { [text]: 'b' } }));
    refused(() => session.get('/', { headers: { a: `b${text}` } }));
    refused(() => session.get('/', { headers: [['a', `b${text}`]] }));
    refused(() => session.get('/', { headers: { cookie: `b=${text}` } }));
    refused(() => session.get('/', { headers: { host: `host${text}` } }));
    refused(() => session.get('/', { credentials: { bearer: text } }));
    refused(() => new Session({ userAgent: text }));
    refused(() => new Session({ headers: { a: text } }));
    refused(() => new Session({ credentials: { 'https://api.example': { bearer: text } } }));
    const named = new FormData();
    named.append(text, 'value');
    refused(() => session.post('/', { body: named }));
    const filed = new FormData();
    filed.append('file', new Blob(['x']), text);
    refused(() => session.post('/', { body: filed }));
  });

  test('methods that are none, or not a client’s', () => {
    for (const method of ['', 'GE T', 'GET ', 'G\u00c9T', 'CONNECT', 'trace', 'GET/', 'GET:', {} as string])
      refused(() => session.request(method, '/'));
  });

  test('fields that frame the message', () => {
    for (const name of [
      'Transfer-Encoding',
      'connection',
      'Keep-Alive',
      'Upgrade',
      'TE',
      'Trailer',
      'Expect',
      'Proxy-Connection',
    ])
      refused(() => session.post('/', { body: 'x', headers: { [name]: 'chunked' } }));
  });

  test('fields that may come once, twice', () => {
    for (const name of ['Host', 'Content-Length', 'Content-Type', 'Authorization']) {
      const value = name === 'Content-Length' ? '1' : 'a';
      refused(() => session.post('/', { body: 'x', headers: { [name]: value, [name.toLowerCase()]: value } }));
      refused(() =>
        session.post('/', {
          body: 'x',
          headers: [
            [name, value],
            [name.toUpperCase(), value],
          ],
        }),
      );
    }
  });

  test('a length that is not the body’s', () => {
    for (const length of ['0', '2', '-1', '1e3', '0x1', '1, 1', ' ', '1 1'])
      refused(() => session.post('/', { body: 'x', headers: { 'content-length': length } }));
    refused(() => session.get('/', { headers: { 'content-length': '5' } }));
    refused(() => session.post('/', { headers: { 'content-length': '5' } }));
  });

  test('a relative URL that leads away', () => {
    for (const url of ['//evil.example/', '\\\\evil.example/', '/\\evil.example', '\\/evil.example'])
      refused(() => session.get(url));
  });
});

test('a middleware cannot send another method, URL or field than there are', async () => {
  const changes = [{ method: 'GET / HTTP/1.1\r\nX: y' }, { url: 'http://a/\r\nb' }, { headers: { a: 'b\r\nc: d' } }];
  for (const change of changes) {
    await using changed = new Session({
      baseUrl: server.url,
      middleware: { attempt: [(next) => (r) => next(r.with(change))] },
    });
    const before = heads.length;
    await expect(changed.get('/')).rejects.toBeInstanceOf(TypeError);
    expect(heads.length).toBe(before);
  }
});

test('a streamed body is held to the length that was promised, and the next request gets its own answer', async () => {
  const body = () =>
    (async function* () {
      yield Buffer.from('x\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n');
    })();
  const promised = session.post('/', { body, headers: { 'content-length': '1' }, retry: 1 });
  await expect(promised).rejects.toMatchObject({
    name: 'ErrandError',
    message: expect.stringContaining('content-length'),
  });
  expect(await session.get('/').text()).toBe('ok');
  expect(heads.some((head) => head.startsWith('GET /smuggled'))).toBe(false);
});

test('quotes and other characters stay inside of a part’s name', async () => {
  const form = new FormData();
  form.append('a"; filename="x', 'value\r\n--not-a-boundary');
  form.append('ü', new Blob(['x'], { type: 'text/plain' }), 'a";b\\.txt');
  await session.post('/', { body: form });
  const sent = heads.at(-1) as string;
  expect(sent).toContain('name="a%22; filename=%22x"\r\n\r\nvalue\r\n--not-a-boundary\r\n');
  expect(sent).toContain('filename="a%22;b\\.txt"\r\nContent-Type: text/plain\r\n');
});

test('names of Object.prototype are names', async () => {
  const before = Object.keys(Object.prototype).length;
  const own = (json: string) => JSON.parse(json);
  await session.post('/', {
    query: own('{"__proto__":"a","constructor":"b","toString":"c"}'),
    form: own('{"__proto__":"d","hasOwnProperty":"e"}'),
    headers: own('{"__proto__":"f","constructor":"g"}'),
  });
  const sent = heads.at(-1) as string;
  expect(sent).toMatch(/^POST \/\?__proto__=a&constructor=b&toString=c /);
  expect(sent).toMatch(/\r\n__proto__: f\r\n/);
  expect(sent).toMatch(/\r\nconstructor: g\r\n/);
  expect(sent).toMatch(/\r\n\r\n__proto__=d&hasOwnProperty=e$/);
  for (const options of ['{"__proto__":{"retry":7}}', '{"constructor":{}}'])
    expect(() => new Session(own(options))).toThrow(/there is no option/);
  await using limited = new Session(own('{"limits":{"__proto__":{"concurrency":1}},"guard":{"allow":["127.0.0.1"]}}'));
  expect(await limited.get(server.url).text()).toBe('ok');
  expect(Object.keys(Object.prototype).length).toBe(before);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});
