// The session's fetch as the Fetch standard has it: what it takes, what it sends, what it answers and how it fails.
import { createHash } from 'node:crypto';
import { getEventListeners } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ErrandError, RedirectError, Session, SessionClosedError } from 'errand';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serve, type TestServer } from './support/server.js';

let server: TestServer;
let session: Session;
let fetch: typeof globalThis.fetch;
beforeAll(async () => {
  server = await serve(answer);
  session = new Session({ guard: false, retry: false, timeout: '5s' });
  ({ fetch } = session);
});
afterAll(async () => {
  await session.close({ grace: 0 });
  await server[Symbol.asyncDispose]();
});

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url as string, 'http://x');
  if (pathname === '/echo') {
    const pieces: Buffer[] = [];
    request.on('data', (piece) => pieces.push(piece));
    request.on('end', () => {
      const { method, headers } = request;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ method, headers, body: Buffer.concat(pieces).toString() }));
    });
  } else if (pathname === '/status') {
    response.writeHead(Number(searchParams.get('code')), 'As Asked');
    response.end(searchParams.get('body') ?? undefined);
  } else if (pathname === '/redirect') {
    request.resume().on('end', () => {
      response.writeHead(Number(searchParams.get('code')), { location: searchParams.get('to') ?? '/echo' }).end();
    });
  } else if (pathname === '/held') response.write('begun');
  else if (pathname !== '/silent') response.end('hello');
}

interface Echo {
  method: string;
  headers: Record<string, string>;
  body: string;
}
const echo = async (input: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Echo> =>
  (await (await fetch(input, init)).json()) as Echo;
const at = (path: string) => `${server.url}${path}`;
const failure = (outcome: Promise<unknown>) =>
  outcome.then(
    () => undefined,
    (error) => error,
  );
const bytes = (text: string) => new TextEncoder().encode(text);

describe('bodies', () => {
  it.each<[string, () => BodyInit, string, string | undefined]>([
    ['text', () => 'abc', '3', 'text/plain;charset=UTF-8'],
    ['bytes', () => bytes('abc'), '3', undefined],
    ['a buffer', () => bytes('abc').buffer as ArrayBuffer, '3', undefined],
    ['a form', () => new URLSearchParams({ a: 'b' }), '3', 'application/x-www-form-urlencoded;charset=UTF-8'],
    ['a Blob', () => new Blob(['abc'], { type: 'text/x' }), '3', 'text/x'],
    ['what is text when asked', () => 123 as unknown as string, '3', 'text/plain;charset=UTF-8'],
  ])('%s goes with its length and type, from init and in a Request', async (_, body, length, type) => {
    for (const sent of [
      await echo(at('/echo'), { method: 'POST', body: body() }),
      await echo(new Request(at('/echo'), { method: 'POST', body: body() })),
      await echo(at('/echo'), new Request('http://x', { method: 'POST', body: body() })),
    ]) {
      expect(sent.method).toBe('POST');
      expect(sent.headers['content-length']).toBe(length);
      expect(sent.headers['content-type']).toBe(type);
      expect(['abc', 'a=b', '123']).toContain(sent.body);
    }
  });

  it('FormData goes with the boundary that its type names', async () => {
    const form = new FormData();
    form.set('name', 'value');
    for (const sent of [
      await echo(at('/echo'), { method: 'POST', body: form }),
      await echo(new Request(at('/echo'), { method: 'POST', body: form })),
    ]) {
      const boundary = /boundary=(.+)$/.exec(sent.headers['content-type'] as string)?.[1];
      expect(sent.body).toContain(`--${boundary}\r\n`);
      expect(sent.body).toContain('value');
    }
  });

  it('a stream goes as it comes, with `duplex` only', async () => {
    const stream = () => new Blob(['abc']).stream();
    const sent = await echo(at('/echo'), { method: 'POST', body: stream(), duplex: 'half' } as RequestInit);
    expect(sent).toMatchObject({ body: 'abc', headers: { 'transfer-encoding': 'chunked' } });
    expect(await failure(fetch(at('/echo'), { method: 'POST', body: stream() }))).toBeInstanceOf(TypeError);
  });

  it('a Request with a slow stream is sent before the stream ends', async () => {
    let end = () => {};
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(bytes('abc'));
        end = () => controller.close();
      },
    });
    const request = new Request(at('/echo'), { method: 'POST', body: stream, duplex: 'half' } as RequestInit);
    const before = server.requests.length;
    const sent = echo(request);
    while (server.requests.length === before) await new Promise((resolve) => setTimeout(resolve, 2));
    end();
    expect((await sent).body).toBe('abc');
    expect(request.bodyUsed).toBe(true);
  });

  it('GET takes none, and a used Request is refused', async () => {
    expect(await failure(fetch(at('/echo'), { body: 'abc' }))).toBeInstanceOf(TypeError);
    const request = new Request(at('/echo'), { method: 'POST', body: 'abc' });
    await request.text();
    expect(await failure(fetch(request))).toBeInstanceOf(TypeError);
  });
});

