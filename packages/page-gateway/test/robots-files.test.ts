// Where rules come from: each host's own robots.txt over real servers, asked once and kept; what statuses, redirects, cuts
// and dead hosts mean; and callers who leave.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { Session } from 'errand';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Robots, type RobotsOptions } from '../src/robots/robots.js';

const token = 'ErrandPageGateway';
const disallowAll = 'User-agent: *\nDisallow: /\n';
let session: Session;
let servers: Server[];
let now: number;

beforeEach(() => {
  session = new Session({ guard: false });
  servers = [];
  now = 0;
});

afterEach(async () => {
  await session.close({ grace: 0 });
  for (const server of servers) server.closeAllConnections();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
});

async function origin(listener: RequestListener): Promise<{ url: URL; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url as string);
    listener(request, response);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/page`), asked };
}

function robots(options: Partial<RobotsOptions> = {}): Robots {
  return new Robots({ session, now: () => now, ...options });
}

const answering =
  (status: number, body = '', headers: Record<string, string> = {}) =>
  (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, headers).end(body);
  };

describe('what an answer means', () => {
  test('a file rules', async () => {
    const { url } = await origin(answering(200, 'User-agent: *\nDisallow: /page\nAllow: /page/open\nCrawl-delay: 2\n'));
    const each = robots();
    expect(await each.check(url, token)).toEqual({
      allowed: false,
      crawlDelay: 2_000,
      state: 'rules',
      rule: 'Disallow: /page',
    });
    expect(await each.check(new URL('/page/open', url), token)).toMatchObject({
      allowed: true,
      rule: 'Allow: /page/open',
    });
    expect(await each.check(new URL('/else', url), token)).toMatchObject({ allowed: true, rule: undefined });
  });

  test('/robots.txt itself is always allowed, and not asked for', async () => {
    const { url, asked } = await origin(answering(200, disallowAll));
    expect(await robots().check(new URL('/robots.txt', url), token)).toMatchObject({ allowed: true });
    expect(asked).toEqual([]);
  });

  test.each([400, 401, 403, 404, 410, 429, 451])('%i: there are no rules', async (status) => {
    const { url } = await origin(answering(status, disallowAll));
    expect(await robots().check(url, token)).toMatchObject({ allowed: true, state: 'none' });
  });

  test.each([500, 502, 503, 504])('%i disallows all, and is asked again after some minutes', async (status) => {
    let failing = true;
    const { url, asked } = await origin((request, response) =>
      failing ? answering(status)(request, response) : answering(404)(request, response),
    );
    const each = robots();
    expect(await each.check(url, token)).toMatchObject({ allowed: false, state: 'failing' });
    failing = false;
    now += 60_000;
    expect(await each.check(url, token)).toMatchObject({ allowed: false });
    expect(asked.length).toBe(1);
    now += 300_000;
    expect(await each.check(url, token)).toMatchObject({ allowed: true });
  });

  test('a page in its place rules nothing', async () => {
    const { url } = await origin(answering(200, `<html><pre>\n${disallowAll}`, { 'content-type': 'text/html' }));
    expect(await robots().check(url, token)).toMatchObject({ allowed: true, state: 'rules' });
  });

  test('an endless file is read as far as it is parsed', async () => {
    const { url } = await origin((_request, response) => {
      response.writeHead(200).write(disallowAll);
      const more = () => {
        while (!response.destroyed && response.write(`# ${'x'.repeat(1_000)}\n`));
      };
      response.on('drain', more);
      more();
    });
    expect(await robots().check(url, token)).toMatchObject({ allowed: false, state: 'rules' });
  });

  test('a file that breaks off, and a host that is silent, disallow', async () => {
    const broken = await origin((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('User-agent: *\n', () => response.destroy());
    });
    expect(await robots().check(broken.url, token)).toMatchObject({ allowed: false, state: 'failing' });
    const silent = await origin(() => {});
    expect(await robots({ timeout: 50 }).check(silent.url, token)).toMatchObject({ allowed: false, state: 'failing' });
  });
});

