// The end of a session: whatever is under way settles with SessionClosedError after the grace, and nothing is left behind.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Session, SessionClosedError } from 'errand';
import { build } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';
import { listening } from './support/peers.js';
import { serve } from './support/server.js';

test('queued, in flight, uploading, streaming, connecting and backing off: all settle', async () => {
  await using server = await serve((request, response) => {
    if (request.url === '/503') response.writeHead(503, { 'retry-after': '20' }).end();
    else if (request.url === '/stream') response.write('begun');
  });
  // Accepts, and never answers a handshake.
  const silent = await listening(createServer());
  const session = new Session({ guard: false, limits: { '*': { concurrency: 4 } }, timeout: '60s' });
  const stream = await session.stream(`${server.url}/stream`);
  const endless = async function* () {
    for (;;) yield Buffer.alloc(65_536);
  };
  const under = [
    session.get(`${server.url}/silent`),
    session.post(`${server.url}/upload`, { body: endless() }),
    session.get(`https://127.0.0.1:${silent.port}/`),
    session.get(`${server.url}/503`),
    ...Array.from({ length: 10 }, () => session.get(`${server.url}/queued`)),
    (async () => {
      for await (const _ of stream);
    })(),
  ];
  const settled = Promise.allSettled(under);
  while (server.requests.length < 4) await new Promise((resolve) => setTimeout(resolve, 2));
  const closing = session.close({ grace: 30 });
  expect(session.close({ grace: '1h' })).toBe(closing);
  await closing;
  for (const outcome of await settled) {
    expect(outcome.status).toBe('rejected');
    expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(SessionClosedError);
  }
  expect(session.closed).toBe(true);
  expect(session.stats()).toMatchObject({ inFlight: 0, queued: 0, connections: { open: 0, idle: 0 } });
});

test('what is done within the grace is done, and close waits no longer than for that', async () => {
  await using server = await serve((_request, response) => setTimeout(() => response.end('ok'), 40));
  const session = new Session({ guard: false });
  const text = session.get(server.url).text();
  const begun = performance.now();
  await session.close({ grace: '20s' });
  expect(await text).toBe('ok');
  expect(performance.now() - begun).toBeLessThan(5_000);
  await expect(session.get(server.url)).rejects.toThrow(SessionClosedError);
  await expect(session.stream(server.url)).rejects.toThrow(SessionClosedError);
});

test('thousands that wait are told at once', async () => {
  await using server = await serve(() => undefined);
  const session = new Session({ guard: false, retry: false });
  const waiting = Promise.allSettled(Array.from({ length: 8_000 }, () => session.get(server.url)));
  const begun = performance.now();
  await session.close({ grace: 0 });
  expect(performance.now() - begun).toBeLessThan(3_000);
  const reasons = (await waiting).map((outcome) => (outcome as PromiseRejectedResult).reason.code);
  expect(new Set(reasons)).toEqual(new Set(['ERRAND_SESSION_CLOSED']));
});

test('a program that has closed its session holds nothing and ends by itself', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'errand-close-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const outfile = join(directory, 'program.mjs');
  const contents = `
    import { createServer } from 'node:http';
    import { Session } from 'errand';
    const server = createServer((request, response) => {
      if (request.url === '/held') response.write('begun');
      else if (request.url !== '/silent') response.end('ok');
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = 'http://127.0.0.1:' + server.address().port;
    const atFirst = process.getActiveResourcesInfo();
    const session = new Session({ guard: false, cookies: true, cache: true, dedupe: true });
    const controller = new AbortController();
    await Promise.all(Array.from({ length: 20 }, () => session.get(url, { dedupe: false, signal: controller.signal })));
    const stream = await session.stream(url + '/held');
    const silent = session.get(url + '/silent').catch((error) => error.code);
    await session.close({ grace: 10 });
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
    const left = process.getActiveResourcesInfo().filter((name) => /Timeout|TCPSocket|TLS|Worker|MessagePort|GetAddrInfo/.test(name));
    console.log(JSON.stringify({ left, silent: await silent, before: atFirst.includes('TCPServerWrap') }));
  `;
  await build({
    stdin: { contents, resolveDir: directory },
    alias: { errand: fileURLToPath(new URL('../src/index.ts', import.meta.url)) },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    outfile,
    logLevel: 'error',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const { stdout } = await promisify(execFile)(process.execPath, [outfile], { timeout: 15_000 });
  expect(JSON.parse(stdout)).toEqual({ left: [], silent: 'ERRAND_SESSION_CLOSED', before: true });
});
