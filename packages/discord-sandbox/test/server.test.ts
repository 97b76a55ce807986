import { once } from 'node:events';
import { request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type Sandbox, startSandbox } from '../src/index.js';
import { openSandbox } from '../src/sandbox.js';
import { startBot } from './bots.js';
import { HeldClock, RawGateway, received, rest } from './raw.js';

/** fetch would not send these headers. */
function get(sandbox: Sandbox, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(new URL(path, sandbox.url), { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    call.on('error', reject);
    call.end();
  });
}

describe('the doorkeeper', () => {
  test.each([
    ['127.0.0.1:1', 200],
    ['localhost:80', 200],
    ['sandbox.localhost', 200],
    ['[::1]:80', 200],
    ['evil.example', 403],
    ['127.0.0.1.evil.example', 403],
    ['localhost.evil.example', 403],
  ])('a request for the host %s gets %d', async (host, status) => {
    await using sandbox = await startSandbox({ playground: false });
    expect(await get(sandbox, '/api/v10/gateway', { host })).toBe(status);
  });

  test('requests from other origins are refused, from the own page not', async () => {
    await using sandbox = await startSandbox({ playground: false });
    const status = (headers: Record<string, string>) => get(sandbox, '/api/v10/gateway', headers);
    expect(await status({ origin: 'https://evil.example' })).toBe(403);
    expect(await status({ origin: 'null' })).toBe(403);
    expect(await status({ origin: 'http://127.0.0.1:1' })).toBe(403);
    expect(await status({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await status({ origin: new URL(sandbox.url).origin })).toBe(200);
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect(await status(link)).toBe(200);
  });

  test('a page of another origin gets no socket either', async () => {
    await using sandbox = await startSandbox({ playground: false });
    const socket = new WebSocket(`${sandbox.url.replace('http', 'ws')}gateway?v=10&encoding=json`, {
      origin: 'https://evil.example',
    });
    const [error] = await once(socket, 'error');
    expect(String(error)).toContain('403');
  });
});

describe('what is not there', () => {
  test.each([
    ['GET /nowhere', 404, '404: Not Found'],
    ['POST /gateway/bot', 405, '405: Method Not Allowed'],
    ['GET /users/%E0%A4%A', 404, '404: Not Found'],
  ])('%s is %d', async (route, status, message) => {
    await using sandbox = await startSandbox({ playground: false });
    expect(await rest(sandbox, route)).toMatchObject({ status, body: { message, code: 0 } });
  });

  test('with playground: false there is no page', async () => {
    await using sandbox = await startSandbox({ playground: false });
    expect((await fetch(sandbox.url)).status).toBe(404);
    expect((await fetch(`${sandbox.url}cdn/attachments/1/2/x.txt`)).status).toBe(404);
    expect((await fetch(`${sandbox.rest.cdn}/embed/avatars/3.png`)).headers.get('content-type')).toBe('image/svg+xml');
  });

  test('every version of the API is the same', async () => {
    await using sandbox = await startSandbox({ playground: false });
    for (const version of ['', '/v9', '/v10'])
      expect((await fetch(`${sandbox.rest.api}${version}/gateway`)).status).toBe(200);
  });
});

describe('starting', () => {
  test('a taken port is one clear sentence', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(startSandbox({ port })).rejects.toThrow(
      `The sandbox cannot listen on 127.0.0.1:${port}: the port is taken. Choose another with the option port (0 takes a free one).`,
    );
    other.close();
  });

  test('an address of another machine too', async () => {
    await expect(startSandbox({ host: '203.0.113.1' })).rejects.toThrow(
      '203.0.113.1 is not an address of this machine',
    );
  });

  test.each([{ port: -1 }, { port: 1.5 }, { heartbeatInterval: 0 }, { prot: 1 }])('%j is refused', async (options) => {
    await expect(startSandbox(options as object)).rejects.toThrow(Object.keys(options)[0]);
  });

  test('IPv6 works where there is any', async () => {
    const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
    if (!addresses.some(({ address }) => address === '::1')) {
      await expect(startSandbox({ host: '::1' })).rejects.toThrow('::1 is not an address of this machine');
      return;
    }
    await using sandbox = await startSandbox({ host: '::1', playground: false });
    expect(sandbox.url).toMatch(/^http:\/\/\[::1\]:\d+\/$/);
    await using _ = await startBot(sandbox, { ping: (interaction) => interaction.reply('pong') });
    expect((await sandbox.slash('ping')).content).toBe('pong');
  });

  test('several sandboxes do not know each other', async () => {
    await using one = await startSandbox({ playground: false });
    await using two = await startSandbox({ playground: false });
    expect((await rest(two, 'GET /users/@me', { token: one.token })).status).toBe(401);
  });
});

describe('closing', () => {
  test('ends every connection, and may be asked for twice', async () => {
    const sandbox = await startSandbox({ playground: false });
    const gateway = await RawGateway.identified(sandbox, 0);
    await Promise.all([sandbox.close(), sandbox.close()]);
    expect((await gateway.closed).code).toBe(1006);
    await expect(fetch(sandbox.url)).rejects.toThrow();
  });

  test('leaves no socket, no server and no timer, with a bot logged in and commands under way', async () => {
    const open = () => process.getActiveResourcesInfo().filter((kind) => /^(?:TCP|Pipe)/.test(kind)).length;
    const before = open();
    const clock = new HeldClock();
    const sandbox = await openSandbox({}, clock);
    const gateway = await RawGateway.identified(sandbox, 0);
    const { reply, interaction } = await received(sandbox, gateway);
    const path = `/interactions/${interaction.id}/${interaction.token}/callback`;
    await rest(sandbox, `POST ${path}`, { body: { type: 5 }, token: null });
    const early = sandbox.slash('unregistered');
    await sandbox.close();
    for (const each of [reply, early])
      expect((await each).error).toMatchObject({ status: 503, message: expect.stringContaining('closed') });
    expect((await sandbox.slash('late')).error).toMatchObject({ status: 503 });
    await gateway.closed;
    await expect.poll(open).toBeLessThanOrEqual(before);
    expect(clock.pending).toBe(0);
  });
});