describe('a host that is not there', () => {
  test('is no disallowance, and is asked anew', async () => {
    const listener = createTcpServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    await new Promise((resolve) => listener.close(resolve));
    const each = robots();
    const url = new URL(`http://127.0.0.1:${port}/page`);
    expect(await each.check(url, token)).toMatchObject({ allowed: true, state: 'unreachable' });
    const server = createServer(answering(200, disallowAll));
    servers.push(server);
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    expect(await each.check(url, token)).toMatchObject({ allowed: false, state: 'rules' });
  });

  test('nor is one that hangs up, speaks no HTTP, or that the guard forbids', async () => {
    const hangsUp = await origin((request) => request.socket.destroy());
    expect(await robots().check(hangsUp.url, token)).toMatchObject({ allowed: true, state: 'unreachable' });
    const speaksElse = await origin((request) => request.socket.end('220 mail.example ESMTP\r\n'));
    expect(await robots().check(speaksElse.url, token)).toMatchObject({ allowed: true, state: 'unreachable' });
    await using guarded = new Session();
    const { url, asked } = await origin(answering(200, disallowAll));
    expect(await robots({ session: guarded }).check(url, token)).toMatchObject({ allowed: true, state: 'unreachable' });
    expect(asked).toEqual([]);
  });
});

describe('redirects', () => {
  test('are followed five times, to other hosts too; the rules hold for the host that was asked', async () => {
    const other = await origin(answering(200, disallowAll));
    const { url, asked } = await origin((request, response) => {
      const at = Number(/\d+/.exec(request.url as string)?.[0] ?? 0);
      response.writeHead(302, { location: at < 4 ? `/hop/${at + 1}` : `${other.url.origin}/there` }).end();
    });
    const each = robots();
    expect(await each.check(url, token)).toMatchObject({ allowed: false, state: 'rules' });
    expect(asked.length).toBe(5);
    expect(other.asked).toEqual(['/there']);
    await each.check(other.url, token);
    expect(other.asked).toEqual(['/there', '/robots.txt']);
  });

  test('more of them, in circles, or to where nobody may go: there are no rules', async () => {
    const endless = await origin((request, response) => {
      response.writeHead(302, { location: `${request.url}x` }).end();
    });
    expect(await robots().check(endless.url, token)).toMatchObject({ allowed: true, state: 'none' });
    expect(endless.asked.length).toBe(6);
    const circle = await origin(answering(301, '', { location: '/robots.txt' }));
    expect(await robots().check(circle.url, token)).toMatchObject({ allowed: true, state: 'none' });
    const { url } = await origin(answering(302, '', { location: 'http://10.0.0.1/robots.txt' }));
    await using guarded = new Session({ guard: { allow: [url.host] } });
    expect(await robots({ session: guarded }).check(url, token)).toMatchObject({ allowed: true });
  });

  test('to a host that is away: this one fails to give its rules', async () => {
    const { url } = await origin(answering(302, '', { location: 'http://127.0.0.1:1/robots.txt' }));
    expect(await robots().check(url, token)).toMatchObject({ allowed: false, state: 'failing' });
  });
});

