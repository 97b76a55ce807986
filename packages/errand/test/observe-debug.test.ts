// NODE_DEBUG=errand: one line for each request on stderr, with nothing secret on it; without it, none.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const source = (path: string) => fileURLToPath(new URL(`../src/${path}`, import.meta.url));
let directory: string;

const contents = `
  import { scriptedWeb } from ${JSON.stringify(source('testing/index.ts'))};
  const web = scriptedWeb();
  web.get('https://api.example/?token=hidden', [503, 200]);
  web.get('https://api.example/moved', { status: 302, headers: { location: '/kept' } });
  web.get('https://api.example/kept', { text: '', headers: { 'cache-control': 'max-age=60' } }).once();
  web.get('https://api.example/missing', 404);
  await using session = web.session({ cache: true, retry: { backoff: { base: 1, max: 1 } } });
  await session.get('https://me:pass@api.example/?token=hidden');
  await session.get('https://api.example/kept');
  await session.get('https://api.example/moved');
  await session.get('https://api.example/missing').catch(() => undefined);
  await session.get('http://127.0.0.1/').catch(() => undefined);
`;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'errand-debug-'));
  await build({
    stdin: { contents, resolveDir: directory },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    outfile: join(directory, 'program.mjs'),
    logLevel: 'error',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
});
afterAll(() => rm(directory, { recursive: true }));

test('with it: what was asked, how it ended, how long it took', async () => {
  const env = { ...process.env, NODE_DEBUG: 'errand' };
  const { stderr } = await run(process.execPath, [join(directory, 'program.mjs')], { env });
  const lines = stderr.trimEnd().split('\n');
  const start = String.raw`^ERRAND \d+: GET https://api\.example/`;
  expect(lines.length).toBe(5);
  expect(lines[0]).toMatch(new RegExp(String.raw`${start}\?token=\*\*\* · 200 · \d+ ms · 2 attempts$`));
  expect(lines[1]).toMatch(new RegExp(String.raw`${start}kept · 200 · \d+ ms · 1 attempt$`));
  expect(lines[2]).toMatch(new RegExp(String.raw`${start}moved · 200 · \d+ ms · 1 attempt · from cache · 1 redirect$`));
  expect(lines[3]).toMatch(new RegExp(String.raw`${start}missing · 404 ERRAND_HTTP_STATUS · \d+ ms · 1 attempt$`));
  expect(lines[4]).toMatch(/GET http:\/\/127\.0\.0\.1\/ · ERRAND_BLOCKED_ADDRESS · \d+ ms · 0 attempts$/);
});

test('without it: nothing', async () => {
  const { NODE_DEBUG: _, ...env } = process.env;
  expect(await run(process.execPath, [join(directory, 'program.mjs')], { env })).toMatchObject({
    stderr: '',
    stdout: '',
  });
});