describe('answers', () => {
  it('never throws on a status', async () => {
    const response = await fetch(at('/status?code=404&body=gone'));
    expect([response.status, response.statusText, response.ok, response.type]).toEqual([
      404,
      'As Asked',
      false,
      'basic',
    ]);
    expect(response).toBeInstanceOf(Response);
    expect(await response.clone().text()).toBe('gone');
    expect(await response.text()).toBe('gone');
  });

  it.each([204, 205, 304])('%i has no body', async (code) => {
    const response = await fetch(at(`/status?code=${code}`));
    expect([response.status, response.body, await response.text()]).toEqual([code, null, '']);
  });

  it.each([600, 799, 999])('%i is what it is', async (code) => {
    const response = await fetch(at(`/status?code=${code}&body=odd`));
    expect([response.status, response.ok, response.clone().status]).toEqual([code, false, code]);
    expect(await response.text()).toBe('odd');
  });

  it('HEAD has no body', async () => {
    const response = await fetch(at('/'), { method: 'HEAD' });
    expect([response.status, response.body]).toEqual([200, null]);
  });
});

describe('redirects', () => {
  it('follow, manual and error', async () => {
    const followed = await fetch(at('/redirect?code=302'));
    expect([followed.redirected, followed.url, followed.status]).toEqual([true, at('/echo'), 200]);
    await followed.body?.cancel();
    const manual = await fetch(at('/redirect?code=302'), { redirect: 'manual' });
    expect([manual.status, manual.headers.get('location')]).toEqual([302, '/echo']);
    const error = await failure(fetch(at('/redirect?code=302'), { redirect: 'error' }));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.cause).toBeInstanceOf(RedirectError);
  });

  it('a body goes along with 307, also that of a Request, and not with 303', async () => {
    const request = new Request(at('/redirect?code=307'), { method: 'POST', body: 'abc' });
    expect(await echo(request)).toMatchObject({ method: 'POST', body: 'abc' });
    expect(await echo(at('/redirect?code=303'), { method: 'POST', body: 'abc' })).toMatchObject({
      method: 'GET',
      body: '',
    });
  });
});

describe('signals', () => {
  it('reject with their reason: before, while waiting, and in the middle of the body', async () => {
    const why = new Error('why');
    let cancelled: unknown;
    const body = new ReadableStream({ cancel: (reason) => (cancelled = reason) });
    const before = { method: 'POST', body, duplex: 'half', signal: AbortSignal.abort(why) } as RequestInit;
    expect(await failure(fetch(at('/echo'), before))).toBe(why);
    expect(cancelled).toBe(why);
    const waiting = new AbortController();
    const pending = failure(fetch(at('/silent'), { signal: waiting.signal }));
    setTimeout(() => waiting.abort(why), 10);
    expect(await pending).toBe(why);
    const reading = new AbortController();
    const response = await fetch(new Request(at('/held'), { signal: reading.signal }));
    const reader = (response.body as ReadableStream).getReader();
    await reader.read();
    const next = failure(reader.read());
    reading.abort(why);
    expect(await next).toBe(why);
    expect(await failure(reader.closed)).toBe(why);
    expect((await failure(fetch(at('/silent'), { signal: AbortSignal.timeout(10) }))).name).toBe('TimeoutError');
  });

  it('keep no listener', async () => {
    const { signal } = new AbortController();
    for (let index = 0; index < 20; index++) await (await fetch(at('/'), { signal })).text();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});

describe('failures', () => {
  it('are TypeErrors with the session’s own as cause', async () => {
    const closed = new Session({ guard: false });
    await closed.close();
    const error = await failure(closed.fetch(at('/')));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.cause).toBeInstanceOf(SessionClosedError);
    const guarded = new Session({ retry: false });
    expect((await failure(guarded.fetch(at('/')))).cause).toBeInstanceOf(ErrandError);
    await guarded.close();
  });

  it('a body that breaks off is one as well', async () => {
    const response = await fetch(at('/held'));
    setTimeout(() => server.server.closeAllConnections(), 10);
    const error = await failure(response.text());
    expect(error).toBeInstanceOf(TypeError);
    expect(error.cause.code).toBe('ERRAND_DISCONNECTED');
  });
});

describe('URLs', () => {
  it('relative ones are resolved where there is a base, and lead nowhere else', async () => {
    const based = new Session({ guard: false, baseUrl: server.url.replace('//', '//user:word@') });
    const sent = (await (await based.fetch('/echo')).json()) as Echo;
    expect(sent.headers.authorization).toBe(`Basic ${Buffer.from('user:word').toString('base64')}`);
    expect(await failure(based.fetch(`//localhost:${server.port}/echo`))).toBeInstanceOf(TypeError);
    expect(await failure(fetch('/echo'))).toBeInstanceOf(TypeError);
    await based.close();
  });

  it('data: and blob: are the platform’s own business; others are refused', async () => {
    expect(await (await fetch('data:text/plain,hello')).text()).toBe('hello');
    const url = URL.createObjectURL(new Blob(['blob']));
    expect(await (await fetch(url)).text()).toBe('blob');
    URL.revokeObjectURL(url);
    expect(await failure(fetch('file:///etc/hostname'))).toBeInstanceOf(TypeError);
  });
});

it('integrity is checked', async () => {
  const digest = createHash('sha384').update('hello').digest('base64');
  expect(await (await fetch(at('/'), { integrity: `sha384-${digest}` })).text()).toBe('hello');
  const wrong = `sha256-${createHash('sha256').update('hello').digest('base64')} sha384-${'A'.repeat(64)}`;
  expect(await failure(fetch(at('/'), { integrity: wrong }))).toBeInstanceOf(TypeError);
  expect(await (await fetch(at('/'), { integrity: 'md5-unknown' })).text()).toBe('hello');
});