describe('copies', () => {
  test.each([
    ['an hour where nothing is said', undefined, 3_600_000],
    ['a day at most', 'max-age=9999999', 86_400_000],
    ['as the host says', 'public, max-age=600', 600_000],
    ['a minute at least', 'no-store', 60_000],
    ['a minute at least, again', 'max-age=0', 60_000],
  ])('are kept for %s', async (_name, cacheControl, lifetime) => {
    const { url, asked } = await origin(
      answering(200, disallowAll, cacheControl ? { 'cache-control': cacheControl } : {}),
    );
    const each = robots();
    await each.check(url, token);
    now += lifetime - 1;
    await each.check(url, token);
    expect(asked.length).toBe(1);
    now += 1;
    await each.check(url, token);
    expect(asked.length).toBe(2);
  });

  test('an old one holds while the host fails or is away', async () => {
    let status = 200;
    const { url, asked } = await origin((request, response) =>
      answering(status, 'User-agent: *\nDisallow: /x')(request, response),
    );
    const each = robots();
    await each.check(url, token);
    status = 503;
    now += 3_600_000;
    expect(await each.check(url, token)).toMatchObject({ allowed: true, state: 'rules' });
    expect(await each.check(new URL('/x', url), token)).toMatchObject({ allowed: false, state: 'rules' });
    expect(asked.length).toBe(2);
  });

  test('are of one port and scheme, and of one user agent', async () => {
    const one = await origin(answering(200, 'User-agent: One\nDisallow: /\n'));
    const two = await origin(answering(404));
    const each = robots();
    expect((await each.check(one.url, 'one')).allowed).toBe(false);
    expect((await each.check(one.url, 'two')).allowed).toBe(true);
    expect((await each.check(two.url, 'one')).allowed).toBe(true);
  });

  test('are bounded: the one that nobody asked for longest goes first', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => origin(answering(404))));
    const each = robots({ maxFiles: 3 });
    for (const at of [0, 1, 2, 0, 3, 0]) await each.check(all[at]?.url as URL, token);
    expect(all.map(({ asked }) => asked.length)).toEqual([1, 1, 1, 1]);
    await each.check(all[1]?.url as URL, token);
    expect(all[1]?.asked.length).toBe(2);
  });
});

describe('callers', () => {
  test('share one flight, and may leave it', async () => {
    const { url, asked } = await origin((_request, response) => waiting.push(response));
    const waiting: ServerResponse[] = [];
    const each = robots();
    const leaving = new AbortController();
    const left = each.check(url, token, leaving.signal);
    const rest = [each.check(url, token, new AbortController().signal), each.check(new URL('/b', url), token)];
    await expect.poll(() => waiting.length, { timeout: 10_000 }).toBe(1);
    leaving.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    waiting[0]?.end(disallowAll);
    for (const answer of await Promise.all(rest)) expect(answer.allowed).toBe(false);
    expect(asked.length).toBe(1);
  });

  test('the last to leave ends it, and the next begins anew', async () => {
    let closed = 0;
    let first = true;
    const { url, asked } = await origin((request, response) => {
      if (!first) return answering(200, disallowAll)(request, response);
      first = false;
      request.socket.once('close', () => closed++);
    });
    const each = robots();
    const leaving = new AbortController();
    const left = each.check(url, token, leaving.signal);
    await expect.poll(() => asked.length, { timeout: 10_000 }).toBe(1);
    leaving.abort();
    await expect(left).rejects.toMatchObject({ name: 'AbortError' });
    expect((await each.check(url, token)).allowed).toBe(false);
    await expect.poll(() => closed, { timeout: 10_000 }).toBe(1);
    await expect(each.check(url, token, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('are not held up by a file of many hostile rules', async () => {
    const rules = Array.from({ length: 10_000 }, (_, at) => `Disallow: /*ab${at}`).join('\n');
    const { url } = await origin(answering(200, `User-agent: *\n${rules}`));
    const each = robots();
    const path = new URL(`/${'a'.repeat(4_000)}`, url);
    await each.check(path, token);
    let over = false;
    let turns = 0;
    const others = () => {
      turns++;
      if (!over) setImmediate(others);
    };
    setImmediate(others);
    await each.check(path, token);
    over = true;
    // Forty million characters were compared, no more than a few hundred thousand at once.
    expect(turns).toBeGreaterThan(100);
    const leaving = new AbortController();
    const left = each.check(path, token, leaving.signal);
    setImmediate(() => leaving.abort(new Error('gone')));
    await expect(left).rejects.toThrow('gone');
  });
});
