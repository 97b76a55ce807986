// Recordings: real exchanges in a file, without their secrets, and the same session over them without a network.
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Session } from 'errand';
import { record, replay, UnexpectedRequestError } from 'errand/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serve, serveRaw, type TestServer } from './support/server.js';

let directory: string;
let server: TestServer;
const open = { guard: false, retry: { backoff: { base: 1, max: 1 } } } as const;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'errand-tapes-'));
  let polls = 0;
  server = await serve((request, response) => {
    const path = request.url?.split('?')[0];
    if (path === '/login')
      response.writeHead(303, { location: '/home?code=secret5', 'set-cookie': 'sid=secret1; Path=/' }).end();
    else if (path === '/home') response.end(`hello ${request.headers.cookie === undefined ? 'nobody' : 'you'}`);
    else if (path === '/packed')
      response.writeHead(200, { 'content-encoding': 'gzip', 'x-api-key': 'secret2' }).end(gzipSync('packed'));
    else if (path === '/bytes') response.end(Buffer.from([0, 255, 128]));
    else if (path === '/poll') response.end(String(polls++));
    else if (path === '/flaky') polls++ % 2 === 0 ? request.socket.destroy() : response.end('at last');
    else if (path === '/long') response.end('x'.repeat(5_000));
    else response.writeHead(404).end('nothing');
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

const tape = (name: string) => join(directory, name);

function never(): never {
  throw new Error('this was to fail');
}

async function walk(session: Session): Promise<unknown[]> {
  const { url } = server;
  const seen: unknown[] = [];
  const login = await session.post(`${url}/login?api_key=secret3`, { form: { name: 'me' } });
  seen.push(await login.text(), login.history.length);
  seen.push(await session.get(`${url}/packed`, { credentials: { bearer: 'secret4' } }).text());
  seen.push([...(await session.get(`${url}/bytes`).bytes())]);
  for (let poll = 0; poll < 3; poll++) seen.push(Number(await session.get(`${url}/poll`).text()) >= poll);
  seen.push(await session.get(`${url}/missing`).catch(async (error) => [error.status, await error.response.text()]));
  seen.push(await session.get(`${url}/flaky`).text());
  const lines = [];
  for await (const line of (await session.stream(`${url}/packed`)).lines()) lines.push(line);
  seen.push(lines);
  return seen;
}

test('what was recorded is played back: redirects, cookies, errors, bytes, streams', async () => {
  const recording = record(tape('walk.jsonl'));
  const session = recording.session({ ...open, cookies: true });
  const before = await walk(session);
  await session.close();
  await recording.close();
  expect((await stat(tape('walk.jsonl'))).mode & 0o77).toBe(0);
  const asked = server.requests.length;
  const web = await replay(tape('walk.jsonl'));
  const offline = web.session({ ...open, cookies: true });
  expect(await walk(offline)).toEqual(before);
  expect(server.requests.length).toBe(asked);
  web.done();
  await expect(offline.get(`${server.url}/poll`)).rejects.toThrow(UnexpectedRequestError);
  expect(() => web.done()).toThrow(/poll/);
  await offline.close();
});

test('no secret is in the file; each line is JSON', async () => {
  const text = await readFile(tape('walk.jsonl'), 'utf8');
  expect(text).not.toContain('secret');
  const [head, login] = text.split('\n').map((line) => JSON.parse(line || '{}') as Record<string, unknown>);
  expect(head).toEqual({ format: 'errand-tape', version: 1 });
  expect(login).toMatchObject({ method: 'POST', url: `${server.url}/login?api_key=***`, status: 303 });
  expect(login?.headers).toContainEqual(['set-cookie', 'sid=***; Path=/']);
  expect(login?.headers).toContainEqual(['location', '/home?code=***']);
  expect(text).toContain('["authorization","***"]');
  expect(text).toContain('["cookie","***"]');
});

test('bodies and files are bounded, and say so', async () => {
  await using bodies = record(tape('bodies.jsonl'), { maxBodySize: 1_000 });
  await using session = bodies.session(open);
  expect((await session.get(`${server.url}/long`).text()).length).toBe(5_000);
  for await (const _ of await session.stream(`${server.url}/long`));
  await bodies.close();
  expect((await readFile(tape('bodies.jsonl'), 'utf8')).length).toBeLessThan(3_000);
  await using offline = (await replay(tape('bodies.jsonl'))).session(open);
  await expect(offline.get(`${server.url}/long`)).rejects.toThrow(/too long to be recorded \(5000 bytes\)/);

  const full = record(tape('full.jsonl'), { maxSize: '8kb' });
  await using other = full.session(open);
  for (let count = 0; count < 5; count++) await other.get(`${server.url}/long`);
  await expect(full.close()).rejects.toThrow(/4 exchanges were left out/);
});

test('own redaction, a reader that left, and a file that cannot be written', async () => {
  const recording = record(tape('own.jsonl'), {
    redact: (entry) => ({ ...entry, body: entry.body?.replace('packed', 'redacted') ?? '' }),
  });
  await using session = recording.session(open);
  await session.get(`${server.url}/packed`);
  const left = await session.stream(`${server.url}/long`);
  for await (const _ of left) break;
  await recording.close();
  await using offline = (await replay(tape('own.jsonl'))).session(open);
  expect(await offline.get(`${server.url}/packed`).text()).toBe('redacted');

  const nowhere = record(tape('no/such/folder.jsonl'));
  await using unaffected = nowhere.session(open);
  expect(await unaffected.get(`${server.url}/packed`).text()).toBe('packed');
  await expect(nowhere.close()).rejects.toThrow(/ENOENT/);
});

test('a failed exchange is played back as the same failure', async () => {
  await using broken = await serveRaw((socket) => socket.end('not http\r\n\r\n'));
  const recording = record(tape('failed.jsonl'));
  await using session = recording.session({ ...open, retry: false });
  const first = await session.get(broken.url).then(never, (error: unknown) => error as Error);
  await session.get(broken.url, { signal: AbortSignal.abort() }).catch(() => undefined);
  await recording.close();
  const web = await replay(tape('failed.jsonl'));
  await using offline = web.session({ ...open, retry: false });
  const second = await offline.get(broken.url).then(never, (error: unknown) => error as Error);
  expect([second.constructor, second.message]).toEqual([first.constructor, first.message]);
  web.done();
});

test('what is no recording is refused', async () => {
  await writeFile(tape('other.jsonl'), '{"log":{}}\n');
  await expect(replay(tape('other.jsonl'))).rejects.toThrow(/expected a recording/);
  await writeFile(tape('broken.jsonl'), '{"format":"errand-tape","version":1}\n{"method":\n');
  await expect(replay(tape('broken.jsonl'))).rejects.toThrow(/line 2 is not JSON/);
  await writeFile(tape('half.jsonl'), '{"format":"errand-tape","version":1}\n{"method":"GET"}\n');
  await expect(replay(tape('half.jsonl'))).rejects.toThrow(/line 2 has no method and URL/);
});
